from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Instant, PlainDateTime

from orderly.engine import walltime

ZONES = (
    "UTC",
    "Africa/Casablanca",
    "America/New_York",
    "America/Sao_Paulo",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Chatham",
)
YEARS = ((2011, 2013), (2018, 2019), (2024, 2028))
DAYS = [day for first, last in YEARS for day in walltime.days(date(first, 1, 1), date(last, 1, 1))]
SECONDS = st.integers(1_293_840_000 // 60, 1_893_456_000 // 60)


def resolved(zone: str, day: date, minute: int) -> int:
    """The instant of a wall time, as another library has it."""
    wall = PlainDateTime(day.year, day.month, day.day, minute // 60, minute % 60)
    return wall.assume_tz(zone, disambiguation="compatible").timestamp() // 60


def test_weekdays_count_from_sunday():
    assert [walltime.weekday(date(2026, 3, day)) for day in range(1, 9)] == [0, 1, 2, 3, 4, 5, 6, 0]


def test_days_leave_out_the_last():
    assert list(walltime.days(date(2024, 2, 28), date(2024, 3, 2))) == [
        date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1),
    ]  # fmt: skip
    assert list(walltime.days(date(2024, 3, 1), date(2024, 3, 1))) == []


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_agrees_with_another_library(zone):
    for day in DAYS:
        for minute in (0, 90, 150, 1439):
            assert walltime.to_minute(zone, day, minute) == resolved(zone, day, minute), (day, minute)


@pytest.mark.parametrize("zone", ZONES)
def test_days_with_a_change_agree_at_every_quarter(zone):
    changing = [day for day in DAYS if walltime.steady_offset(zone, day.toordinal()) is None]
    for day in changing:
        for minute in range(0, 1440, 15):
            assert walltime.to_minute(zone, day, minute) == resolved(zone, day, minute), (day, minute)


@given(st.sampled_from(ZONES), SECONDS)
def test_instants_agree_with_another_library(zone, minute):
    there = Instant.from_timestamp(minute * 60).to_tz(zone)
    wall = there.to_plain().time()
    assert walltime.local(zone, minute) == (there.date().to_stdlib(), wall.hour * 60 + wall.minute)
    assert walltime.offset(zone, minute) == there.offset.total("minutes")
    assert walltime.rfc3339(zone, minute) == there.to_fixed_offset().to_stdlib().isoformat()


@given(st.sampled_from(ZONES), st.sampled_from(DAYS), st.integers(0, 2880))
def test_minutes_past_midnight_belong_to_the_next_days(zone, day, minute):
    then = date.fromordinal(day.toordinal() + minute // 1440)
    assert walltime.to_minute(zone, day, minute) == walltime.to_minute(zone, then, minute % 1440)


@given(st.sampled_from(ZONES), SECONDS, st.integers(1, 400 * 1440))
def test_stretches_are_where_the_offset_stays(zone, start, length):
    found = walltime.stretches(zone, (start, start + length))
    assert [start, *(end for _, end, _ in found)] == [*(low for low, _, _ in found), start + length]
    for (_, end, before), (_, _, after) in pairwise(found):
        assert before == walltime.offset(zone, end - 1) != walltime.offset(zone, end) == after


def test_clock_changes_in_berlin():
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    at = walltime.to_minute
    assert walltime.rfc3339("Europe/Berlin", at("Europe/Berlin", spring, 150)) == "2026-03-29T03:30:00+02:00"
    assert walltime.rfc3339("Europe/Berlin", at("Europe/Berlin", autumn, 150)) == "2026-10-25T02:30:00+02:00"
    assert at("Europe/Berlin", spring, 1440) - walltime.day_start("Europe/Berlin", spring) == 23 * 60
    assert at("Europe/Berlin", autumn, 1440) - walltime.day_start("Europe/Berlin", autumn) == 25 * 60


def test_a_day_that_begins_in_a_gap_begins_after_it():
    day = date(2018, 11, 4)  # São Paulo went from 00:00 to 01:00
    start = walltime.day_start("America/Sao_Paulo", day)
    assert walltime.rfc3339("America/Sao_Paulo", start) == "2018-11-04T01:00:00-02:00"


def test_a_skipped_day_has_no_minutes():
    skipped, after = date(2011, 12, 30), date(2011, 12, 31)
    assert walltime.day_start("Pacific/Apia", skipped) == walltime.day_start("Pacific/Apia", after)
