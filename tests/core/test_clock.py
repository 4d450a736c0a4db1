from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from orderly.core.clock import EPOCH, instant, minute, minute_up, now

SECOND = timedelta(seconds=1)
TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_now_is_an_aware_instant_and_follows_a_faked_clock() -> None:
    with time_machine.travel(TEN, tick=False):
        assert (now(), now().tzinfo) == (TEN, UTC)


def test_minutes_are_rounded_down_or_up() -> None:
    at = minute(TEN)
    found = {
        seconds: (minute(TEN + seconds * SECOND) - at, minute_up(TEN + seconds * SECOND) - at)
        for seconds in (-1, 0, 0.000001, 59.999999, 60)
    }
    assert found == {-1: (-1, 0), 0: (0, 0), 0.000001: (0, 1), 59.999999: (0, 1), 60: (1, 1)}


def test_a_minute_is_the_same_in_every_zone() -> None:
    assert minute(TEN.astimezone(timezone(timedelta(hours=5)))) == minute(TEN)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TypeError):
        minute(TEN.replace(tzinfo=None))


@given(st.integers(-10_000_000, 100_000_000))
def test_a_minute_and_its_instant_are_inverse(minutes: int) -> None:
    at = instant(minutes)
    assert (minute(at), minute_up(at), at - EPOCH) == (minutes, minutes, timedelta(minutes=minutes))
