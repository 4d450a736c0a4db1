"""Who serves whom: requests that several could serve, all of them, exactly.

A newcomer fits if there is any way at all to serve everybody who was there and the newcomer too. Intervals on
machines of which not all can do every job are NP-hard to assign (Arkin and Silverberg 1987), so this is a search, kept
small: it begins with everybody where they are and follows only those who are put out; what is left to each is checked
after every step, together with everybody who needs somebody at the same minute; and what has failed once isn't tried
again in another order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeAlias

from orderly.engine.calendar import Calendars
from orderly.engine.pigeonholes import Pigeonholes
from orderly.engine.plan import Plan
from orderly.engine.slots import Use
from orderly.engine.spans import Span, deep, overlaps
from orderly.engine.ways import STAYS, Openings, Pick, Request, Taking, Way, picks, reach_of

MOST_STEPS = 2000
"""A search that takes more (about a second; a day of forty requests takes less than a hundred) ends with a no: only a
day on which nearly nothing is left can be so hard, and the locks can't be held for ever.
"""

EASY = 50
"""Steps that every search may take. What the harder ones take beyond that is limited for all questions to a board
together, so that a listing of hundreds of times takes no longer than one of them could.
"""

Domains: TypeAlias = list[int]
"""For each pick the ways that are left, as bits."""

Clashes: TypeAlias = dict[int, int]
"""For each pick the ways that can't go with some way."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A request with the provider (a resource) who serves it, and all it takes."""

    provider: int
    plan: Plan
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a newcomer fits, and which of those who stood must move, by their number, and where to."""

    newcomer: Placement
    moved: dict[int, Placement]


class Board:
    """Requests that stand, over calendars in which they don't.

    What stands may stand, whatever the calendars say of it by now; but nobody is moved to where they don't allow it.
    The calendars must be loaded for the `reach_of` all requests, newcomers too.
    """

    def __init__(self, calendars: Calendars, standing: Sequence[Request], window: Span) -> None:
        """`window` holds the reach of everybody, newcomers included."""
        self._calendars = calendars
        self._openings = Openings(calendars, window)
        self._standing = standing
        self._picks = [pick for number, one in enumerate(standing) for pick in picks(number, one, self._openings)]
        self._reaches = [reach_of(one) for one in standing]
        self._spare = MOST_STEPS - EASY

    def fit(self, newcomer: Request) -> Fit | None:
        """How the newcomer could be served without anybody else going unserved; None if there is no way.

        As few as possible are moved: no one without need, though not always the least number.
        """
        near = self._near(reach_of(newcomer))
        concerned = [pick for pick in self._picks if pick.request in near]
        mine = picks(len(self._standing), newcomer, self._openings)
        if not mine[0].ways:
            return None
        search = _Search([*concerned, *mine], len(self._standing), self._calendars, EASY + self._spare)
        found = search.run()
        self._spare -= max(0, min(search.steps - EASY, self._spare))
        if found is None:
            return None
        placed = {number: self._placement(ways, newcomer, number) for number, ways in found.items()}
        mine_now = placed.pop(len(self._standing))
        return Fit(mine_now, {number: to for number, to in placed.items() if self._differs(number, to)})

    def _differs(self, number: int, to: Placement) -> bool:
        """Sometimes who was put out comes back to the very place, because somebody else went as well."""
        held, takes = self._standing[number].uses, to.uses
        return {(use.resource, use.start, use.end) for use in held} != {
            (use.resource, use.start, use.end) for use in takes
        }

    def _near(self, span: Span) -> frozenset[int]:
        """Those who overlap with the span, those who overlap with them, and so on: nobody else can matter."""
        low, high = span
        near: set[int] = set()
        while True:
            more = {
                number
                for number, (start, end) in enumerate(self._reaches)
                if number not in near and start < high and low < end
            }
            if not more:
                return frozenset(near)
            near |= more
            low = min(low, *(self._reaches[number][0] for number in more))
            high = max(high, *(self._reaches[number][1] for number in more))

    def _placement(self, ways: Sequence[Way], newcomer: Request, number: int) -> Placement:
        request = newcomer if number == len(self._standing) else self._standing[number]
        offer = request.offers[ways[0].offer]
        takes = [taking for way in ways for taking in way.takes]
        uses = tuple(Use(one, low, high, self._calendars[one].role) for one, low, high in takes)
        return Placement(offer.provider, offer.plan, uses)


@dataclass(slots=True)
class _State:
    """What is left to everybody, which decisions are to blame that it isn't more (as bits), who has been put out, what
    has been decided, and who is in shared rooms by that.
    """

    domains: Domains
    blame: list[int]
    out: frozenset[int]
    decided: dict[int, int]
    shared: tuple[Taking, ...] = ()


class _Search:
    """Depth first, the pick with the fewest ways left first, ways that put nobody out before others."""

    def __init__(self, picks: Sequence[Pick], newcomer: int, calendars: Calendars, most: int) -> None:
        self._picks = picks
        self._newcomer = newcomer
        self._calendars = calendars
        self._most = most
        self._of: dict[int, list[int]] = {}
        for number, pick in enumerate(picks):
            self._of.setdefault(pick.request, []).append(number)
        self._users: dict[int, list[tuple[int, int, Taking]]] = {}
        for number, pick in enumerate(picks):
            for bit, way in enumerate(pick.ways):
                for taking in way.takes:
                    self._users.setdefault(taking[0], []).append((number, bit, taking))
        self._shared = {one for one in self._users if self._places(one) > 1}
        self._holes = Pigeonholes(picks, self._shared)
        self._clashes: dict[tuple[int, int], Clashes] = {}
        self._failed: set[tuple[object, ...]] = set()
        self.steps = 0

    def run(self) -> dict[int, list[Way]] | None:
        """The ways of everybody who was put out, and of the newcomer."""
        domains = [pick.all for pick in self._picks]
        state = _State(domains, [0] * len(domains), frozenset({self._newcomer}), {})
        if self._holes.short(self._of[self._newcomer], domains):
            return None
        found = self._solve(state)
        if isinstance(found, int):
            return None
        return {one: [self._picks[n].ways[found.decided[n]] for n in self._of[one]] for one in sorted(found.out)}

    def _solve(self, state: _State) -> _State | int:
        """Everybody served; else the decisions that are to blame: changing any other would not help (Prosser 1993)."""
        left = [number for one in state.out for number in self._of[one] if number not in state.decided]
        if not left:
            return self._with_shared(state)
        key = self._key(state)
        self.steps += 1
        if key in self._failed:
            return self._blame_of_all(state)
        if self.steps > self._most:
            return 0
        number = min(left, key=lambda one: (state.domains[one].bit_count(), one))
        mine, blame = 1 << number, state.blame[number]
        for bit in self._ordered(state, number):
            after = self._decide(state, number, bit)
            found = after if isinstance(after, int) else self._solve(after)
            if not isinstance(found, int) or not found & mine:
                return found
            blame |= found
        self._failed.add(key)
        return blame & ~mine

    def _blame_of_all(self, state: _State) -> int:
        return _union(blame for number, blame in enumerate(state.blame) if number not in state.decided)

    def _key(self, state: _State) -> tuple[object, ...]:
        """What the rest depends on: who has how much left, not how it came to that."""
        left = (0 if number in state.decided else domain for number, domain in enumerate(state.domains))
        return (state.out, tuple(sorted(state.shared)), *left)

    def _ordered(self, state: _State, number: int) -> list[int]:
        domain = state.domains[number]
        bits = [bit for bit in range(len(self._picks[number].ways)) if domain >> bit & 1]
        return sorted(bits, key=lambda bit: (self._puts_out(state, number, bit), bit))

    def _puts_out(self, state: _State, number: int, bit: int) -> int:
        """How many would have to go whom nobody has put out yet."""
        clashes = self._clashing(number, bit).items()
        gone = {self._picks[other].request for other, ways in clashes if ways & 1}
        return len(gone - state.out)

    def _decide(self, state: _State, number: int, bit: int) -> _State | int:
        """Everything that follows at once; the decisions to blame if somebody is left with nothing."""
        way, request = self._picks[number].ways[bit], self._picks[number].request
        shared = tuple(taking for taking in way.takes if taking[0] in self._shared)
        if any(self._full(state, taking) for taking in shared):
            return _union(1 << one for one in (number, *state.decided))
        domains, blame, changed = state.domains.copy(), state.blame.copy(), {number}
        domains[number], blame[number] = 1 << bit, 1 << number
        for other, ways in self._clashing(number, bit).items():
            if domains[other] & ways and other not in state.decided:
                domains[other] &= ~ways
                blame[other] |= 1 << number
                changed.add(other)
        after = _State(domains, blame, state.out, {**state.decided, number: bit}, state.shared + shared)
        return self._follow(after, {request, *(self._picks[other].request for other in changed)}, changed)

    def _follow(self, state: _State, touched: set[int], changed: set[int]) -> _State | int:
        """The state once these requests have drawn their conclusions."""
        for one in touched:
            if not self._agree(one, state, changed):
                return _union(state.blame[number] for number in self._of[one])
        short = self._holes.short(changed, state.domains)
        if short:
            return _union(state.blame[number] for number in short)
        state.out |= {one for one in touched if not state.domains[self._of[one][0]] & 1}
        return state

    def _agree(self, request: int, state: _State, changed: set[int]) -> bool:
        """Leave a request only the kinds of way that all of its picks can still go."""
        numbers, domains = self._of[request], state.domains
        if len(numbers) > 1:
            kinds = [
                kind
                for kind, ways in self._picks[numbers[0]].kinds.items()
                if ways & domains[numbers[0]]
                and all(domains[one] & self._picks[one].kinds.get(kind, 0) for one in numbers[1:])
            ]
            together = _union(state.blame[one] for one in numbers)
            for one in numbers:
                left = domains[one] & sum(self._picks[one].kinds.get(kind, 0) for kind in kinds)
                if left != domains[one]:
                    domains[one] = left
                    state.blame[one] |= together
                    changed.add(one)
        return all(domains[one] for one in numbers)

    def _clashing(self, number: int, bit: int) -> Clashes:
        key = number, bit
        if key not in self._clashes:
            self._clashes[key] = self._clashes_of(number, self._picks[number].ways[bit])
        return self._clashes[key]

    def _clashes_of(self, number: int, way: Way) -> Clashes:
        found: Clashes = {}
        mine = self._picks[number].request
        for resource, low, high in way.takes:
            if resource not in self._shared:
                for other, bit, (_, start, end) in self._users[resource]:
                    if start < high and low < end and self._picks[other].request != mine:
                        found[other] = found.get(other, 0) | 1 << bit
        for other in self._of[mine]:
            if other != number:
                for bit, one in enumerate(self._picks[other].ways):
                    if _apart(way, one, earlier=number < other):
                        found[other] = found.get(other, 0) | 1 << bit
        return found

    def _full(self, state: _State, taking: Taking) -> bool:
        """Whether a shared room has no place left, by what is fixed and what has been decided."""
        resource, low, high = taking
        return overlaps(self._crowded(resource, [*state.shared, taking], 1), (low, high))

    def _crowded(self, resource: int, takings: Sequence[Taking], beyond: int) -> tuple[Span, ...]:
        calendar = self._calendars[resource]
        taken = [*calendar.busy, *calendar.held, *((low, high) for one, low, high in takings if one == resource)]
        return deep(sorted(taken), calendar.capacity + beyond)

    def _with_shared(self, state: _State) -> _State | int:
        """Where those who stay make a shared room too full, one of them has to go as well."""
        everything = _union(1 << one for one in state.decided)
        crowd = self._too_many(state)
        if not crowd:
            return state
        for one in crowd:
            number = self._of[one][0]
            domains, blame = state.domains.copy(), state.blame.copy()
            domains[number] &= ~1
            blame[number] |= everything
            goes = _State(domains, blame, state.out, state.decided, state.shared)
            after = self._follow(goes, {one}, {number})
            found = after if isinstance(after, int) else self._solve(after)
            if not isinstance(found, int):
                return found
        return everything

    def _too_many(self, state: _State) -> list[int]:
        """Those who stay in a room that what was decided has made too full."""
        staying = [
            (pick.request, taking)
            for pick in self._picks
            if pick.request not in state.out
            for taking in pick.ways[0].takes
            if taking[0] in self._shared
        ]
        for resource, low, high in state.shared:
            there = [taking for _, taking in staying]
            crowded = self._crowded(resource, [*there, *state.shared], 1)
            if overlaps(crowded, (low, high)):
                return sorted(
                    {one for one, (which, *span) in staying if which == resource and _meets(crowded, span, (low, high))}
                )
        return []

    def _places(self, resource: int) -> int:
        return self._calendars[resource].capacity if resource in self._calendars else 1


def _union(masks: Iterable[int]) -> int:
    return reduce(or_, masks, 0)


def _meets(crowded: Sequence[Span], span: Sequence[int], within: Span) -> bool:
    low, high = max(span[0], within[0]), min(span[1], within[1])
    return low < high and overlaps(tuple(crowded), (low, high))


def _apart(way: Way, other: Way, *, earlier: bool) -> bool:
    """Whether two ways of one request can't go together."""
    if way.kind != other.kind or way.kind == STAYS:
        return way.kind != other.kind
    if way.turn and other.turn and way.turn[0] == other.turn[0]:
        return (way.turn >= other.turn) if earlier else (way.turn <= other.turn)
    return any(_overlap(mine, theirs) for mine in way.takes for theirs in other.takes)


def _overlap(one: Taking, other: Taking) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]
