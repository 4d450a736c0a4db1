"""When several people or services can be had together: one list of free times for each, and one search over them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import gcd
from typing import NamedTuple

from orderly.appointments.inputs import Search
from orderly.appointments.queries.slots import Found, slots
from orderly.clinics.models import Clinic
from orderly.core.clock import minute_up
from orderly.engine.grid import Grid
from orderly.engine.jointly import Step, Turn
from orderly.engine.plan import Plan, Requirement, Role
from orderly.engine.ranking import Slot
from orderly.engine.succession import Arrangement, Order, arrangements
from orderly.engine.walltime import day_start, local
from orderly.parties.inputs import PartyRequest, PartySearch, Placed, Wanted
from orderly.parties.rules import check

STEP = 5  # minutes: how finely those who come after the first may begin
ALTERNATIVES = 3
SERVING = (Role.PROVIDER, Role.RESOURCE)
AROUND, AHEAD = timedelta(days=1), timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A time for each step, in their order, and the minutes of waiting between them in all."""

    steps: tuple[Placed, ...]
    ends: tuple[int, ...]
    waiting: int

    @property
    def start(self) -> int:
        return min(step.start for step in self.steps)

    @property
    def end(self) -> int:
        return max(self.ends)


class Proposals(NamedTuple):
    """`cut`: there was too much to try, so that later starts weren't looked at."""

    found: list[Proposal]
    cut: bool


def proposals(search: PartySearch, *, now: datetime, most: int | None = None) -> Proposals:
    """For each start on the clinic's grid the best arrangement, earliest first; `most` of them. The statements sent
    grow with the steps alone.

    Errors: Invalid for a range, a number of steps or a wait that can't be, or one person twice at once; NotFound for an
    unknown service.
    """
    check(search)
    clinic = Clinic.objects.only("timezone", "slot_minutes").get(pk=search.clinic)
    found = [_free(search, step, gcd(clinic.slot_minutes, STEP), now) for step in search.steps]
    window = day_start(clinic.timezone, search.first), day_start(clinic.timezone, search.last)
    steps, grid = [step_of(one) for one in found], Grid(clinic.timezone, clinic.slot_minutes)
    arranged = arrangements(steps, window, grid, order=search.order, wait=search.wait, most=most)
    if arranged.cut and not arranged.found and search.order is Order.ANY:  # the order they stand in is one of any
        arranged = arrangements(steps, window, grid, order=Order.GIVEN, wait=search.wait, most=most)._replace(cut=True)
    return Proposals([_proposal(one, search.steps, found) for one in arranged.found], arranged.cut)


def alternatives(refused: PartyRequest, *, now: datetime) -> list[Proposal]:
    """The nearest three times for steps that can't be had when they were wanted, with the same providers: those of the
    days around, then the first ones after.
    """
    wished = min(step.start for step in refused.steps)
    zone = Clinic.objects.only("timezone").get(pk=refused.clinic).timezone
    day, _ = local(zone, max(wished, minute_up(now)))
    steps = tuple(Wanted(patient=one.patient, service=one.service, provider=one.provider) for one in refused.steps)
    around = PartySearch(
        clinic=refused.clinic,
        steps=steps,
        first=day - AROUND,
        last=day + 2 * AROUND,
        order=refused.order,
        wait=refused.wait,
    )
    near = sorted(proposals(around, now=now).found, key=lambda one: (abs(one.start - wished), one.start))[:ALTERNATIVES]
    missing = ALTERNATIVES - len(near)
    after = replace(around, first=around.last, last=around.last + AHEAD)
    return near + proposals(after, now=now, most=missing).found if missing else near


def _free(search: PartySearch, step: Wanted, every: int, now: datetime) -> Found:
    wish = Search(
        clinic=search.clinic,
        service=step.service,
        first=search.first,
        last=search.last,
        provider=step.provider,
        patient=step.patient,
        step=every,
    )
    return slots(wish, now=now)


def step_of(found: Found) -> Step:
    """Without the times for which somebody else's proposal would have to move."""
    terms = found.scene.terms
    group = terms.places > 1
    free = [slot for slot in found.slots if slot not in found.shuffled]
    there = {slot: plan for slot in free if (plan := _joining(found, slot))} if group else {}
    return Step(free, found.plans, found.loaded.calendars, terms.service if group else None, terms.places, there)


def _joining(found: Found, slot: Slot) -> Plan | None:
    """What it takes to come to the session that is there; None where there is none. Who serves it is there anyway."""
    start, end, provider = slot
    session = found.scene.sessions.get((provider, start))
    if session is None:
        return None
    place = Requirement(Role.PLACE, (session.resource_id,), 1, ((0, end - start),))
    return found.scene.attended(Plan(end - start, (place,)))


def _proposal(arrangement: Arrangement, steps: Sequence[Wanted], found: Sequence[Found]) -> Proposal:
    placed = [_placed(*each) for each in zip(steps, arrangement.turns, found, strict=True)]
    return Proposal(tuple(placed), tuple(turn.end for turn in arrangement.turns), arrangement.waiting)


def _placed(step: Wanted, turn: Turn, found: Found) -> Placed:
    """With the chairs and helpers that were chosen, so that nobody who is booked before takes them."""
    names = found.scene.names
    others = {use.resource for use in turn.uses if use.role in SERVING and use.resource != turn.provider}
    return Placed(
        patient=step.patient,
        service=step.service,
        provider=names[turn.provider],
        start=turn.start,
        resources=frozenset(names[one] for one in others),
    )
