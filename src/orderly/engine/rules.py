"""Working hours, extra hours, time off, closures and maintenance, and what they mean between two days."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeAlias

from orderly.engine.spans import EVER, Span, Spans, intersect, normalise, subtract, union
from orderly.engine.walltime import DAY, EPOCH, FIRST_SUNDAY, day_start, steady_offset, to_minute

_Day: TypeAlias = tuple[int, int, int, int | None]
"""A local day: ordinal, weekday, week number, the instant of wall minute 0 (None if clocks change)."""


class Kind(StrEnum):
    """What a rule says about the minutes it covers."""

    HOURS = "hours"
    EXTRA = "extra"
    TIME_OFF = "time_off"
    CLOSED = "closed"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Rule:
    """Wall time in the clinic's zone from `start` to `end`: minutes of day, past 1440 of the next day.

    With `weekdays` it recurs: on every local day in [first, last] (None: no bound) with such a weekday, in
    the weeks whose number, counted from Sunday 1970-01-04, is `phase` modulo `every`. Without, it is one
    stretch from `start` on `first` to `end` on `last`.
    """

    kind: Kind
    start: int
    end: int
    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] | None = None
    every: int = 1
    phase: int = 0


@dataclass(frozen=True, slots=True)
class Layers:
    """What speaks for and against using a resource. `open` None means that it has no hours: always open."""

    open: Spans | None
    time_off: Spans
    closed: Spans
    maintenance: Spans
    available: Spans = field(init=False, repr=False, compare=False)
    """Open and not blocked by anything: worked out once, as many resources share one pattern."""

    def __post_init__(self) -> None:
        blocked = union(union(self.time_off, self.closed), self.maintenance)
        hours = (EVER,) if self.open is None else self.open
        object.__setattr__(self, "available", subtract(hours, blocked))


UNRULED: Final = Layers(None, (), (), ())


@lru_cache(maxsize=1024)
def expand(rules: tuple[Rule, ...], zone: str, first_day: date, last_day: date) -> Spans:
    """The instants that any of `rules` covers on the local days [first_day, last_day).

    Not clipped: spans may stick out on both sides. A rule of the day before that runs past midnight counts.
    A day that the zone skipped has no minutes; a rule whose wall times fall into a gap may come to nothing.
    """
    return normalise(span for rule in rules for span in _occurrences(rule, zone, first_day, last_day))


@lru_cache(maxsize=1024)
def layers(
    own: tuple[Rule, ...], clinic: tuple[Rule, ...], zone: str, first: date, last: date, *, always_open: bool
) -> Layers:
    """What a resource's own rules and its clinic's mean on the local days [first, last).

    A resource works its own hours within the clinic's (if the clinic states any), and its own extra hours
    wherever they fall. `always_open` resources (chairs, patients) follow the clinic's hours, or none. Extra
    hours of the clinic widen the clinic's hours.
    """

    def times(rules: tuple[Rule, ...], *kinds: Kind) -> Spans:
        chosen = tuple(rule for rule in rules if rule.kind in kinds)
        return expand(chosen, zone, first, last) if chosen else ()

    bounded = any(rule.kind == Kind.HOURS for rule in clinic)
    hours = times(clinic, Kind.HOURS, Kind.EXTRA) if bounded else None
    if not always_open:
        worked = times(own, Kind.HOURS)
        hours = union(worked if hours is None else intersect(worked, hours), times(own, Kind.EXTRA))
    return Layers(hours, times(own, Kind.TIME_OFF), times(clinic, Kind.CLOSED), times(own, Kind.MAINTENANCE))


def _occurrences(rule: Rule, zone: str, first: date, last: date) -> Iterator[Span]:
    if rule.weekdays is not None:
        return _recurring(rule, rule.weekdays, zone, first, last)
    return _single(rule, zone, first, last)


def _single(rule: Rule, zone: str, first: date, last: date) -> Iterator[Span]:
    start = EVER[0] if rule.first is None else to_minute(zone, rule.first, rule.start)
    end = EVER[1] if rule.last is None else to_minute(zone, rule.last, rule.end)
    if start < day_start(zone, last) and day_start(zone, first) < end:
        yield start, end


def _recurring(rule: Rule, weekdays: frozenset[int], zone: str, first: date, last: date) -> Iterator[Span]:
    earliest = first.toordinal() - (rule.end > DAY)
    if rule.first is not None:
        earliest = max(earliest, rule.first.toordinal())
    latest = date.max.toordinal() if rule.last is None else rule.last.toordinal()
    start, end, every, phase = rule.start, rule.end, rule.every, rule.phase
    for ordinal, weekday, week, base in _days(zone, first.toordinal() - 1, last.toordinal()):
        if weekday not in weekdays or not earliest <= ordinal <= latest or week % every != phase:
            continue
        if base is not None and end <= DAY:
            yield base + start, base + end
        else:
            yield from _on_day(rule, zone, ordinal)


def _on_day(rule: Rule, zone: str, ordinal: int) -> Iterator[Span]:
    day = date.fromordinal(ordinal)
    if day_start(zone, day) < to_minute(zone, day, DAY):
        yield to_minute(zone, day, rule.start), to_minute(zone, day, rule.end)


@lru_cache(maxsize=256)
def _days(zone: str, first: int, last: int) -> tuple[_Day, ...]:
    return tuple(_day(zone, ordinal) for ordinal in range(first, last))


def _day(zone: str, ordinal: int) -> _Day:
    steady = steady_offset(zone, ordinal)
    week, weekday = divmod(ordinal - FIRST_SUNDAY, 7)
    return ordinal, weekday, week, None if steady is None else (ordinal - EPOCH) * DAY - steady
