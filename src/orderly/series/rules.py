"""Rules as somebody wrote them, within the bounds of a series."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Final

from orderly.core.edits import wrong
from orderly.core.errors import Invalid
from orderly.engine.recurrence import Frequency, Pattern, anchored, days
from orderly.engine.rrule import MOST, Recurrence, RuleError, read

LONGEST: Final = timedelta(days=731)
ADDED: Final = timedelta(days=366)
"""How much further those may lie that are added at the end."""
FURTHEST: Final = timedelta(days=31)
"""How far from its own day a visit may be put."""


def asked_for(text: str, first: date) -> tuple[Pattern, int]:
    """The rule, counted from `first`, and how many visits it means. Invalid for one that can't be used, means no day,
    or more than a series may have.
    """
    said = _read(text)
    if (said.count is None) == (said.until is None):
        raise Invalid(wrong("rule", "rule_end"))
    pattern, furthest = anchored(said.pattern, first), first + LONGEST
    last = min(said.until or furthest, furthest - timedelta(days=1))
    count = len(list(islice(days(pattern, first, last + timedelta(days=1)), said.count or MOST + 1)))
    if not count:
        raise Invalid(wrong("rule", "rule_never"))
    if count > MOST or count < (said.count or 0) or last < (said.until or last):
        raise limited()
    return pattern, count


def limited() -> Invalid:
    """More visits, or further ahead, than a series may have."""
    return Invalid(wrong("rule", "rule_limit", limit=MOST))


def pattern_of(text: str, first: date) -> Pattern:
    """The rule of a series that has its visits already. Invalid for one that can't be used or names an end."""
    said = _read(text)
    if said.count is not None or said.until is not None:
        raise Invalid(wrong("rule", "rule_endless"))
    return anchored(said.pattern, first)


def day_after_day(pattern: Pattern, first: date) -> Iterator[date]:
    """The days from `first` on, as far as any series may reach."""
    return days(pattern, first, first + LONGEST + ADDED)


def beginning(pattern: Pattern, day: date) -> date:
    """From when on the visits of `day`'s week or month would lie."""
    if pattern.frequency is Frequency.WEEKLY:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if pattern.frequency is Frequency.MONTHLY else day


def _read(text: str) -> Recurrence:
    try:
        return read(text)
    except RuleError as error:
        more = {"part": error.part} if error.part else {}
        raise Invalid(wrong("rule", error.reason, **more)) from error
