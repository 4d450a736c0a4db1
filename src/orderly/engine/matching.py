"""Who does what: an exact choice of resources for everything a visit needs at one start."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import TypeAlias

from orderly.engine.calendar import Calendar
from orderly.engine.plan import Requirement
from orderly.engine.spans import Spans, deep, intersect

Choice: TypeAlias = tuple[tuple[int, ...], ...]
NONE: Mapping[int, Calendar] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Want:
    """`count` different resources of those `able` (sorted ids), each through all of `parts`, for one `visit` of
    several.
    """

    able: tuple[int, ...]
    count: int
    parts: Spans
    visit: int = 0


def tangled(requirements: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """The requirements that compete with another one: a common candidate, at a common time."""
    pairs = [
        pair
        for pair in combinations(range(len(requirements)), 2)
        if _compete(requirements[pair[0]], requirements[pair[1]])
    ]
    return tuple(requirements[index] for index in sorted({index for pair in pairs for index in pair}))


def freely(units: int) -> None:
    """As much as it takes."""


def choose(
    wants: Sequence[Want],
    wanted: frozenset[int] = frozenset(),
    roomy: Mapping[int, Calendar] = NONE,
    spend: Callable[[int], None] = freely,
) -> Choice | None:
    """Resources for each want, lowest ids first, using all of `wanted`; None if there is no such choice.

    Nobody serves two wants at the same time; the same resource may serve two whose parts do not overlap. What is
    `roomy` serves several visits at once, though none of them twice, as far as there are places left. Each that is
    tried is told to `spend`, which may raise.
    """
    if any(len(want.able) < want.count for want in wants):
        return None
    return _Search(wants, wanted, roomy, spend).run()


def _compete(a: Requirement, b: Requirement) -> bool:
    return not set(a.candidates).isdisjoint(b.candidates) and bool(intersect(a.parts, b.parts))


class _Search:
    """Depth first, lowest ids first; of resources that can stand in for each other one is tried."""

    def __init__(
        self,
        wants: Sequence[Want],
        wanted: frozenset[int],
        roomy: Mapping[int, Calendar],
        spend: Callable[[int], None],
    ) -> None:
        self._wants = wants
        self._wanted = wanted
        self._roomy = roomy
        self._orders = [sorted(want.able, key=lambda one: (one not in wanted, one)) for want in wants]
        self._clash = [[bool(intersect(a.parts, b.parts)) for b in wants] for a in wants]
        self._uses: dict[int, tuple[int, ...]] = {one: () for want in wants for one in want.able}
        self._homes = {one: tuple(one in want.able for want in wants) for one in self._uses}
        self._picked: list[list[int]] = [[] for _ in wants]
        self._spend = spend
        self._reaching = [self._clashing_later(index) for index in range(len(wants))]
        self._hopeless: set[Hashable] = set()

    def _clashing_later(self, index: int) -> frozenset[int]:
        """Those before it that still matter to it, or to one after it."""
        after = range(index, len(self._wants))
        return frozenset(use for use in range(index) if any(self._clash[later][use] for later in after))

    def run(self) -> Choice | None:
        if self._wanted <= self._uses.keys() and self._solve(0, 0):
            return tuple(tuple(sorted(picked)) for picked in self._picked)
        return None

    def _solve(self, index: int, position: int) -> bool:
        """Whether wants from `index` on can be met, the first of them with candidates from `position` on."""
        if index == len(self._wants):
            return all(self._uses[one] for one in self._wanted)
        missing = self._wants[index].count - len(self._picked[index])
        if not missing:
            return self._next(index + 1)
        order = self._orders[index]
        tried = set()
        for at in range(position, len(order) - missing + 1):
            one = order[at]
            kind = (self._homes[one], self._uses[one], one in self._wanted, one if one in self._roomy else None)
            if kind not in tried and self._idle(one, index):
                tried.add(kind)
                if self._take(one, index, at):
                    return True
        return False

    def _next(self, index: int) -> bool:
        """As `_solve`, but what was hopeless once isn't tried again: of who serves those before, only what clashes with
        what is left makes a difference.
        """
        if self._wanted or index == len(self._wants):
            return self._solve(index, 0)
        matters = self._reaching[index]
        kept = ((one, tuple(use for use in uses if use in matters)) for one, uses in self._uses.items() if uses)
        state = index, frozenset((one, uses) for one, uses in kept if uses)
        if state in self._hopeless:
            return False
        solved = self._solve(index, 0)
        if not solved:
            self._hopeless.add(state)
        return solved

    def _idle(self, one: int, index: int) -> bool:
        clashes = [use for use in self._uses[one] if self._clash[index][use]]
        return not clashes or (one in self._roomy and self._has_room(self._roomy[one], index, clashes))

    def _has_room(self, calendar: Calendar, index: int, clashes: Sequence[int]) -> bool:
        want = self._wants[index]
        if any(self._wants[use].visit == want.visit for use in clashes):
            return False
        used = [span for use in clashes for span in self._wants[use].parts]
        full = deep(sorted([*calendar.busy, *calendar.held, *used]), calendar.capacity)
        return not intersect(want.parts, full)

    def _take(self, one: int, index: int, at: int) -> bool:
        self._spend(1)
        before = self._uses[one]
        self._uses[one] = (*before, index)
        self._picked[index].append(one)
        if self._solve(index, at + 1):
            return True
        self._picked[index].pop()
        self._uses[one] = before
        return False
