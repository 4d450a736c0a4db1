from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Instant

from orderly.engine.grid import Grid, beats, on_grid
from orderly.engine.walltime import to_minute
from tests.engine import made

CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("America/Havana", date(2026, 11, 1)),
    ("Asia/Kathmandu", date(2026, 6, 10)),
]


def wall(zone: str, minute: int) -> int:
    time = Instant.from_timestamp(minute * 60).to_tz(zone).to_plain().time()
    return time.hour * 60 + time.minute


@given(st.sampled_from(CHANGES), st.sampled_from((1, 5, 15, 25, 30, 60, 90, 100, 2000)), st.integers(-90, 90))
def test_starts_are_round_on_the_wall(change, step, shift):
    zone, day = change
    first = to_minute(zone, day - timedelta(1), 1200) + shift
    window = first, first + 2000
    spans = ((first, first + 700), (first + 731, first + 2000))
    expected = [m for span in spans for m in range(*span) if wall(zone, m) % step == 0]
    assert on_grid(spans, step, beats(Grid(zone, step), window)) == expected


@given(made.spans())
def test_a_step_of_one_is_every_minute(spans):
    minutes = [minute for span in spans for minute in range(*span)]
    assert on_grid(spans, 1, beats(Grid("UTC", 1), (0, 60))) == minutes


def test_a_grid_needs_a_step():
    with pytest.raises(ValueError, match="at least one minute"):
        Grid("UTC", 0)
