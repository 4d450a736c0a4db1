from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from orderly.engine.ranking import Slot, first_fit, nearest
from orderly.engine.walltime import local, to_minute, weekday

ZONE = "Europe/Berlin"


def slot(day: int, hour: int, provider: int = 1) -> Slot:
    start = to_minute(ZONE, date(2026, 3, day), hour * 60)
    return start, start + 30, provider


def test_the_nearest_are_distinct_and_the_earlier_wins_ties():
    slots = [(10, 20, 1), (40, 50, 1), (40, 50, 2), (60, 70, 2), (60, 70, 3), (95, 99, 1)]
    assert nearest(slots, 50) == [(40, 50, 1), (60, 70, 2), (10, 20, 1)]
    assert nearest(slots, 50, 1) == [(40, 50, 1)]
    assert nearest(reversed(slots), 96, 9) == [(95, 99, 1), (60, 70, 2), (40, 50, 1), (10, 20, 1)]
    assert nearest([], 50) == []


# The 28th is a Saturday; clocks change on the 29th.
SLOTS = [
    slot(28, 9, 2), slot(28, 9, 3), slot(28, 14),
    slot(29, 8), slot(29, 12), slot(29, 16),
    slot(30, 7), slot(30, 11),
]  # fmt: skip


def test_first_fit_takes_the_earliest_of_each_day():
    assert first_fit(SLOTS, ZONE) == [slot(28, 9, 2), slot(29, 8), slot(30, 7)]


def test_first_fit_prefers_a_time_of_day_or_the_last_before_it():
    assert first_fit(SLOTS, ZONE, preferred=720) == [slot(28, 14), slot(29, 12), slot(30, 11)]
    assert first_fit(SLOTS, ZONE, preferred=540) == [slot(28, 9, 2), slot(29, 12), slot(30, 11)]
    assert first_fit(SLOTS[:2], ZONE, preferred=720) == [slot(28, 9, 2)]


def test_first_fit_keeps_to_weekdays():
    assert first_fit(SLOTS, ZONE, weekdays=frozenset({0, 1}), preferred=1000) == [slot(29, 16), slot(30, 11)]
    assert first_fit(SLOTS, ZONE, weekdays=frozenset()) == []


@given(
    st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 3))),
    st.none() | st.integers(0, 1440),
    st.none() | st.frozensets(st.integers(0, 6)),
)
def test_first_fit_day_by_day(starts, preferred, weekdays):
    base = to_minute(ZONE, date(2026, 3, 27), 0)
    slots = sorted((base + start, base + start + 30, provider) for start, provider in starts)
    expected = []
    for day in sorted({local(ZONE, one[0])[0] for one in slots}):
        of_day = [one for one in slots if local(ZONE, one[0])[0] == day]
        after = [one for one in of_day if local(ZONE, one[0])[1] >= (preferred or 0)]
        latest = [one for one in of_day if one[0] == of_day[-1][0]]
        if weekdays is None or weekday(day) in weekdays:
            expected.append((after or latest)[0])
    assert first_fit(slots, ZONE, weekdays=weekdays, preferred=preferred) == expected


@given(
    st.lists(st.tuples(st.integers(0, 50), st.just(60), st.integers(1, 3))),
    st.integers(0, 50),
    st.integers(0, 5),
)
def test_nothing_nearer_is_left_out(slots, start, count):
    found = nearest(slots, start, count)
    starts = sorted({one[0] for one in slots}, key=lambda it: (abs(it - start), it))[:count]
    assert found == [min(one for one in slots if one[0] == it) for it in starts]
