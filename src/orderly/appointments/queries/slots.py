"""Which times are free, why one isn't, and the nearest that are: one evaluator answers all three."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import itemgetter
from uuid import UUID

from orderly.appointments.inputs import Search, Wish
from orderly.appointments.queries.groups import group_at, joins, meeting, way
from orderly.appointments.queries.requests import NOBODY, Table, crowd, table
from orderly.appointments.queries.scene import Giver, Scene, scene, scene_of
from orderly.calendars.queries import Loaded
from orderly.core.clock import minute, minute_up
from orderly.core.errors import invalid
from orderly.engine.calendar import Calendars
from orderly.engine.groups import joinable
from orderly.engine.plan import Plan, Role
from orderly.engine.problems import Code, Problem
from orderly.engine.ranking import Slot, first_fit, nearest
from orderly.engine.slots import Grid, Offer, Use, assign, find, problems, reach
from orderly.engine.slots import Terms as TimeTerms
from orderly.engine.walltime import DAY, day_start, local

MOST_DAYS = 92
ALTERNATIVES = 3
EPOCH = date(1970, 1, 1).toordinal()
LOOK_AROUND = (1, 7, 45)  # days to either side, wider while too few are found


@dataclass(frozen=True)
class Found:
    """Free times as (start, end, provider's resource), with what is needed to show them."""

    scene: Scene
    loaded: Loaded
    slots: list[Slot]
    shuffled: Mapping[Slot, tuple[Use, ...]] = field(default_factory=dict)
    """What would be used where a proposal has to move first."""

    @cached_property
    def plans(self) -> dict[int, Plan]:
        """What a visit takes, by provider's resource."""
        return {offer.provider: offer.plan for offer in _offers(self.scene)}

    def resources(self, slot: Slot) -> list[UUID]:
        """The assets that a booking of this slot would get."""
        start, _, provider = slot
        if slot in self.shuffled:
            return [self.scene.names[use.resource] for use in self.shuffled[slot] if use.role is Role.RESOURCE]
        plan, calendars = way(self.scene, provider, start, self.plans[provider], self.loaded.calendars)
        uses = assign(plan, calendars, start) or ()
        return [self.scene.names[use.resource] for use in uses if use.role is Role.RESOURCE]

    def places_left(self, slot: Slot) -> int:
        """How many more could book this slot of a group service."""
        session = self.scene.sessions.get((slot[2], slot[0]))
        if session is None:
            return self.scene.terms.places
        place = self.loaded.calendars[session.resource_id]
        return place.capacity - len(place.busy) - len(place.held)

    @property
    def givers(self) -> dict[int, Giver]:
        return {giver.resource: giver for giver in self.scene.givers.values()}


def slots(search: Search, *, now: datetime) -> Found:
    """Every free start in the range, by start, then provider. Four queries, however many days and providers, and one
    more for a group service; three more where there are requests with proposals.

    Raises Invalid for a range that is empty or over 92 days, NotFound for an unknown service.
    """
    if search.last <= search.first:
        raise invalid("to", "before_from")
    if (search.last - search.first).days > MOST_DAYS:
        raise invalid("to", "too_long")
    around = _minute(search.first) - DAY, _minute(search.last) + DAY
    stage = scene(search.service, search.clinic, provider=search.provider, patient=search.patient, around=around)
    zone = stage.terms.zone
    window = day_start(zone, search.first), day_start(zone, search.last)
    found = _find(stage, window, now, step=search.step, minutes=search.minutes, ignoring=search.ignoring)
    if search.one_a_day:
        chosen = first_fit(found.slots, zone, weekdays=search.weekdays, preferred=search.near)
        return replace(found, slots=chosen)
    return found


def soonest(stage: Scene, *, now: datetime) -> Slot | None:
    """The first free time of the clinic's today, exact to the minute, with whichever giver; no notice is asked."""
    window = _rest_of_today(stage, now)
    return next(iter(_find(stage, window, now, step=1, when=TimeTerms(window[0])).slots), None)


def takes(stage: Scene, *, now: datetime) -> frozenset[int]:
    """Everybody and everything that a visit with any of the givers today might occupy, and the proposals that would
    make room for it.
    """
    plans = [offer.plan for offer in _offers(stage)]
    window = reach(plans, _rest_of_today(stage, now))
    there = crowd(stage.terms.clinic, window) if stage.asked_in(window) else NOBODY
    return there.resources.union(one for plan in plans for need in plan.requirements for one in need.candidates)


def _rest_of_today(stage: Scene, now: datetime) -> tuple[int, int]:
    today, _ = local(stage.terms.zone, minute(now))
    return minute_up(now), day_start(stage.terms.zone, today + timedelta(days=1))


def _find(
    stage: Scene,
    window: tuple[int, int],
    now: datetime,
    *,
    step: int | None = None,
    minutes: int | None = None,
    when: TimeTerms | None = None,
    ignoring: frozenset[int] = frozenset(),
) -> Found:
    terms = stage.terms
    offers = _offers(stage, minutes)
    if not (terms.active and terms.offered and offers) or _patient_problem(stage):
        return Found(stage, Loaded({}, []), [])
    stage = meeting(stage, window, now=now)
    groups = joins(stage, [offer.provider for offer in offers])
    loaded, shuffle = calendars_for(stage, offers, [plan for _, plan in groups], window, now=now, ignoring=ignoring)
    grid, when = Grid(terms.zone, step or terms.grid), when or stage.time_terms(now)
    free = find(offers, loaded.calendars, window, grid, when)
    shuffled = _shuffled(offers, shuffle, free, window, grid, when) if shuffle else {}
    if groups or shuffled:
        there = {(group.start, group.provider) for group, _ in groups}
        shuffled = {slot: uses for slot, uses in shuffled.items() if (slot[0], slot[2]) not in there}
        new = [slot for slot in (*free, *shuffled) if (slot[0], slot[2]) not in there]
        free = sorted(new + joinable(groups, loaded.calendars, window, grid, when), key=itemgetter(0, 2))
    return Found(stage, loaded, free, shuffled)


def calendars_for(
    stage: Scene,
    offers: Sequence[Offer],
    more: Sequence[Plan],
    window: tuple[int, int],
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
    offers: Sequence[Offer], shuffle: Table, free: Sequence[Slot], window: tuple[int, int], grid: Grid, when: TimeTerms
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


def _offers(stage: Scene, minutes: int | None = None) -> list[Offer]:
    """The visit as each of its givers would give it; those whose phases can't be made so long don't."""
    found = []
    for giver in stage.givers.values():
        with suppress(ValueError):
            found.append(Offer(giver.resource, stage.plan(giver, minutes)))
    return found


def standing(stage: Scene, wish: Wish) -> list[Problem]:
    """What stands against a wish whatever the time: the service, the provider, the patient."""
    found = []
    if not stage.terms.active:
        found.append(Problem(Code.INACTIVE, "service"))
    if not stage.terms.offered or not stage.terms.phases:
        found.append(Problem(Code.NOT_OFFERED, "service"))
    elif not stage.givers or (wish.provider and wish.provider not in stage.givers):
        found.append(Problem(Code.NOT_OFFERED, "provider"))
    problem = _patient_problem(stage)
    return [*found, problem] if problem else found


def _patient_problem(stage: Scene) -> Problem | None:
    """Some services are for new patients only, or for those the clinic has seen."""
    if stage.taker is None or stage.terms.audience == "all":
        return None
    known = stage.taker.last_visit_on is not None
    return None if known == (stage.terms.audience == "known") else Problem(Code.NOT_OFFERED, "patient")


def why(wish: Wish, *, now: datetime) -> tuple[Problem, ...]:
    """Every reason why the wish can't be booked; empty if it can. Without a provider: empty if anybody could.

    Raises NotFound for an unknown service.
    """
    stage = scene_of(wish)
    found = standing(stage, wish)
    if found:
        return tuple(found)
    offers = _offers(stage, wish.minutes)
    if not offers:
        return (Problem(Code.NOT_OFFERED, "service"),)
    window = (wish.start, wish.start + 1)
    stage = meeting(stage, window, now=now)
    groups = joins(stage, [offer.provider for offer in offers])
    joining = [plan for _, plan in groups]
    loaded, shuffle = calendars_for(stage, offers, joining, window, now=now, ignoring=wish.ignoring)
    terms = stage.time_terms(now)
    reasons: dict[Code, Problem] = {}
    for offer in offers:
        against = against_offer(stage, offer, wish.start, loaded.calendars, shuffle, terms)
        if not against:
            return ()
        for problem in against:
            reasons.setdefault(problem.code, problem)
    return tuple(reasons.values())


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


def alternatives(wish: Wish, *, now: datetime) -> tuple[Scene, list[Slot]]:
    """The nearest three times that can be booked, with the wished provider if they give the service, else with any."""
    widest = (LOOK_AROUND[-1] + 2) * DAY
    around = wish.start - widest, wish.start + widest
    stage = scene(wish.service, wish.clinic, provider=wish.provider, patient=wish.patient, around=around)
    if not any(stage.parts[giver.resource].active for giver in stage.givers.values()):
        stage = scene(wish.service, wish.clinic, patient=wish.patient, around=around)
    zone = stage.terms.zone
    earliest = stage.time_terms(now).now_minute
    day, _ = local(zone, max(wish.start, earliest))
    found: list[Slot] = []
    for days in LOOK_AROUND:
        near = _find(stage, _around(zone, day, days), now, minutes=wish.minutes, ignoring=wish.ignoring)
        found = nearest(near.slots, wish.start, ALTERNATIVES)
        if len(found) == ALTERNATIVES:
            break
    return stage, found


def _minute(day: date) -> int:
    """The day's first minute in UTC: near enough to see whether anything is around."""
    return (day.toordinal() - EPOCH) * DAY


def _around(zone: str, day: date, reach: int) -> tuple[int, int]:
    first, last = day - timedelta(days=reach), day + timedelta(days=reach + 1)
    return day_start(zone, first), day_start(zone, last)
