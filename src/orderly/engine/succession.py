"""When several visits can be had one after the other, or all at once: exactly, each start of the whole with its best
arrangement.

What is left to do after a step hangs only on which steps are left, when it ended, and on what still reaches beyond it
(buffers). So the best way on is worked out once for each such state, from whichever start it is reached.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, product
from typing import Final, NamedTuple, TypeAlias

from orderly.engine.grid import Grid, beats, on_grid
from orderly.engine.jointly import Effort, Enough, Jointly, Moment, Step, Turn, moments
from orderly.engine.spans import Span

MOST: Final = 100_000
"""Moments, and people and things for them, that are looked at in all: about a second of a processor."""


class Order(StrEnum):
    """How visits lie in time: one after the other as they stand, in whichever order, or all from one start."""

    GIVEN = "given"
    ANY = "any"
    AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A turn for each step, in their order; `waiting` is the minutes between them in all."""

    turns: tuple[Turn, ...]
    waiting: int

    @property
    def start(self) -> int:
        return min(turn.start for turn in self.turns)


class Arranged(NamedTuple):
    """`cut`: there was more to try than is worth it, so that later starts weren't looked at."""

    found: list[Arrangement]
    cut: bool


Rest: TypeAlias = tuple[int, tuple[Moment, ...]]
"""What the steps that are left come to: minutes of waiting, and a moment for each, by step."""


State: TypeAlias = tuple[frozenset[int], int, tuple[tuple[int, int, int], ...]]
"""The steps that are left, when the last one ended, and the moments (step, start, end) that still matter."""


def arrangements(
    steps: Sequence[Step], window: Span, grid: Grid, *, order: Order, wait: int = 0, most: int | None = None
) -> Arranged:
    """For each start on `grid` in `window` that all of them could have, earliest first, the arrangement with the least
    waiting, then the earliest times by step, then the lowest providers; `most` of them.

    One after the other each begins when the one before is over, or up to `wait` minutes later. Two steps never use one
    resource at the same time, beyond the places it has.
    """
    each = [moments(number, step) for number, step in enumerate(steps)]
    if not all(each):
        return Arranged([], cut=False)
    effort, beginnings = Effort(MOST), set(on_grid((window,), grid.step, beats(grid, window)))
    jointly = Jointly(steps, window, effort)
    if order is Order.AT_ONCE:
        rests = _at_once(each, jointly, beginnings)
    else:
        rests = _in_turn(each, jointly, order, wait, effort, beginnings)
    found: list[Arrangement] = []
    try:
        for waiting, some in islice(rests, most):
            found.append(Arrangement(jointly.serve(some), waiting))
    except Enough:
        return Arranged(found, cut=True)
    return Arranged(found, cut=False)


def _at_once(each: Sequence[Sequence[Moment]], jointly: Jointly, beginnings: set[int]) -> Iterator[Rest]:
    starts = [{moment.start for moment in one} for one in each]
    for start in sorted(beginnings.intersection(*starts)):
        some = product(*(_from(one, start, start) for one in each))
        best = next((one for one in some if jointly.possible(one)), None)
        if best is not None:
            yield 0, best


def _from(some: Sequence[Moment], low: int, high: int) -> Sequence[Moment]:
    """Those that start from `low` to `high`, both included; they are sorted by start."""
    first = bisect_left(some, low, key=lambda moment: moment.start)
    return some[first : bisect_left(some, high + 1, lo=first, key=lambda moment: moment.start)]


def _in_turn(
    each: Sequence[Sequence[Moment]], jointly: Jointly, order: Order, wait: int, effort: Effort, beginnings: set[int]
) -> Iterator[Rest]:
    """The best for each start of the whole. What can be had without waiting is the best, and soon known; only where
    nothing can, all that may be between is tried.
    """
    straight, patient = (_Succession(each, jointly, order, longest, effort) for longest in (0, wait))
    starts = {one.start for step in patient.firsts for one in each[step]}
    for start in sorted(starts & beginnings):
        best = straight.best(start) or (patient.best(start) if wait else None)
        if best is not None:
            yield best


class _Succession:
    """One after the other. `_chain` is what was picked and still reaches on, and what that overlaps in turn: whom it
    uses isn't settled before the last of them.
    """

    def __init__(
        self, each: Sequence[Sequence[Moment]], jointly: Jointly, order: Order, wait: int, effort: Effort
    ) -> None:
        self._each = each
        self._jointly = jointly
        self._order = order
        self._wait = wait
        self._effort = effort
        self._before = [max(one.start - one.extent[0] for one in some) for some in each]
        self._longest = [max(one.end - one.start for one in some) for some in each]
        self._everybody = frozenset(range(len(each)))
        self._known: dict[State, Rest | None] = {}

    @property
    def firsts(self) -> Sequence[int]:
        """The steps with which it may begin."""
        return self._next(self._everybody)

    def best(self, start: int) -> Rest | None:
        """The best way to do all of it from that start on."""
        return self._best(self._everybody, (), start, start)

    def _best(self, left: frozenset[int], chain: tuple[Moment, ...], low: int, high: int) -> Rest | None:
        """The best way to do what is left, the next of them starting from `low` to `high`."""
        found: list[Rest] = []
        for step in self._next(left):
            for moment in _from(self._each[step], low, high):
                rest = self._onwards(left - {step}, chain, moment)
                if rest is not None:
                    found.append((rest[0] + moment.start - low, _sorted((moment, *rest[1]))))
        self._effort.spend(len(found))
        return min(found, key=_rank, default=None)

    def _onwards(self, left: frozenset[int], chain: tuple[Moment, ...], last: Moment) -> Rest | None:
        """What comes after `last`, if it can be had itself."""
        self._effort.spend(1 + len(left))
        if any(_touch(one, last) for one in chain) and not self._jointly.possible((*chain, last)):
            return None
        if not left:
            return 0, ()
        chain, end = self._chain((*chain, last), left), last.end
        state = left, end, tuple((one.step, one.start, one.end) for one in chain)
        if state not in self._known:
            hopeful = all(self._reachable(step, left, end) for step in left)
            self._known[state] = self._best(left, chain, end, end + self._wait) if hopeful else None
        return self._known[state]

    def _next(self, left: frozenset[int]) -> Sequence[int]:
        return sorted(left) if self._order is Order.ANY else [min(left)]

    def _reachable(self, step: int, left: frozenset[int], end: int) -> bool:
        """Whether the step could start at all, however the others lie between."""
        between = sum(self._longest[one] for one in left if one != step)
        return bool(_from(self._each[step], end, end + between + self._wait * len(left)))

    def _chain(self, picked: tuple[Moment, ...], left: frozenset[int]) -> tuple[Moment, ...]:
        """Those of `picked` that whatever comes next could touch, directly or by way of others."""
        reach = picked[-1].end - max(self._before[step] for step in left)
        kept = [one for one in picked if one.extent[1] > reach]
        more = kept
        while more:
            more = [one for one in picked if one not in kept and any(_touch(one, other) for other in kept)]
            kept += more
        return _sorted(kept)


def _touch(one: Moment, other: Moment) -> bool:
    return one.extent[0] < other.extent[1] and other.extent[0] < one.extent[1]


def _sorted(some: Iterable[Moment]) -> tuple[Moment, ...]:
    return tuple(sorted(some, key=lambda moment: moment.step))


def _rank(rest: Rest) -> tuple[int, list[Span]]:
    return rest[0], [(moment.start, moment.end) for moment in rest[1]]
