"""Who does what: an exact choice of resources for everything a visit needs at one start."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from orderly.engine.plan import Requirement
from orderly.engine.spans import Spans, intersect

Choice: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Want:
    """`count` different resources of those `able` (sorted ids), each through all of `parts`."""

    able: tuple[int, ...]
    count: int
    parts: Spans


def tangled(requirements: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """The requirements that compete with another one: a common candidate, at a common time."""
    pairs = [
        pair
        for pair in combinations(range(len(requirements)), 2)
        if _compete(requirements[pair[0]], requirements[pair[1]])
    ]
    return tuple(requirements[index] for index in sorted({index for pair in pairs for index in pair}))


def choose(wants: Sequence[Want], wanted: frozenset[int] = frozenset()) -> Choice | None:
    """Resources for each want, lowest ids first, using all of `wanted`; None if there is no such choice.

    Nobody serves two wants at the same time; the same resource may serve two whose parts do not overlap.
    """
    if any(len(want.able) < want.count for want in wants):
        return None
    return _Search(wants, wanted).run()


def _compete(a: Requirement, b: Requirement) -> bool:
    return not set(a.candidates).isdisjoint(b.candidates) and bool(intersect(a.parts, b.parts))


class _Search:
    """Depth first, lowest ids first; of resources that can stand in for each other one is tried."""

    def __init__(self, wants: Sequence[Want], wanted: frozenset[int]) -> None:
        self._wants = wants
        self._wanted = wanted
        self._orders = [sorted(want.able, key=lambda one: (one not in wanted, one)) for want in wants]
        self._clash = [[bool(intersect(a.parts, b.parts)) for b in wants] for a in wants]
        self._uses: dict[int, tuple[int, ...]] = {one: () for want in wants for one in want.able}
        self._homes = {one: tuple(one in want.able for want in wants) for one in self._uses}
        self._picked: list[list[int]] = [[] for _ in wants]

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
            return self._solve(index + 1, 0)
        order = self._orders[index]
        tried = set()
        for at in range(position, len(order) - missing + 1):
            one = order[at]
            kind = (self._homes[one], self._uses[one], one in self._wanted)
            if kind not in tried and self._idle(one, index):
                tried.add(kind)
                if self._take(one, index, at):
                    return True
        return False

    def _idle(self, one: int, index: int) -> bool:
        return not any(self._clash[index][use] for use in self._uses[one])

    def _take(self, one: int, index: int, at: int) -> bool:
        before = self._uses[one]
        self._uses[one] = (*before, index)
        self._picked[index].append(one)
        if self._solve(index, at + 1):
            return True
        self._picked[index].pop()
        self._uses[one] = before
        return False
