"""When something is open or closed, in the clinic's wall time. Nothing in here has been checked yet."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """On these weekdays (0 = Sunday) from minute `start` of the day to `end`, in every `every`th week, from day
    `first` to `last`.

    `phase` tells which weeks: those whose number is `phase` modulo `every`. None: the week of the first day, or this
    one.
    """

    weekdays: frozenset[int]
    start: int
    end: int
    first: date | None = None
    last: date | None = None
    every: int = 1
    phase: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Once, from minute `start` of day `first` to minute `end` of day `last`."""

    first: date
    start: int
    last: date
    end: int


When: TypeAlias = Weekly | Stretch
