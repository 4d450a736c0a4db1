"""Which times are free: for a search, for somebody who walks in, and what could be taken by whoever does."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from orderly.appointments.inputs import Search
from orderly.appointments.queries.groups import way
from orderly.appointments.queries.requests import NOBODY, crowd
from orderly.appointments.queries.scene import Giver, Scene, scene
from orderly.appointments.queries.slots.outlook import outlook_of
from orderly.appointments.queries.slots.standing import offers_of, patient_problem
from orderly.calendars.queries import Loaded
from orderly.core.clock import minute, minute_up
from orderly.core.errors import invalid
from orderly.engine.plan import Plan, Role
from orderly.engine.ranking import Slot, first_fit
from orderly.engine.slots import Terms as TimeTerms
from orderly.engine.slots import Use, assign, reach
from orderly.engine.spans import Span
from orderly.engine.walltime import DAY, day_start, local

MOST_DAYS = 92
EPOCH = date(1970, 1, 1).toordinal()


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
        return {offer.provider: offer.plan for offer in offers_of(self.scene)}

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


def slots(search: Search, *, now: datetime, most: int = MOST_DAYS) -> Found:
    """Every free start in the range, by start, then provider. Four queries, however many days and providers, and one
    more for a group service; three more where there are requests with proposals.

    Raises Invalid for a range that is empty or over `most` days, NotFound for an unknown service.
    """
    if search.last <= search.first:
        raise invalid("to", "before_from")
    if (search.last - search.first).days > most:
        raise invalid("to", "too_long")
    around = _minute(search.first) - DAY, _minute(search.last) + DAY
    stage = scene(search.service, search.clinic, provider=search.provider, patient=search.patient, around=around)
    zone = stage.terms.zone
    window = day_start(zone, search.first), day_start(zone, search.last)
    found = find_free(stage, window, now, step=search.step, minutes=search.minutes, ignoring=search.ignoring)
    if search.one_a_day:
        chosen = first_fit(found.slots, zone, weekdays=search.weekdays, preferred=search.near)
        return replace(found, slots=chosen)
    return found


def soonest(stage: Scene, *, now: datetime) -> Slot | None:
    """The first free time of the clinic's today, exact to the minute, with whichever giver; no notice is asked."""
    window = _rest_of_today(stage, now)
    return next(iter(find_free(stage, window, now, step=1, when=TimeTerms(window[0])).slots), None)


def takes_today(stage: Scene, *, now: datetime) -> frozenset[int]:
    """As `takes`, for a visit that may start at any time of the rest of today."""
    return takes(stage, _rest_of_today(stage, now))


def takes(stage: Scene, window: Span, *, minutes: int | None = None) -> frozenset[int]:
    """Everybody and everything that a visit with any of the givers might occupy if it starts in `window`, and the
    proposals that would make room for it.
    """
    plans = [offer.plan for offer in offers_of(stage, minutes)]
    near = reach(plans, window)
    there = crowd(stage.terms.clinic, near) if stage.asked_in(near) else NOBODY
    return there.resources.union(one for plan in plans for need in plan.requirements for one in need.candidates)


def _rest_of_today(stage: Scene, now: datetime) -> Span:
    today, _ = local(stage.terms.zone, minute(now))
    return minute_up(now), day_start(stage.terms.zone, today + timedelta(days=1))


def find_free(
    stage: Scene,
    window: Span,
    now: datetime,
    *,
    step: int | None = None,
    minutes: int | None = None,
    when: TimeTerms | None = None,
    ignoring: frozenset[int] = frozenset(),
) -> Found:
    """The free starts in `window`; none where something stands against the visit whatever the time."""
    terms = stage.terms
    offers = offers_of(stage, minutes)
    if not (terms.active and terms.offered and offers) or patient_problem(stage):
        return Found(stage, Loaded({}, []), [])
    seen = outlook_of(stage, offers, window, when or stage.time_terms(now), now=now, ignoring=ignoring)
    return Found(seen.stage, seen.loaded, *seen.listed(window, step))


def _minute(day: date) -> int:
    """The day's first minute in UTC: near enough to see whether anything is around."""
    return (day.toordinal() - EPOCH) * DAY
