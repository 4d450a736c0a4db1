"""Group sessions: one reservation of whoever serves the session, and its places for those who come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orderly.engine.calendar import Calendars
from orderly.engine.grid import Grid, beats, on_grid
from orderly.engine.plan import Plan, Requirement, Role
from orderly.engine.ranking import Slot
from orderly.engine.slots import Terms, assign, startable
from orderly.engine.spans import Span


@dataclass(frozen=True, slots=True)
class Group:
    """A session as it stands: `length` minutes from `start` with `provider` (all as resource ids).

    The capacity of `place` is the session's places. `members` are the provider, chairs and rooms that serve it.
    """

    provider: int
    start: int
    length: int
    place: int
    members: tuple[Requirement, ...]


def joining(group: Group) -> Plan:
    """What somebody who joins depends on: a place in the session, and that those who serve it still can."""
    place = Requirement(Role.PLACE, (group.place,), 1, ((0, group.length),))
    return Plan(group.length, (*group.members, place))


def aside(calendars: Calendars, group: Group) -> Calendars:
    """`calendars` as one who joins sees them: whatever else the members do meanwhile, they are there for the session.

    Time off, closures and maintenance still count.
    """
    members = {one for member in group.members for one in member.candidates}
    there = {one: replace(calendars[one], busy=(), held=()) for one in members & calendars.keys()}
    return {**calendars, **there}


def joinable(
    groups: Sequence[tuple[Group, Plan]], calendars: Calendars, window: Span, grid: Grid, terms: Terms
) -> list[Slot]:
    """The sessions that can be joined, each by its plan, among those that start on the grid in `window`; by start,
    then provider.
    """
    low, high = startable(window, terms)
    rhythm = beats(grid, (low, high)) if low < high else ()
    found = [
        (group.start, group.start + group.length, group.provider)
        for group, plan in groups
        if low <= group.start < high
        and on_grid(((group.start, group.start + 1),), grid.step, rhythm)
        and assign(plan, aside(calendars, group), group.start) is not None
    ]
    return sorted(found, key=lambda slot: (slot[0], slot[2]))
