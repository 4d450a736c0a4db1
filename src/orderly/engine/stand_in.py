"""Who stands in when somebody is away: other providers or times for many visits at once, exactly.

Each visit has options, some better than others, and two options can want the same person or chair. Handing over at the
same time is interval scheduling on machines that can't all do every job, which is NP-hard (Arkin and Silverberg 1987),
so this is a search by branch and bound. Its bound is the price of what is scarce: of options that take the same minute
of a provider at most one may be chosen; giving each visit such a minute of its own at the least cost is solved exactly,
and its prices, subtracted from the options' costs, leave what each costs beyond the bound (Lagrange). Options whose
excess is more than what is still to be gained are out; what is left mostly falls apart into small groups that have
nothing to do with each other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from operator import itemgetter, mul
from typing import Any, NamedTuple, Protocol, TypeAlias

from orderly.engine.branches import Bound, Branches, Entry
from orderly.engine.calendar import Calendars
from orderly.engine.prices import prices
from orderly.engine.seats import Seats, Takings
from orderly.engine.ways import Taking

MOST_STEPS = 50_000
"""Steps of one search (some seconds at most). What takes more is answered with the best that was found, and said so."""

MOST_WAYS = 32
"""Ways to choose chairs and helpers for one option that are looked at."""

FASTER = 8
"""By how much more each search allows than the one before."""

NOTHING = 1 << 200
"""More than any cost."""

Cost: TypeAlias = tuple[int, ...]
"""What an option costs, what matters most first; costs of several add up."""


class Choice(Protocol):
    """A way out for a visit. `spot` is the time of its provider, or of something else that only one can have and all of
    its ways take; None leaves the visit as it is, and then it is in nobody's way who stays too.
    """

    @property
    def cost(self) -> Cost: ...

    @property
    def spot(self) -> Taking | None: ...


class Option(NamedTuple):
    """A choice that says nothing else."""

    cost: Cost
    spot: Taking | None = None


Case: TypeAlias = Sequence[Choice]
"""A visit's options, the cheapest first; exactly one of them leaves it as it is."""

Ways: TypeAlias = Callable[[int, int], Sequence[Takings]]
"""All that is taken by a case's option, in each of the ways in which that can be; asked only where it matters."""


@dataclass(frozen=True, slots=True)
class Answer:
    """For each case the number of its option, and what that takes. `proven`: there is no better answer."""

    chosen: tuple[int, ...]
    takes: tuple[Takings, ...]
    proven: bool
    steps: int = 0


def greedy(cases: Sequence[Case], ways: Ways, calendars: Calendars) -> Answer:
    """One after the other the best that is left, until nobody alone could do better. Never ends without an answer: who
    finds nothing stays.
    """
    draft = _Draft(cases, ways, calendars)
    draft.settle([[option.cost for option in case] for case in cases])
    return draft.answer()


def solve(
    cases: Sequence[Case],
    ways: Ways,
    calendars: Calendars,
    *,
    others: Sequence[Cost | None] = (),
    most: int = MOST_STEPS,
    first: Answer | None = None,
) -> Answer:
    """The options that cost least together, of which no two want the same. Costs add up, and are compared part by part.

    Calendars are those in which none of the cases stands; in them every option is possible by itself. `others` is what
    those options that a case has besides cost at least, if it has any: an answer is proven only if none of them,
    whatever they are, could be in a better one. `first` is what `greedy` has answered, if it was asked already.
    """
    if not cases:
        return Answer((), (), proven=True)
    puzzle = _Puzzle(cases, others or [None] * len(cases), ways, calendars, most)
    first = first or greedy(cases, ways, calendars)
    return puzzle.improved(min(first, puzzle.guess(), key=puzzle.beyond))


def total(cases: Sequence[Case], chosen: Sequence[int]) -> Cost:
    """What options cost together."""
    return tuple(map(sum, zip(*(case[option].cost for case, option in zip(cases, chosen, strict=True)), strict=True)))


def _staying(case: Case) -> int:
    [stays] = [number for number, option in enumerate(case) if option.spot is None]
    return stays


class _Draft:
    """An answer in the making; at first everybody stays."""

    def __init__(self, cases: Sequence[Case], ways: Ways, calendars: Calendars) -> None:
        self._cases = cases
        self._ways = ways
        self._seats = Seats(calendars)
        self._chosen = [_staying(case) for case in cases]
        self._takes = [next(iter(ways(number, option))) for number, option in enumerate(self._chosen)]
        for number, takes in enumerate(self._takes):
            self._seats.add(number, takes, stays=True)

    def settle(self, worth: Sequence[Sequence[Any]]) -> None:
        """Let each have what is worth least to it (as costs go), again and again, while anybody gains by it."""
        ranks = [sorted(range(len(case)), key=case.__getitem__) for case in worth]
        gained = len(worth)
        while gained:
            gained = sum(self._gains(number, ranks[number], worth[number]) for number in range(len(worth)))

    def answer(self) -> Answer:
        return Answer(tuple(self._chosen), tuple(self._takes), proven=False)

    def _gains(self, number: int, rank: Sequence[int], worth: Sequence[Any]) -> bool:
        self._seats.remove(number)
        found = self._better(number, rank, worth)
        if found is not None:
            self._chosen[number], self._takes[number] = found
        self._seats.add(number, self._takes[number], stays=self._stays(number, self._chosen[number]))
        return found is not None

    def _better(self, number: int, rank: Sequence[int], worth: Sequence[Any]) -> tuple[int, Takings] | None:
        """The best that can be had, if it is better than what the visit has."""
        for option in takewhile(lambda one: worth[one] < worth[self._chosen[number]], rank):
            spot = self._cases[number][option].spot
            if spot is not None and not self._seats.fits((spot,), stays=False):
                continue  # all of its ways take that
            for way in self._ways(number, option):
                if self._seats.fits(way, stays=self._stays(number, option)):
                    return option, way
        return None

    def _stays(self, number: int, option: int) -> bool:
        return self._cases[number][option].spot is None


class _Puzzle:
    """Costs as single numbers, and of each option what choosing it costs beyond the bound."""

    def __init__(
        self, cases: Sequence[Case], others: Sequence[Cost | None], ways: Ways, calendars: Calendars, most: int
    ) -> None:
        self._cases = cases
        self._ways = ways
        self._calendars = calendars
        self._most = most
        self._known: dict[tuple[int, int], Sequence[Takings]] = {}
        weights = _weights(cases, others)
        costs = {option.cost for case in cases for option in case}.union(filter(None, others))
        worth: dict[Cost, int] = {cost: sum(map(mul, cost, weights)) for cost in costs}
        self._worth = [[worth[option.cost] for option in case] for case in cases]
        self._others = [NOTHING if cost is None else worth[cost] for cost in others]
        self._points = _points(cases)
        both = list(zip(self._worth, self._points, strict=True))
        rate = prices([_cheapest(worth, points, 2 * len(cases)) for worth, points in both])
        paid = [
            [cost - rate.get(point, 0) for cost, point in zip(worth, points, strict=True)] for worth, points in both
        ]
        self._bound = Bound([min(case) for case in paid], rate)
        self._floor = sum(self._bound.least) + sum(rate.values())
        self._excess = [[one - least for one in case] for case, least in zip(paid, self._bound.least, strict=True)]

    def guess(self) -> Answer:
        """What is worth least once what is scarce has its price; then what that leaves to gain."""
        draft = _Draft(self._cases, self._ways, self._calendars)
        draft.settle(self._excess)
        draft.settle(self._worth)
        return draft.answer()

    def improved(self, first: Answer) -> Answer:
        """Better than `first`, or `first` itself; at first only what costs least beyond the bound, then ever more."""
        best, steps, limit, whole = first, 0, -1, True
        gap = self.beyond(first)
        while whole and self._next(limit) < gap:
            limit = min(gap - 1, max(self._next(limit), FASTER * limit))
            branches = Branches(self._entries(limit), self._bound, self._calendars, self._most - steps)
            found = branches.run(gap + self._floor)
            steps, whole = steps + found.steps, found.whole
            if found.picked is not None:
                best = _answer(found.picked)
                gap = self.beyond(best)
        return replace(best, proven=whole and not self._cut(gap) and not self._elsewhere(gap), steps=steps)

    def beyond(self, answer: Answer) -> int:
        """How much more it costs than anything must; no option whose excess is as much is in a better one."""
        return sum(self._worth[number][option] for number, option in enumerate(answer.chosen)) - self._floor

    def _next(self, limit: int) -> int:
        """The least excess that was out."""
        return min((one for case in self._excess for one in case if one > limit), default=NOTHING)

    def _entries(self, limit: int) -> list[Entry]:
        return [
            entry
            for number, case in enumerate(self._excess)
            for option in sorted((one for one in range(len(case)) if case[one] <= limit), key=case.__getitem__)
            for entry in self._entries_of(number, option)
        ]

    def _entries_of(self, number: int, option: int) -> Iterator[Entry]:
        cost, excess, point = (rows[number][option] for rows in (self._worth, self._excess, self._points))
        stays = self._cases[number][option].spot is None
        for way in self._ways_of(number, option):
            yield Entry(number, option, way, cost, excess, point, stays)

    def _ways_of(self, number: int, option: int) -> Sequence[Takings]:
        key = number, option
        if key not in self._known:
            self._known[key] = self._ways(number, option)[:MOST_WAYS]
        return self._known[key]

    def _elsewhere(self, gap: int) -> bool:
        """Whether an option that isn't here could be in a better answer; a price of its own would only add to it."""
        return any(cost - least < gap for cost, least in zip(self._others, self._bound.least, strict=True))

    def _cut(self, gap: int) -> bool:
        """Whether some ways that could have been better were never looked at."""
        return any(
            len(ways) == MOST_WAYS and self._excess[number][option] < gap
            for (number, option), ways in self._known.items()
        )


def _answer(picked: Iterable[Entry]) -> Answer:
    by_case = sorted(picked, key=lambda entry: entry.case)
    return Answer(tuple(one.option for one in by_case), tuple(one.takes for one in by_case), proven=False)


def _weights(cases: Sequence[Case], others: Sequence[Cost | None]) -> list[int]:
    """What each part of a cost is worth, so that sums of costs as single numbers compare as sums of the parts do."""
    costs = [
        {option.cost for option in case}.union(filter(None, [other])) for case, other in zip(cases, others, strict=True)
    ]
    highest = [[max(part) for part in zip(*some, strict=True)] for some in costs]
    weights = [1] * len(highest[0])
    for part in reversed(range(1, len(weights))):
        weights[part - 1] = weights[part] * (sum(one[part] for one in highest) + 1)
    return weights


def _points(cases: Sequence[Case]) -> list[list[int]]:
    """For each option the number of a minute that its spot takes: as few minutes as will do for all, so that as many as
    can be want the same one (the first to end decides where). For staying one of its own.
    """
    stabs: dict[Taking, int] = {}
    latest = (-1, 0)
    for spot in sorted({option.spot for case in cases for option in case if option.spot}, key=itemgetter(0, 2, 1)):
        provider, start, end = spot
        if latest[0] != provider or start >= latest[1]:
            latest = provider, end
            stabs[spot] = len(stabs)
        else:
            stabs[spot] = stabs[next(reversed(stabs))]
    return [[-1 - n if option.spot is None else stabs[option.spot] for option in case] for n, case in enumerate(cases)]


def _cheapest(worth: Sequence[int], points: Sequence[int], most: int) -> dict[int, int]:
    """What so many of the cheapest points cost, and the case's own. The prices of fewer are no less right, only less
    sharp.
    """
    found: dict[int, int] = {}
    for cost, point in zip(worth, points, strict=True):
        if len(found) < most or point < 0:
            found.setdefault(point, cost)
    return found
