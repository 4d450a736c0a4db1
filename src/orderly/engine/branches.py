"""One way for each visit, the cheapest together: depth first, over ways of which some clash.

What is left to each visit is a mask of bits, what exceeds the bound least first, so that what a choice costs at least
is the lowest bit of every mask. Visits none of whose ways meet are searched one group after the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orderly.engine.calendar import Calendars
from orderly.engine.seats import Seats, Takings, shared


@dataclass(frozen=True, slots=True)
class Entry:
    """A way for a case's option, what it costs, and how far that is beyond the least that its case pays, the price of
    its point included. Two who both stay don't clash.
    """

    case: int
    option: int
    takes: Takings
    cost: int
    excess: int
    point: int
    stays: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """What each case pays at least, and the prices (0 or below) of points, each of which only one can have."""

    least: Sequence[int]
    rate: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """The cheapest, if there is any that costs less than asked for; not `whole` where the steps ran out before."""

    picked: tuple[Entry, ...] | None
    steps: int
    whole: bool


class TooLong(Exception):
    """There are no steps left."""


NEVER = 1 << 300
"""More than anything costs."""


class Branches:
    """`entries` are by case, each case's least excess first; cases are numbered from 0."""

    def __init__(self, entries: Sequence[Entry], bound: Bound, calendars: Calendars, most: int) -> None:
        self._entries = entries
        self._bound = bound
        self._calendars = calendars
        self._most = most
        cases = len(bound.least)
        self._masks = [0] * cases
        for bit, entry in enumerate(entries):
            self._masks[entry.case] |= 1 << bit
        self._clash = [0] * len(entries)
        self._meets: list[set[int]] = [set() for _ in range(cases)]
        self._meet()
        self._steps = 0
        self._below = 0
        self._picked: tuple[int, ...] | None = None

    def run(self, below: int) -> Found:
        """The cheapest of those that cost less than `below`."""
        if not all(self._masks):
            return Found(None, 0, whole=True)
        found: list[int] = []
        groups = [(group, self._floor_of(group)) for group in self._groups()]
        below -= sum(floor for _, floor in groups)
        try:
            for group, floor in groups:
                self._picked, self._below = None, below + floor
                self._dive((1 << len(self._entries)) - 1, tuple(group), floor, ())
                if self._picked is None:
                    return Found(None, self._steps, whole=True)
                below -= self._below - floor
                found += self._picked
        except TooLong:
            return Found(None, self._steps, whole=False)
        return Found(tuple(self._entries[bit] for bit in found), self._steps, whole=True)

    def _meet(self) -> None:
        """Which entries can't both be, and which cases have anything to do with each other."""
        by_resource: dict[int, list[tuple[int, int, int]]] = {}
        for bit, entry in enumerate(self._entries):
            for resource, start, end in entry.takes:
                by_resource.setdefault(resource, []).append((start, end, bit))
        for resource, rows in by_resource.items():
            several = shared(self._calendars, resource)
            for one, other in _overlapping(sorted(rows)):
                self._note(one, other, several)

    def _note(self, one: int, other: int, several: bool) -> None:
        mine, theirs = self._entries[one], self._entries[other]
        if mine.case == theirs.case or (mine.stays and theirs.stays):
            return
        self._meets[mine.case].add(theirs.case)
        self._meets[theirs.case].add(mine.case)
        if not several:
            self._clash[one] |= 1 << other
            self._clash[other] |= 1 << one

    def _groups(self) -> Iterable[list[int]]:
        left = set(range(len(self._masks)))
        while left:
            group, front = set(), {min(left)}
            while front:
                group |= front
                front = {other for one in front for other in self._meets[one]} - group
            left -= group
            yield sorted(group)

    def _floor_of(self, group: Sequence[int]) -> int:
        """What a group costs at least: whatever its points are worth to others is lost where nobody has them."""
        points = {entry.point for entry in self._entries if entry.case in group}
        return sum(self._bound.least[case] for case in group) + sum(self._bound.rate.get(one, 0) for one in points)

    def _dive(self, left: int, todo: tuple[int, ...], spent: int, picked: tuple[int, ...]) -> None:
        """`spent` is the least that what is picked leads to."""
        if not todo:
            cost = sum(self._entries[bit].cost for bit in picked)
            if cost < self._below:
                self._below, self._picked = cost, picked
            return
        self._steps += 1
        if self._steps > self._most:
            raise TooLong
        floors = {case: self._floor(left & self._masks[case]) for case in todo}
        least = spent + sum(floors.values())
        if least >= self._below:
            return
        case = max(todo, key=lambda one: (floors[one], -(left & self._masks[one]).bit_count(), -one))
        rest = tuple(one for one in todo if one != case)
        for bit in _bits(left & self._masks[case]):
            excess = self._entries[bit].excess
            if least - floors[case] + excess >= self._below:
                return
            if self._room(bit, picked):
                self._dive(left & ~self._clash[bit], rest, spent + excess, (*picked, bit))

    def _floor(self, mask: int) -> int:
        """The least excess of a case; more than anything where nothing is left to it."""
        return self._entries[(mask & -mask).bit_length() - 1].excess if mask else NEVER

    def _room(self, bit: int, picked: Sequence[int]) -> bool:
        """Whether those who share a room with it leave a place. Where only one may be, clashes have seen to it."""
        entry = self._entries[bit]
        mine = tuple(taking for taking in entry.takes if shared(self._calendars, taking[0]))
        if not mine:
            return True
        seats = Seats(self._calendars)
        for one in picked:
            seats.add(one, self._entries[one].takes, stays=self._entries[one].stays)
        return seats.fits(mine, stays=entry.stays)


def _overlapping(rows: Sequence[tuple[int, int, int]]) -> Iterable[tuple[int, int]]:
    """Pairs among (start, end, number), sorted, that have a minute in common."""
    there: list[tuple[int, int, int]] = []
    for row in rows:
        there = [one for one in there if one[1] > row[0]]
        yield from ((one[2], row[2]) for one in there)
        there.append(row)


def _bits(mask: int) -> Iterable[int]:
    while mask:
        yield (mask & -mask).bit_length() - 1
        mask &= mask - 1
