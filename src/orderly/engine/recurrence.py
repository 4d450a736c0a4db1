"""Which days a rule such as "every second Tuesday" means: the part of RFC 5545's RRULE that a front desk needs.

Days only. A visit repeats at a wall time of the clinic, and which instant that is on a day is `walltime`'s business.
Nothing here goes on for ever: days are looked for up to an end that the caller names, also where a rule means none.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeAlias

Weekday: TypeAlias = tuple[int, int]
"""(which one in the month, 0 = Monday … 6 = Sunday): (2, 1) is the second Tuesday, (-1, 4) the last Friday, (0, 2)
every Wednesday."""

WEEK = 7
MONTHS = 12


class Frequency(StrEnum):
    """What is counted: every so many days, weeks (from Monday) or months."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Every `interval` days, weeks or months: those days that are one of `weekdays` and of `month_days` (-1 = the
    last), where these are given, and of what is left in a period only those at `positions` (1 = the first, -1 = the
    last).
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[Weekday, ...] = ()
    month_days: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()


def anchored(pattern: Pattern, first: date) -> Pattern:
    """With the weekday or day of the month said that it otherwise takes from its first day."""
    if pattern.weekdays or pattern.month_days or pattern.frequency is Frequency.DAILY:
        return pattern
    if pattern.frequency is Frequency.WEEKLY:
        return replace(pattern, weekdays=((0, first.weekday()),))
    return replace(pattern, month_days=(first.day,))


def days(pattern: Pattern, first: date, end: date) -> Iterator[date]:
    """The days it means, ascending, from `first`, which it is counted from, up to `end`, exclusive."""
    pattern = anchored(pattern, first)
    for period in _periods(pattern, first, end):
        matching = [day for day in period if _matches(pattern, day)]
        chosen = _at_positions(pattern.positions, matching) if pattern.positions else matching
        yield from (day for day in chosen if first <= day < end)


def _periods(pattern: Pattern, first: date, end: date) -> Iterator[list[date]]:
    if pattern.frequency is Frequency.MONTHLY:
        yield from _months(first, end, pattern.interval)
        return
    weekly = pattern.frequency is Frequency.WEEKLY
    size = WEEK if weekly else 1
    start = first - timedelta(days=first.weekday()) if weekly else first
    for low in range(start.toordinal(), end.toordinal(), size * pattern.interval):
        yield [date.fromordinal(low + ahead) for ahead in range(size)]


def _months(first: date, end: date, interval: int) -> Iterator[list[date]]:
    number = first.year * MONTHS + first.month - 1
    while (start := date(number // MONTHS, number % MONTHS + 1, 1)) < end:
        yield [start + timedelta(days=ahead) for ahead in range(monthrange(start.year, start.month)[1])]
        number += interval


def _matches(pattern: Pattern, day: date) -> bool:
    return (not pattern.weekdays or any(_is(one, day) for one in pattern.weekdays)) and (
        not pattern.month_days or any(one in (day.day, day.day - _length(day) - 1) for one in pattern.month_days)
    )


def _is(wanted: Weekday, day: date) -> bool:
    nth, weekday = wanted
    if day.weekday() != weekday:
        return False
    from_start, from_end = (day.day - 1) // WEEK + 1, -((_length(day) - day.day) // WEEK + 1)
    return nth in (0, from_start, from_end)


def _length(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _at_positions(positions: tuple[int, ...], matching: list[date]) -> list[date]:
    count = len(matching)
    chosen = {one - 1 if one > 0 else count + one for one in positions}
    return [day for place, day in enumerate(matching) if place in chosen]
