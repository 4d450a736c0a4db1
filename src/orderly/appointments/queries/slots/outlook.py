"""How things stand for one visit: the evaluator that lists free times and says why others aren't."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from orderly.appointments.inputs import Wish
from orderly.appointments.queries.groups import group_at, joins, meeting, way
from orderly.appointments.queries.requests import NOBODY, Table, crowd, table
from orderly.appointments.queries.scene import Scene, scene
from orderly.appointments.queries.slots.standing import offers_of, standing
from orderly.calendars.queries import Loaded
from orderly.engine.calendar import Calendars
from orderly.engine.groups import Group, joinable
from orderly.engine.plan import Plan
from orderly.engine.problems import Code, Problem
from orderly.engine.ranking import Slot
from orderly.engine.slots import Grid, Offer, Use, find, problems, reach
from orderly.engine.slots import Terms as TimeTerms
from orderly.engine.spans import Span


@dataclass(frozen=True, slots=True)
class Outlook:
    """How things stand for one visit in a stretch of time: read once, asked about as many starts as one likes."""

    stage: Scene
    offers: Sequence[Offer]
    groups: Sequence[tuple[Group, Plan]]
    loaded: Loaded
    shuffle: Table | None
    when: TimeTerms
    standing: tuple[Problem, ...] = ()

    def against(self, start: int) -> tuple[Problem, ...]:
        """Every reason against this start; none if anybody of the offers could."""
        if self.standing:
            return self.standing
        reasons: dict[Code, Problem] = {}
        for offer in self.offers:
            against = against_offer(self.stage, offer, start, self.loaded.calendars, self.shuffle, self.when)
            if not against:
                return ()
            for problem in against:
                reasons.setdefault(problem.code, problem)
        return tuple(reasons.values())

    def free(self, window: Span) -> list[Slot]:
        """The free starts in this part of it."""
        return [] if self.standing else self.listed(window)[0]

    def listed(self, window: Span, step: int | None = None) -> tuple[list[Slot], dict[Slot, tuple[Use, ...]]]:
        """The free starts, and what would be used of those for which a proposal has to move first."""
        terms, calendars = self.stage.terms, self.loaded.calendars
        grid = Grid(terms.zone, step or terms.grid)
        free = find(self.offers, calendars, window, grid, self.when)
        shuffled = _shuffled(self.offers, self.shuffle, free, window, grid, self.when) if self.shuffle else {}
        if self.groups or shuffled:
            there = {(group.start, group.provider) for group, _ in self.groups}
            shuffled = {slot: uses for slot, uses in shuffled.items() if (slot[0], slot[2]) not in there}
            new = [slot for slot in (*free, *shuffled) if (slot[0], slot[2]) not in there]
            joined = joinable(self.groups, calendars, window, grid, self.when)
            free = sorted(new + joined, key=itemgetter(0, 2))
        return free, shuffled


def why(wish: Wish, *, now: datetime) -> tuple[Problem, ...]:
    """Every reason why the wish can't be booked; empty if it can. Without a provider: empty if anybody could.

    Raises NotFound for an unknown service.
    """
    return outlook(wish, (wish.start, wish.start + 1), now=now).against(wish.start)


def outlook(wish: Wish, window: Span, *, now: datetime) -> Outlook:
    """How things stand for a wish with any start in `window`, its own start aside. The number of queries doesn't hang
    on how long that is.

    Raises NotFound for an unknown service.
    """
    stage = scene(wish.service, wish.clinic, provider=wish.provider, patient=wish.patient, around=window)
    when, found = stage.time_terms(now), standing(stage, wish)
    offers = [] if found else offers_of(stage, wish.minutes)
    if not offers:
        against = found or [Problem(Code.NOT_OFFERED, "service")]
        return Outlook(stage, (), (), Loaded({}, []), None, when, tuple(against))
    return outlook_of(stage, offers, window, when, now=now, ignoring=wish.ignoring)


def outlook_of(
    stage: Scene, offers: Sequence[Offer], window: Span, when: TimeTerms, *, now: datetime, ignoring: frozenset[int]
) -> Outlook:
    """As `outlook`, of what the scene has read already. Nothing may stand against the offers whatever the time."""
    stage = meeting(stage, window, now=now)
    groups = joins(stage, [offer.provider for offer in offers])
    loaded, shuffle = calendars_for(stage, offers, [plan for _, plan in groups], window, now=now, ignoring=ignoring)
    return Outlook(stage, offers, groups, loaded, shuffle, when)


def calendars_for(
    stage: Scene,
    offers: Sequence[Offer],
    more: Sequence[Plan],
    window: Span,
    *,
    now: datetime,
    ignoring: frozenset[int] = frozenset(),
) -> tuple[Loaded, Table | None]:
    """The calendars as they stand, and where there are proposals, what could be made of them."""
    plans = [offer.plan for offer in offers]
    near = reach(plans, window)
    there = crowd(stage.terms.clinic, near, ignoring=ignoring) if stage.asked_in(near) else NOBODY
    if not there.waiting:
        return stage.load([*plans, *more], window, now=now, ignoring=ignoring), None
    return table(stage, there, [*plans, *more], window, now=now, ignoring=ignoring)


def _shuffled(
    offers: Sequence[Offer], shuffle: Table, free: Sequence[Slot], window: Span, grid: Grid, when: TimeTerms
) -> dict[Slot, tuple[Use, ...]]:
    """The times that become free if proposals move: each is asked for by itself."""
    taken = set(free)
    plans = {offer.provider: offer for offer in offers}
    found = {}
    for slot in find(offers, shuffle.cleared, window, grid, when):
        if slot not in taken:
            fit = shuffle.fit(slot[0], [plans[slot[2]]])
            if fit is not None:
                found[slot] = fit.newcomer.uses
    return found


def against_offer(
    stage: Scene, offer: Offer, start: int, calendars: Calendars, shuffle: Table | None, terms: TimeTerms
) -> tuple[Problem, ...]:
    """Every reason why this provider can't serve it at `start`; none if they can once proposals have moved."""
    plan, seen = way(stage, offer.provider, start, offer.plan, calendars)
    against = problems(plan, seen, start, terms)
    if not against or shuffle is None or group_at(stage, offer.provider, start) is not None:
        return against
    whatever = problems(plan, shuffle.cleared, start, terms)
    return whatever or (against if shuffle.fit(start, [offer]) is None else ())
