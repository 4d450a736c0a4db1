"""Who takes what, while visits are tried in one place and another."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from orderly.engine.calendar import Calendars
from orderly.engine.spans import deep, overlaps
from orderly.engine.ways import Taking

Takings: TypeAlias = tuple[Taking, ...]
"""All that one visit takes."""


@dataclass(slots=True)
class Seats:
    """What visits take, over calendars that say how many may use a resource at once, and who has it besides.

    Those who stay are never in each other's way: they stand there already.
    """

    calendars: Calendars
    _there: dict[int, list[tuple[int, int, int, bool]]] = field(default_factory=dict)
    _takes: dict[int, Takings] = field(default_factory=dict)

    def add(self, visit: int, takes: Takings, *, stays: bool) -> None:
        self._takes[visit] = takes
        for resource, start, end in takes:
            self._there.setdefault(resource, []).append((start, end, visit, stays))

    def remove(self, visit: int) -> None:
        for resource, *_ in self._takes.pop(visit):
            self._there[resource] = [one for one in self._there[resource] if one[2] != visit]

    def fits(self, takes: Takings, *, stays: bool) -> bool:
        """Whether all of it can be had beside what is taken."""
        return all(self._free(taking, stays) for taking in takes)

    def _free(self, taking: Taking, stays: bool) -> bool:
        resource, start, end = taking
        near = [one for one in self._there.get(resource, ()) if one[0] < end and start < one[1]]
        others = [one[:2] for one in near if not (stays and one[3])]
        return not others or not crowded(self.calendars, taking, [one[:2] for one in near])


def shared(calendars: Calendars, resource: int) -> bool:
    """Whether several may use it at once."""
    return resource in calendars and calendars[resource].capacity > 1


def crowded(calendars: Calendars, taking: Taking, others: Sequence[tuple[int, int]]) -> bool:
    """Whether there would be one too many where `others` are; at least one of them is there at some minute of it."""
    resource, start, end = taking
    if not shared(calendars, resource):
        return bool(others)
    calendar = calendars[resource]
    rows = sorted([*calendar.busy, *calendar.held, *others, (start, end)])
    return overlaps(deep(rows, calendar.capacity + 1), (start, end))
