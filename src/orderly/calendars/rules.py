"""What makes hours and exceptions acceptable."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from math import lcm
from typing import Final

from orderly.calendars.inputs import Stretch, Weekly, When
from orderly.core.edits import ranged, wrong
from orderly.engine.problems import Code, Problem
from orderly.engine.rules import Kind, Rule, expand
from orderly.engine.spans import intersect
from orderly.engine.walltime import DAY, week

MOST_HOURS: Final = 100
MOST_WEEKS: Final = 8
EARLIEST, LATEST = date(1970, 1, 1), date(2200, 12, 31)


def phased(weekly: Weekly, today: date) -> Weekly:
    """With its phase filled in."""
    if weekly.phase is not None:
        return weekly
    return replace(weekly, phase=week(weekly.first or today) % max(1, weekly.every))


def hours_problems(hours: Sequence[Weekly]) -> Iterator[Problem]:
    """What is wrong with each entry, and which ones say something about the same minute."""
    if len(hours) > MOST_HOURS:
        yield wrong("hours", "too_many")
        return
    found = [problem for index, one in enumerate(hours) for problem in weekly_problems(one, f"hours.{index}.")]
    yield from found
    if not found:
        for (_, one), (index, other) in combinations(enumerate(hours), 2):
            if clash(one, other):
                yield wrong(f"hours.{index}", "overlap")


def when_problems(when: When) -> Iterator[Problem]:
    """What is wrong with an exception."""
    return weekly_problems(when) if isinstance(when, Weekly) else stretch_problems(when)


def weekly_problems(weekly: Weekly, prefix: str = "") -> Iterator[Problem]:
    if not weekly.weekdays:
        yield Problem(Code.MISSING, f"{prefix}weekdays")
    elif not weekly.weekdays <= set(range(7)):
        yield wrong(f"{prefix}weekdays", "weekday")
    if not 0 <= weekly.start < weekly.end <= DAY:
        yield wrong(f"{prefix}to_time", "before_from")
    if not (weekly.first or EARLIEST) <= (weekly.last or LATEST):
        yield wrong(f"{prefix}until", "before_from")
    yield from _day_problems(f"{prefix}from", weekly.first)
    yield from _day_problems(f"{prefix}until", weekly.last)
    yield from ranged(f"{prefix}every", weekly.every, 1, MOST_WEEKS)
    yield from ranged(f"{prefix}phase", weekly.phase or 0, 0, max(0, weekly.every - 1))


def stretch_problems(stretch: Stretch) -> Iterator[Problem]:
    if (stretch.last, stretch.end) <= (stretch.first, stretch.start):
        yield wrong("end", "before_from")
    yield from _day_problems("start", stretch.first)
    yield from _day_problems("end", stretch.last)


def _day_problems(field: str, day: date | None) -> Iterator[Problem]:
    """Days must lie where every date of a search can be counted with."""
    if day is not None and day < EARLIEST:
        yield wrong(field, "too_early")
    if day is not None and day > LATEST:
        yield wrong(field, "too_late")


def clash(one: Weekly, other: Weekly) -> bool:
    """Whether some minute is in both. After as many weeks as both cycles have in common everything repeats."""
    cycle = timedelta(weeks=lcm(one.every, other.every))
    first = max(one.first or EARLIEST, other.first or EARLIEST)
    last = min(one.last or LATEST, other.last or LATEST, first + cycle)
    return first <= last and bool(intersect(_on(one, first, last), _on(other, first, last)))


def _on(weekly: Weekly, first: date, last: date) -> tuple[tuple[int, int], ...]:
    """Its times from `first` to `last`, on a clock that is never changed."""
    rule = Rule(
        Kind.HOURS,
        weekly.start,
        weekly.end,
        first=weekly.first,
        last=weekly.last,
        weekdays=weekly.weekdays,
        every=weekly.every,
        phase=weekly.phase or 0,
    )
    return expand((rule,), "UTC", first, last + timedelta(days=1))
