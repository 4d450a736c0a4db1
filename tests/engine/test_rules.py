from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderly.engine.rules import Kind, Layers, Rule, expand, layers
from orderly.engine.spans import EVER, Span, Spans, intersect, normalise, union
from orderly.engine.walltime import days, local, to_minute
from tests.engine import model
from tests.engine.test_walltime import resolved

CHANGES = [
    ("Asia/Kathmandu", date(2026, 6, 10)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Africa/Casablanca", date(2026, 3, 22)),
]
ALL_WEEK = frozenset(range(7))


def near(day: date, spread: int = 20) -> st.SearchStrategy[date]:
    return st.integers(-spread, spread).map(lambda by: day + timedelta(by))


def recurring(day: date) -> st.SearchStrategy[Rule]:
    edge = st.none() | near(day)
    hours = st.tuples(st.integers(0, 1440), st.integers(1, 1440)).map(lambda it: (it[0], sum(it)))
    pattern = st.sampled_from(((1, 0), (1, 0), (2, 0), (2, 1), (3, 2)))
    return st.builds(
        lambda it, first, last, weekdays, how: Rule(Kind.HOURS, *it, first, last, weekdays, *how),
        hours, edge, edge, st.frozensets(st.integers(0, 6)), pattern,
    )  # fmt: skip


def single(day: date) -> st.SearchStrategy[Rule]:
    minute = st.integers(0, 1440)
    edge = st.none() | near(day)
    return st.builds(Rule, st.just(Kind.TIME_OFF), minute, minute, edge, edge)


@st.composite
def situations(draw: st.DrawFn, made=recurring) -> tuple[tuple[Rule, ...], str, date, date]:
    zone, day = draw(st.sampled_from(CHANGES))
    first = draw(near(day, 8))
    rules = draw(st.lists(made(day), max_size=3).map(tuple))
    return rules, zone, first, first + timedelta(draw(st.integers(0, 15)))


def at(zone: str, day: date, minute: int) -> int:
    return resolved(zone, day + timedelta(minute // 1440), minute % 1440)


def exists(zone: str, day: date) -> bool:
    return local(zone, resolved(zone, day, 720))[0] == day


def applies(rule: Rule, day: date) -> bool:
    week = (day - date(1970, 1, 4)).days // 7
    return (
        day.isoweekday() % 7 in (rule.weekdays or ())
        and (rule.first is None or rule.first <= day)
        and (rule.last is None or day <= rule.last)
        and week % rule.every == rule.phase
    )


def expected(rules: Iterable[Rule], zone: str, first: date, last: date) -> Spans:
    """The meaning of recurring rules, day by day."""
    return normalise(
        (at(zone, day, rule.start), at(zone, day, rule.end))
        for rule in rules
        for day in days(first - timedelta(1), last)
        if applies(rule, day) and exists(zone, day) and (day >= first or rule.end > 1440)
    )


@given(situations())
def test_recurring_rules_day_by_day(situation):
    assert expand(*situation) == expected(*situation)


@given(situations(single))
def test_single_stretches(situation):
    rules, zone, first, last = situation
    window = (at(zone, first, 0), at(zone, last, 0))

    def span(rule: Rule) -> Span:
        start = EVER[0] if rule.first is None else at(zone, rule.first, rule.start)
        return start, EVER[1] if rule.last is None else at(zone, rule.last, rule.end)

    spans = [span(rule) for rule in rules]
    assert expand(*situation) == normalise(
        one for one in spans if one[0] < one[1] and one[0] < window[1] and window[0] < one[1]
    )


@settings(max_examples=30)
@given(recurring(date(2026, 6, 10)), st.integers(0, 9))
def test_a_minute_is_covered_when_its_wall_time_is(rule, length):
    zone, first = "Asia/Kathmandu", date(2026, 6, 8)
    last = first + timedelta(length)
    window = range(at(zone, first, 0), at(zone, last, 0))

    def covered(minute: int) -> bool:
        day, wall = local(zone, minute)
        today = applies(rule, day) and rule.start <= wall < rule.end
        return today or (applies(rule, day - timedelta(1)) and rule.start <= wall + 1440 < rule.end)

    found = model.minutes(expand((rule,), zone, first, last)) & set(window)
    assert found == {minute for minute in window if covered(minute)}


def test_alternating_weeks_count_from_the_first_sunday_of_1970():
    week = timedelta(7)
    sunday = date(2026, 1, 4)
    odd = Rule(Kind.HOURS, 0, 60, weekdays=frozenset({0}), every=2, phase=1)
    even = Rule(Kind.HOURS, 0, 60, weekdays=frozenset({0}), every=2, phase=0)
    of_odd, of_even = (expand((one,), "UTC", sunday, sunday + 4 * week) for one in (odd, even))
    starts = [to_minute("UTC", sunday + n * week, 0) for n in range(4)]
    assert (sunday - date(1970, 1, 4)).days // 7 % 2 == 0
    assert of_even == tuple((start, start + 60) for start in starts[::2])
    assert of_odd == tuple((start, start + 60) for start in starts[1::2])


def test_the_night_before_reaches_into_the_first_day():
    night = Rule(Kind.HOURS, 1320, 1800, weekdays=ALL_WEEK)
    day = date(2026, 6, 10)
    midnight = to_minute("UTC", day, 0)
    assert expand((night,), "UTC", day, day + timedelta(1)) == (
        (midnight - 120, midnight + 360),
        (midnight + 1320, midnight + 1800),
    )


def test_a_skipped_day_has_no_hours():
    hours = Rule(Kind.HOURS, 540, 600, weekdays=ALL_WEEK)
    found = expand((hours,), "Pacific/Apia", date(2011, 12, 29), date(2012, 1, 1))
    assert [local("Pacific/Apia", start) for start, _ in found] == [
        (date(2011, 12, 29), 540),
        (date(2011, 12, 31), 540),
    ]


DAY = date(2026, 6, 10)
NEXT = date(2026, 6, 11)
BASE = to_minute("UTC", DAY, 0)


def one(kind: Kind, start: int, end: int) -> Rule:
    return Rule(kind, start, end, DAY, DAY)


OWN = (
    one(Kind.HOURS, 500, 700),
    one(Kind.EXTRA, 1300, 1400),
    one(Kind.TIME_OFF, 510, 520),
    one(Kind.MAINTENANCE, 530, 540),
    one(Kind.CLOSED, 600, 610),
)
CLINIC = (
    one(Kind.HOURS, 540, 1080),
    one(Kind.EXTRA, 490, 505),
    one(Kind.CLOSED, 640, 650),
    one(Kind.TIME_OFF, 660, 670),
)


def spans(*found: Span) -> Spans:
    return tuple((BASE + start, BASE + end) for start, end in found)


@pytest.mark.parametrize(
    ("clinic", "always_open", "open_"),
    [
        (CLINIC, False, spans((500, 505), (540, 700), (1300, 1400))),
        (CLINIC, True, spans((490, 505), (540, 1080))),
        ((), False, spans((500, 700), (1300, 1400))),
        ((), True, None),
    ],
)
def test_layers(clinic, always_open, open_):
    closed = spans((640, 650)) if clinic else ()
    assert layers(OWN, clinic, "UTC", DAY, NEXT, always_open=always_open) == Layers(
        open_, spans((510, 520)), closed, spans((530, 540))
    )


def test_extra_hours_of_a_clinic_without_hours_do_not_bind_it():
    clinic = (one(Kind.EXTRA, 490, 505),)
    assert layers((), clinic, "UTC", DAY, NEXT, always_open=True).open is None


def test_what_is_available_is_open_and_not_blocked():
    found = layers(OWN, CLINIC, "UTC", DAY, NEXT, always_open=False)
    assert found.available == spans((500, 505), (540, 640), (650, 700), (1300, 1400))
    assert Layers(None, ((5, 9),), (), ((7, 12),)).available == ((EVER[0], 5), (12, EVER[1]))


@given(situations(), situations())
def test_hours_lie_within_the_clinics(own, clinic):
    rules, zone, first, last = own
    theirs = clinic[0]
    found = layers(rules, theirs, zone, first, last, always_open=False)
    hours = expand(rules, zone, first, last)
    assert found.open == (intersect(hours, expand(theirs, zone, first, last)) if theirs else union(hours, ()))
