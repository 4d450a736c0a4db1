"""Which times are free, why one isn't, and the nearest that are: one evaluator answers all three."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import itemgetter
from uuid import UUID

from orderly.appointments.inputs import Search, Wish
from orderly.appointments.queries.groups import joins, meeting, way
from orderly.appointments.queries.scene import Giver, Scene, scene, scene_of
from orderly.calendars.queries import Loaded
from orderly.core.clock import minute, minute_up
from orderly.core.errors import invalid
from orderly.engine.groups import joinable
from orderly.engine.plan import Plan, Role
from orderly.engine.problems import Code, Problem
from orderly.engine.ranking import Slot, first_fit, nearest
from orderly.engine.slots import Grid, Offer, assign, find, problems
from orderly.engine.slots import Terms as TimeTerms
from orderly.engine.walltime import day_start, local

MOST_DAYS = 92
ALTERNATIVES = 3
LOOK_AROUND = (1, 7, 45)  # days to either side, wider while too few are found


@dataclass(frozen=True)
class Found:
    """Free times as (start, end, provider's resource), with what is needed to show them."""

    scene: Scene
    loaded: Loaded
    slots: list[Slot]

    @cached_property
    def plans(self) -> dict[int, Plan]:
        """What a visit takes, by provider's resource."""
        return {offer.provider: offer.plan for offer in _offers(self.scene)}

    def resources(self, slot: Slot) -> list[UUID]:
        """The assets that a booking of this slot would get."""
        start, _, provider = slot
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
    more for a group service.

    Raises Invalid for a range that is empty or over 92 days, NotFound for an unknown service.
    """
    if search.last <= search.first:
        raise invalid("to", "before_from")
    if (search.last - search.first).days > MOST_DAYS:
        raise invalid("to", "too_long")
    stage = scene(search.service, search.clinic, provider=search.provider, patient=search.patient)
    zone = stage.terms.zone
    found = _find(stage, (day_start(zone, search.first), day_start(zone, search.last)), now, step=search.step)
    if search.one_a_day:
        chosen = first_fit(found.slots, zone, weekdays=search.weekdays, preferred=search.near)
        return replace(found, slots=chosen)
    return found


def soonest(stage: Scene, *, now: datetime) -> Slot | None:
    """The first free time of the clinic's today, exact to the minute, with whichever giver; no notice is asked."""
    today, _ = local(stage.terms.zone, minute(now))
    window = minute_up(now), day_start(stage.terms.zone, today + timedelta(days=1))
    return next(iter(_find(stage, window, now, step=1, when=TimeTerms(window[0])).slots), None)


def takes(stage: Scene) -> frozenset[int]:
    """Everybody and everything that a visit with any of the givers might occupy."""
    plans = [offer.plan for offer in _offers(stage)]
    return frozenset(one for plan in plans for need in plan.requirements for one in need.candidates)


def _find(
    stage: Scene,
    window: tuple[int, int],
    now: datetime,
    *,
    step: int | None = None,
    minutes: int | None = None,
    when: TimeTerms | None = None,
) -> Found:
    terms = stage.terms
    offers = _offers(stage, minutes)
    if not (terms.active and terms.offered and offers) or _patient_problem(stage):
        return Found(stage, Loaded({}, []), [])
    stage = meeting(stage, window, now=now)
    groups = joins(stage, [offer.provider for offer in offers])
    loaded = stage.load([*(offer.plan for offer in offers), *(plan for _, plan in groups)], window, now=now)
    grid, when = Grid(terms.zone, step or terms.grid), when or stage.time_terms(now)
    free = find(offers, loaded.calendars, window, grid, when)
    if groups:
        there = {(group.start, group.provider) for group, _ in groups}
        new = [slot for slot in free if (slot[0], slot[2]) not in there]
        free = sorted(new + joinable(groups, loaded.calendars, window, grid, when), key=itemgetter(0, 2))
    return Found(stage, loaded, free)


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
    loaded = stage.load([*(offer.plan for offer in offers), *(plan for _, plan in groups)], window, now=now)
    terms = stage.time_terms(now)
    reasons: dict[Code, Problem] = {}
    for offer in offers:
        plan, calendars = way(stage, offer.provider, wish.start, offer.plan, loaded.calendars)
        against = problems(plan, calendars, wish.start, terms)
        if not against:
            return ()
        for problem in against:
            reasons.setdefault(problem.code, problem)
    return tuple(reasons.values())


def alternatives(wish: Wish, *, now: datetime) -> tuple[Scene, list[Slot]]:
    """The nearest three times that can be booked, with the wished provider if they give the service, else with any."""
    stage = scene_of(wish)
    if not any(stage.parts[giver.resource].active for giver in stage.givers.values()):
        stage = scene(wish.service, wish.clinic, patient=wish.patient)
    zone = stage.terms.zone
    earliest = stage.time_terms(now).now_minute
    day, _ = local(zone, max(wish.start, earliest))
    found: list[Slot] = []
    for reach in LOOK_AROUND:
        around = _find(stage, _around(zone, day, reach), now, minutes=wish.minutes)
        found = nearest(around.slots, wish.start, ALTERNATIVES)
        if len(found) == ALTERNATIVES:
            break
    return stage, found


def _around(zone: str, day: date, reach: int) -> tuple[int, int]:
    first, last = day - timedelta(days=reach), day + timedelta(days=reach + 1)
    return day_start(zone, first), day_start(zone, last)
