"""Choosing among found slots."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from orderly.engine.walltime import local, weekday

Slot: TypeAlias = tuple[int, int, int]
"""(start, end, provider): instants in minutes, the provider's resource id."""


def nearest(slots: Iterable[Slot], start: int, count: int = 3) -> list[Slot]:
    """The `count` slots nearest to `start`, each at another start; ties go to the earlier, the lower provider."""
    first: dict[int, Slot] = {}
    for slot in sorted(slots, key=lambda slot: (abs(slot[0] - start), slot[0], slot[2])):
        first.setdefault(slot[0], slot)
    return list(first.values())[:count]


def first_fit(
    slots: Sequence[Slot], zone: str, *, weekdays: frozenset[int] | None = None, preferred: int | None = None
) -> list[Slot]:
    """One slot per local day of `slots` (ordered by start), on the given weekdays (None: any).

    The first at or after the `preferred` wall minute of day, else the last start before it; without a
    preference the earliest. Of equal starts the lower provider.
    """
    of_days: dict[date, list[tuple[int, Slot]]] = {}
    for slot in _first_of_each_start(slots):
        day, wall = local(zone, slot[0])
        of_days.setdefault(day, []).append((wall, slot))
    return [_pick(of_days[day], preferred) for day in sorted(of_days) if weekdays is None or weekday(day) in weekdays]


def _first_of_each_start(slots: Iterable[Slot]) -> Iterator[Slot]:
    return (next(same) for _, same in groupby(slots, key=itemgetter(0)))


def _pick(entries: list[tuple[int, Slot]], preferred: int | None) -> Slot:
    if preferred is None:
        return entries[0][1]
    after = [entry for entry in entries if entry[0] >= preferred]
    if after:
        return min(after, key=lambda entry: entry[0])[1]
    return max(entries, key=lambda entry: entry[0])[1]
