"""APT-8: which days a rule means. The oracle is python-dateutil, as far as it comes to an end."""

from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from orderly.engine.recurrence import Frequency, Pattern, anchored, days
from orderly.engine.rrule import Recurrence, RuleError, read, written

HORIZON = timedelta(days=800)
WEEKDAY = st.integers(0, 6)
FIRST = st.dates(date(2024, 1, 1), date(2028, 12, 31))


def several(numbers: st.SearchStrategy[int], most: int = 4) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(numbers, max_size=most, unique=True).map(lambda found: tuple(sorted(found)))


def signed(most: int) -> st.SearchStrategy[int]:
    return st.integers(-most, most).filter(bool)


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    frequency, interval = draw(st.sampled_from(Frequency)), draw(st.integers(1, 5))
    if frequency is not Frequency.MONTHLY:
        weekdays = tuple((0, day) for day in draw(several(WEEKDAY)))
        return Pattern(frequency, interval, weekdays)
    # dateutil takes "MO,2TU" for days that are both, which there are none of: one kind or the other
    nth = st.tuples(draw(st.sampled_from([st.just(0), signed(5)])), WEEKDAY)
    weekdays = tuple(sorted(set(draw(st.lists(nth, max_size=3))), key=lambda one: (one[1], one[0])))
    month_days = draw(several(signed(31)))
    positions = draw(several(signed(5), 2)) if weekdays or month_days else ()
    return Pattern(frequency, interval, weekdays, month_days, positions)


@given(patterns(), FIRST)
def test_it_means_what_others_understand(pattern: Pattern, first: date) -> None:
    mine = list(days(pattern, first, first + HORIZON))
    # Without any day at all the other one searches until the year 9999.
    if mine:
        theirs = rrulestr(written(pattern, count=len(mine)), dtstart=datetime(first.year, first.month, first.day))
        assert mine == [one.date() for one in theirs]
    assert mine == sorted(set(mine))
    assert list(days(anchored(pattern, first), first, first + HORIZON)) == mine
    if mine:  # counted from its own first day it goes on the same
        assert list(days(anchored(pattern, first), mine[0], first + HORIZON)) == mine


@given(patterns(), st.integers(1, 100))
def test_text_is_read_as_it_was_written(pattern: Pattern, count: int) -> None:
    assert read(written(pattern, count)) == Recurrence(pattern, count)


def test_in_any_letters_and_to_a_day() -> None:
    monday, fridays = (0, 0), (-1, 4)
    assert read("RRULE:freq=weekly;until=20260331;byday=mo,MO") == Recurrence(
        Pattern(Frequency.WEEKLY, weekdays=(monday,)), until=date(2026, 3, 31)
    )
    assert read(" FREQ=MONTHLY;BYDAY=-1FR;COUNT=3").pattern.weekdays == (fridays,)


@pytest.mark.parametrize(
    ("text", "reason", "part"),
    [
        ("", "rule_part", ""),
        ("FREQ", "rule_part", "FREQ"),
        ("COUNT=3", "rule_missing", "FREQ"),
        ("FREQ=DAILY;FREQ=DAILY;COUNT=3", "rule_part", "FREQ=DAILY"),
        ("FREQ=YEARLY;COUNT=3", "rule_part", "FREQ=YEARLY"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=3", "rule_part", "INTERVAL=0"),
        ("FREQ=DAILY;INTERVAL=-1;COUNT=3", "rule_part", "INTERVAL=-1"),
        ("FREQ=DAILY;INTERVAL=1_0;COUNT=3", "rule_part", "INTERVAL=1_0"),
        ("FREQ=DAILY;COUNT=0", "rule_part", "COUNT=0"),
        ("FREQ=DAILY;COUNT=101", "rule_part", "COUNT=101"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20260331", "rule_end", ""),
        ("FREQ=DAILY;UNTIL=20260231", "rule_part", "UNTIL=20260231"),
        ("FREQ=DAILY;UNTIL=20260331T090000Z", "rule_part", "UNTIL=20260331T090000Z"),
        ("FREQ=DAILY;BYHOUR=9;COUNT=3", "rule_unknown", "BYHOUR"),
        ("FREQ=WEEKLY;WKST=SU;COUNT=3", "rule_unknown", "WKST"),
        ("FREQ=WEEKLY;BYDAY=2TU;COUNT=3", "rule_part", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=3", "rule_part", "BYDAY=XX"),
        ("FREQ=WEEKLY;BYMONTHDAY=2;COUNT=3", "rule_part", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0;COUNT=3", "rule_part", "BYMONTHDAY=0"),
        ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=3", "rule_part", "BYMONTHDAY=32"),
        ("FREQ=MONTHLY;BYSETPOS=1;COUNT=3", "rule_part", "BYSETPOS"),
    ],
)
def test_what_is_refused_is_named(text: str, reason: str, part: str) -> None:
    with pytest.raises(RuleError) as refused:
        read(text)
    assert (refused.value.reason, refused.value.part) == (reason, part)


def test_a_rule_without_any_day_comes_to_its_end() -> None:
    never = Pattern(Frequency.DAILY, interval=7, weekdays=((0, 1),))
    assert list(days(never, date(2026, 3, 2), date(2028, 3, 2))) == []
