"""In how many ways a request could be served: who gives it, and which chairs or helpers are left to be chosen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from itertools import count as counting
from typing import TypeAlias

from orderly.engine.calendar import Calendars, free
from orderly.engine.plan import Plan, Requirement
from orderly.engine.slots import Offer, Use, reach
from orderly.engine.spans import Span, Spans, covers, intersect, shift

Taking: TypeAlias = tuple[int, int, int]
"""A resource's time from one minute to another."""

STAYS = -1
"""The kind of way that leaves a request as it is."""


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody to be served from minute `start` in one of the ways of `offers`, the preferred ones first.

    `uses` is what they hold already, with `provider` (a resource); nothing for a newcomer.
    """

    start: int
    offers: tuple[Offer, ...]
    uses: tuple[Use, ...] = ()
    provider: int = -1


@dataclass(frozen=True, slots=True)
class Way:
    """One answer to a `Pick`. Only answers of the same `kind` go together; `main` is whose time it takes in a
    pigeonhole, `turn` the requirement and the resource, so that equals are chosen in one order.
    """

    kind: int
    takes: tuple[Taking, ...]
    main: int | None = None
    offer: int = -1
    turn: tuple[int, int] | None = None


@dataclass(slots=True)
class Pick:
    """Something to be decided for a request: who gives it (the first), or one more resource that it needs."""

    request: int
    ways: list[Way]
    kinds: dict[int, int] = field(default_factory=dict)
    """Which ways (as bits) are of which kind."""

    def __post_init__(self) -> None:
        for bit, way in enumerate(self.ways):
            self.kinds[way.kind] = self.kinds.get(way.kind, 0) | 1 << bit

    @property
    def all(self) -> int:
        return (1 << len(self.ways)) - 1


Rest: TypeAlias = tuple[tuple[tuple[int, ...], int, Spans], ...]
"""What is left to be chosen: of whom, how many, through which parts."""


class Openings:
    """Who could be had when, by calendars in which nothing that can be moved stands."""

    def __init__(self, calendars: Calendars, window: Span) -> None:
        self._calendars = calendars
        self._window = window
        self._free: dict[int, Spans] = {}

    def able(self, requirement: Requirement, start: int) -> tuple[int, ...]:
        """Those who are free through all parts of it."""
        parts = shift(requirement.parts, start)
        return tuple(
            one
            for one in sorted(set(requirement.candidates))
            if one in self._calendars and all(covers(self._open(one), part) for part in parts)
        )

    def _open(self, one: int) -> Spans:
        if one not in self._free:
            self._free[one] = free(self._calendars[one], self._window)
        return self._free[one]


def reach_of(request: Request) -> Span:
    """From the first to the last minute that the request takes or could take."""
    low, high = reach([offer.plan for offer in request.offers], (request.start, request.start + 1))
    return min([low, *(use.start for use in request.uses)]), max([high, *(use.end for use in request.uses)])


def picks(number: int, request: Request, openings: Openings) -> list[Pick]:
    """What there is to decide for a request; no ways at all for the first where nobody can serve it."""
    kinds: dict[Rest, int] = {}
    givers: list[Way] = []
    for index, offer in enumerate(request.offers):
        found = _settled(offer, request.start, openings)
        if found is not None:
            takes, rest = found
            givers.append(Way(kinds.setdefault(rest, len(kinds)), takes, main=offer.provider, offer=index))
    others = [list(ways) for ways in _others(request.start, kinds)]
    if request.uses:
        _stay(request, givers, others)
    return [Pick(number, ways) for ways in (givers, *others)]


def _stay(request: Request, givers: list[Way], others: list[list[Way]]) -> None:
    """The first way of each pick: to be left as they are. What is held is shared out among the picks."""
    held = [(use.resource, use.start, use.end) for use in request.uses]
    for ways in others:
        could = {way.main for way in ways}
        now = next((one for one, _, _ in held if one in could and one != request.provider), None)
        ways.insert(0, Way(STAYS, tuple(taking for taking in held if taking[0] == now), main=now))
        held = [taking for taking in held if taking[0] != now]
    givers.insert(0, Way(STAYS, tuple(held), main=request.provider))


def _settled(offer: Offer, start: int, openings: Openings) -> tuple[tuple[Taking, ...], Rest] | None:
    """What an offer surely takes, and what is left to choose; None if it can't be kept."""
    sure: dict[int, Spans] = {}
    rest = []
    for requirement in offer.plan.requirements:
        able = openings.able(requirement, start)
        if len(able) < requirement.count:
            return None
        if len(able) > requirement.count:
            rest.append((able, requirement.count, requirement.parts))
            continue
        for one in able:
            if intersect(sure.get(one, ()), requirement.parts):
                return None
            sure[one] = tuple(sorted((*sure.get(one, ()), *requirement.parts)))
    return tuple((one, start + low, start + high) for one, parts in sure.items() for low, high in parts), tuple(rest)


def _others(start: int, kinds: Mapping[Rest, int]) -> Iterable[Iterable[Way]]:
    """For each resource that is left to choose the ways to do so; what one kind has more of than another is nobody."""
    lists = {kind: _turns(rest) for rest, kind in kinds.items()}
    for nth in range(max(map(len, lists.values()), default=0)):
        yield [way for kind, turns in lists.items() for way in _ways(kind, turns, nth, start)]


def _turns(rest: Rest) -> list[tuple[int, tuple[int, ...], Spans]]:
    return [(which, able, parts) for which, (able, count, parts) in zip(counting(), rest) for _ in range(count)]


def _ways(kind: int, turns: Sequence[tuple[int, tuple[int, ...], Spans]], nth: int, start: int) -> Iterable[Way]:
    if nth >= len(turns):
        return [Way(kind, ())]
    which, able, parts = turns[nth]
    return [
        Way(kind, tuple((one, start + low, start + high) for low, high in parts), main=one, turn=(which, one))
        for one in able
    ]


def takings(plan: Plan, start: int, openings: Openings) -> Iterator[tuple[Taking, ...]]:
    """All that the plan takes from `start`, in every way in which that can be, lowest ids first; nobody twice at a
    time.
    """
    able = [openings.able(requirement, start) for requirement in plan.requirements]
    for chosen in _chosen(plan.requirements, able, {}):
        yield tuple((one, start + low, start + high) for one, parts in chosen.items() for low, high in parts)


def _chosen(
    needs: Sequence[Requirement], able: Sequence[tuple[int, ...]], taken: Mapping[int, Spans]
) -> Iterator[Mapping[int, Spans]]:
    if not needs:
        yield taken
        return
    need, *rest = needs
    idle = [one for one in able[0] if not intersect(taken.get(one, ()), need.parts)]
    for ones in combinations(idle, need.count):
        more = {one: tuple(sorted((*taken.get(one, ()), *need.parts))) for one in ones}
        yield from _chosen(rest, able[1:], {**taken, **more})
