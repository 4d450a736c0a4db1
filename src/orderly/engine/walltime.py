"""Between wall clocks and instants: the one place where local time becomes UTC and back.

A wall time that happens twice means the first; one that is skipped means as much later as the gap is long, as
PEP 495's fold=0 and RFC 5545 have it. Offsets are whole minutes: zones had odd seconds only before 1972.
Unknown zone names raise `zoneinfo.ZoneInfoNotFoundError`.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from orderly.engine.spans import Span

DAY: Final = 1440
EPOCH: Final = date(1970, 1, 1).toordinal()
FIRST_SUNDAY: Final = date(1970, 1, 4).toordinal()
_CLOCK: Final = tuple(f"T{minute // 60:02}:{minute % 60:02}:00" for minute in range(DAY))
_WALL_EPOCH: Final = datetime(1970, 1, 1)
_MINUTE: Final = timedelta(minutes=1)


def weekday(day: date) -> int:
    """0 = Sunday … 6 = Saturday."""
    return day.isoweekday() % 7


def week(day: date) -> int:
    """Which week it is, counted from the Sunday of 1970-01-04: what "every second week" counts by."""
    return (day.toordinal() - FIRST_SUNDAY) // 7


def days(first: date, last_exclusive: date) -> Iterator[date]:
    """Every day from `first` up to, not including, `last_exclusive`."""
    return map(date.fromordinal, range(first.toordinal(), last_exclusive.toordinal()))


def day_start(zone: str, day: date) -> int:
    """The instant `day` begins in `zone`; where midnight is skipped, the end of the gap."""
    return to_minute(zone, day, 0)


def to_minute(zone: str, day: date, minute_of_day: int) -> int:
    """The instant at which `minute_of_day` (0…2880; 1440 is the next midnight) of `day` comes in `zone`."""
    ahead, minute = divmod(minute_of_day, DAY)
    ordinal = day.toordinal() + ahead
    steady = steady_offset(zone, ordinal)
    if steady is None:
        return _resolve(zone, ordinal, minute)
    return (ordinal - EPOCH) * DAY + minute - steady


def local(zone: str, minute: int) -> tuple[date, int]:
    """The day and the minute of day that clocks in `zone` show at an instant."""
    ahead, wall = divmod(minute + offset(zone, minute), DAY)
    return date.fromordinal(EPOCH + ahead), wall


def offset(zone: str, minute: int) -> int:
    """Minutes that clocks in `zone` are ahead of UTC at an instant."""
    pieces = _pieces(zone, minute // DAY)
    if len(pieces) == 1:
        return pieces[0][1]
    return max(piece for piece in pieces if piece[0] <= minute)[1]


def rfc3339(zone: str, minute: int) -> str:
    """An instant as text in `zone`, such as 2026-03-29T10:00:00+02:00."""
    ahead = offset(zone, minute)
    day, wall = divmod(minute + ahead, DAY)
    return _date_text(day) + _CLOCK[wall] + _offset_text(ahead)


def stretches(zone: str, window: Span) -> tuple[tuple[int, int, int], ...]:
    """`window` cut where the zone's offset changes: (start, end, offset) each."""
    found: list[tuple[int, int, int]] = []
    start, end = window
    ahead = offset(zone, start)
    for day in range(start // DAY, (end - 1) // DAY + 1):
        for change, after in _pieces(zone, day):
            if after != ahead and start < change < end:
                found.append((start, change, ahead))
                start, ahead = change, after
    found.append((start, end, ahead))
    return tuple(found)


@lru_cache(maxsize=1 << 15)
def steady_offset(zone: str, ordinal: int) -> int | None:
    """The zone's offset in minutes if it stays the same through a local day (date ordinal), else None."""
    midnight = datetime.fromordinal(ordinal)
    walls = [midnight, midnight + timedelta(hours=12), midnight + timedelta(minutes=DAY - 1)]
    offsets = {_wall_offset(zone, wall, fold) for wall in walls for fold in (0, 1)}
    return offsets.pop() if len(offsets) == 1 else None


def _wall_offset(zone: str, wall: datetime, fold: int) -> int:
    ahead = wall.replace(tzinfo=_zone(zone), fold=fold).utcoffset()
    assert ahead is not None
    return ahead // _MINUTE


def _resolve(zone: str, ordinal: int, minute: int) -> int:
    wall = datetime.fromordinal(ordinal) + timedelta(minutes=minute)
    return (wall - _WALL_EPOCH) // _MINUTE - _wall_offset(zone, wall, 0)


@lru_cache(maxsize=1 << 15)
def _pieces(zone: str, day: int) -> tuple[tuple[int, int], ...]:
    """The offsets of a day of UTC, each with the instant from which it holds."""
    minutes = range(day * DAY, (day + 1) * DAY)
    first = _offset_at(zone, minutes[0])
    if first == _offset_at(zone, minutes[DAY // 2]) == _offset_at(zone, minutes[-1]):
        return ((minutes[0], first),)
    starts = {}
    for minute in reversed(minutes):
        starts[_offset_at(zone, minute)] = minute
    return tuple(sorted((minute, ahead) for ahead, minute in starts.items()))


def _offset_at(zone: str, minute: int) -> int:
    ahead = datetime.fromtimestamp(minute * 60, _zone(zone)).utcoffset()
    assert ahead is not None
    return ahead // _MINUTE


@lru_cache(maxsize=1 << 10)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=1 << 14)
def _date_text(day: int) -> str:
    return date.fromordinal(EPOCH + day).isoformat()


@lru_cache(maxsize=1 << 10)
def _offset_text(ahead: int) -> str:
    hours, minutes = divmod(abs(ahead), 60)
    return f"{'-' if ahead < 0 else '+'}{hours:02}:{minutes:02}"
