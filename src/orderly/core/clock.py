"""The only place where time is read. Everything below the edges takes `now` as an argument."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def minute(at: datetime) -> int:
    """Whole minutes from 1970-01-01 UTC to an aware instant, rounded down."""
    return (at - EPOCH) // MINUTE


def minute_up(at: datetime) -> int:
    """Like `minute`, rounded up: the first whole minute that isn't before `at`."""
    return -((EPOCH - at) // MINUTE)


def instant(minutes: int) -> datetime:
    """The UTC instant of a count of minutes since 1970-01-01."""
    return EPOCH + minutes * MINUTE
