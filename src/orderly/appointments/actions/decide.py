"""Whether a wish can be had, by calendars read under locks: as things stand, after proposals move, or overbooked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from orderly.appointments.inputs import Wish
from orderly.appointments.queries.groups import group_at, way
from orderly.appointments.queries.requests import Table, Waiting, with_wanted
from orderly.appointments.queries.scene import Scene
from orderly.engine.assignment import Placement
from orderly.engine.calendar import Calendars
from orderly.engine.problems import Code, Problem
from orderly.engine.slots import Offer, Terms, Use, assign, problems


@dataclass(frozen=True, slots=True)
class Move:
    """A proposal that makes room, and where to."""

    request: Waiting
    to: Placement


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who serves it, by what, and who moves for it."""

    offer: Offer
    uses: tuple[Use, ...]
    overbooked: bool = False
    moves: tuple[Move, ...] = ()


@dataclass(slots=True)
class Decision:
    """A wish and the ways in which it could be had; `against` gathers what speaks against each provider."""

    stage: Scene
    offers: Sequence[Offer]
    wish: Wish
    wanted: frozenset[int]
    terms: Terms
    against: dict[int, tuple[Problem, ...]] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why it can't be had. Of several providers each code is given once, with the first one it blocks."""
        if len(self.against) == 1:
            [only] = self.against.values()
            return only
        found: dict[Code, Problem] = {}
        for problem in (one for against in self.against.values() for one in against):
            found.setdefault(problem.code, problem)
        return tuple(found.values())

    def as_it_stands(self, calendars: Calendars) -> Chosen | None:
        """Without touching anything."""
        return next(filter(None, (self._tried(offer, calendars, 0) for offer in self.offers)), None)

    def after_a_shuffle(self, shuffle: Table) -> Chosen | None:
        """With as many proposals as need be given to somebody else. Who joins a group needs nobody to move."""
        could = [offer for offer in self.offers if self._open(offer, shuffle)]
        variants = [Offer(one.provider, plan) for one in could for plan in with_wanted(one.plan, self.wanted)]
        fit = shuffle.fit(self.wish.start, variants)
        if fit is None:
            return None
        offer = next(one for one in could if one.provider == fit.newcomer.provider)
        moves = tuple(Move(shuffle.crowd.waiting[number], to) for number, to in sorted(fit.moved.items()))
        return Chosen(offer, fit.newcomer.uses, moves=moves)

    def overbooked(self, calendars: Calendars) -> Chosen | None:
        """Beyond the usual limit of one, as far as the service allows it; nobody is moved for that."""
        extra = self.stage.terms.overbook
        found = next(filter(None, (self._tried(offer, calendars, extra) for offer in self.offers)), None)
        if found is not None and extra:
            return replace(found, overbooked=True)
        if not extra:
            self.against = {one: tuple(map(_not_overbookable, against)) for one, against in self.against.items()}
        return None

    def _tried(self, offer: Offer, calendars: Calendars, extra: int) -> Chosen | None:
        start = self.wish.start
        plan, seen = way(self.stage, offer.provider, start, offer.plan, calendars)
        self.against[offer.provider] = problems(plan, seen, start, self.terms, overbook=extra, wanted=self.wanted)
        uses = assign(plan, seen, start, overbook=extra, wanted=self.wanted)
        return None if self.against[offer.provider] or uses is None else Chosen(offer, uses)

    def _open(self, offer: Offer, shuffle: Table) -> bool:
        """Whether proposals are all that could be in the way."""
        if group_at(self.stage, offer.provider, self.wish.start) is not None:
            return False
        whatever = problems(offer.plan, shuffle.cleared, self.wish.start, self.terms, wanted=self.wanted)
        self.against[offer.provider] = whatever or self.against[offer.provider]
        return not whatever


def _not_overbookable(problem: Problem) -> Problem:
    busy = problem.code is Code.PROVIDER_BUSY or (problem.code is Code.RESOURCE_BUSY and problem.field == "start")
    return replace(problem, code=Code.OVERBOOK_LIMIT) if busy else problem
