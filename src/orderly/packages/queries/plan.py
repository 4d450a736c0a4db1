"""The best times for what is left of a purchase. Nothing is written: a planned time is free until somebody books it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from orderly.appointments.inputs import Search
from orderly.appointments.inputs import Wish as Wished
from orderly.appointments.models import Appointment
from orderly.appointments.queries.slots import Found, slots, why
from orderly.billing.actions.credits import unusable
from orderly.billing.models import Credit
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.edits import refuse
from orderly.core.errors import Conflict, NotFound
from orderly.core.weeks import first_weekday
from orderly.engine import itinerary
from orderly.engine.itinerary import Booked, Reason, Rules, Wish
from orderly.engine.problems import Problem
from orderly.engine.ranking import Slot
from orderly.engine.walltime import day_start, local
from orderly.journal.actor import Actor
from orderly.packages.choices import CLOSED
from orderly.packages.inputs import Planned, PlanRequest
from orderly.packages.models import Purchase
from orderly.packages.queries.purchases import Session, sessions_of
from orderly.packages.rules import plan_problems
from orderly.resources.models import Provider

SCHEDULE = "packages:schedule"
MOST_DAYS = 366
MOST_SESSIONS, MOST_IN_A_ROW = 60, 30  # with days between, and without, when there is far more to choose from
NOT_OFFERED, NEXT_TIME = "not_offered", "next_time"
OF_A_PIN = frozenset({Reason.TAKEN, Reason.CLASH})


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A session and the time it would get, in whole minutes since 1970 UTC."""

    number: int
    service: UUID
    start: int
    end: int
    provider: UUID


@dataclass(frozen=True, slots=True)
class Plan:
    """`unplaced` says by number why a session has no time: a `Reason` of the engine, NOT_OFFERED where nobody of those
    asked for gives the service, NEXT_TIME where so many are left, or there is so much to choose from, that it comes
    later. `trips` are days on which the patient comes for nothing else; `changed` are sessions that aren't where they
    were kept.
    """

    visits: tuple[PlannedVisit, ...]
    unplaced: Mapping[int, str]
    trips: int
    changed: frozenset[int]
    against: Mapping[int, tuple[Problem, ...]] = field(default_factory=dict)
    """By number: what stands against a pinned time that isn't free."""


@dataclass(frozen=True)
class Outlook:
    """Everything that plans for a purchase depend on, read once; `plan` weighs it by a wish."""

    purchase: Purchase
    clinic: Clinic
    """Where the sessions are to take place."""
    asked: PlanRequest
    sessions: Sequence[Session]
    free: Mapping[UUID, Found]
    """The free times by service, until the last day of the plan."""
    comes: frozenset[date]
    """Days on which the patient comes for something else."""
    providers: Mapping[UUID, int]
    """The resources of those who are named, and of all who give one of the services."""
    now: datetime

    def plan(self, wish: Wish) -> Plan:
        """The best one."""
        most = MOST_SESSIONS if self.asked.gap else MOST_IN_A_ROW
        ahead = self.left[:most]
        services = {one.number: one.service_id for one in self.left}
        asked = [self._session(one) for one in ahead]
        sessions, cut = itinerary.within_reach(asked, self.rules, self._booked)
        found = itinerary.plan(sessions, self.rules, wish, self._booked)
        unplaced = {
            number: self._why(number, services[number], reason, cut=cut) for number, reason in found.unplaced.items()
        }
        unplaced |= {one.number: NEXT_TIME for one in self.left[most:]}
        visits = [self._visit(number, services[number], slot) for number, slot in sorted(found.placed.items())]
        against = {number: self._against(number) for number, reason in unplaced.items() if reason == Reason.TAKEN}
        return Plan(tuple(visits), unplaced, self._trips(visits), found.changed, against)

    def free_at(self, number: int, start: int) -> list[UUID]:
        """Who, of those asked for, could give a session that is left then."""
        service = next((one.service_id for one in self.left if one.number == number), None)
        if service is None:
            return []
        found, chosen = self.free[service], self.chosen(number)
        free = [found.givers[slot[2]].id for slot in found.slots if slot[0] == start]
        return [one for one in free if chosen in (None, one)]

    def taker(self, number: int, start: int) -> UUID | None:
        """Who of them takes it if it is moved there: whoever had it, if they can."""
        free = self.free_at(number, start)
        before = self.keeper(number)
        return before if before in free else next(iter(free), None)

    def keeper(self, number: int) -> UUID | None:
        """Who had it in the plan that is to be kept."""
        return next((one.provider for one in self.asked.kept if one.number == number), None)

    def pinning(self, planned: Planned) -> "Outlook":
        """The same, with a session pinned to a time."""
        return self.keeping([*(one for one in self.asked.pinned if one.number != planned.number), planned])

    def keeping(self, pinned: Sequence[Planned], kept: Sequence[Planned] | None = None) -> "Outlook":
        """The same, with these sessions pinned and no others, and where they are said with these kept."""
        asked = replace(self.asked, pinned=tuple(pinned))
        return replace(self, asked=asked if kept is None else replace(asked, kept=tuple(kept)))

    @cached_property
    def rules(self) -> Rules:
        """No plan goes further than the day the purchase expires, or a year."""
        asked, zone = self.asked, self.clinic.timezone
        return Rules(
            zone=zone,
            first=asked.start,
            last=last_day(self.purchase, asked),
            weekdays=asked.weekdays,
            preferred=asked.preferred,
            gap=asked.gap,
            per_week=asked.per_week,
            week_starts=first_weekday(self.clinic.country),
            comes=self.comes,
        )

    @cached_property
    def left(self) -> list[Credit]:
        """The sessions without a visit, by number."""
        return [one.credit for one in self.sessions if one.appointment is None]

    @cached_property
    def _booked(self) -> list[Booked]:
        found = [(one.credit.number, one.appointment) for one in self.sessions if one.appointment is not None]
        return [Booked(number, one.start, one.end, _giver(one)) for number, one in found]

    def _session(self, credit: Credit) -> itinerary.Session:
        number, found = credit.number, self.free[credit.service_id]
        who = self.chosen(number)
        return itinerary.Session(
            number,
            found.slots,
            None if who is None else frozenset({self.providers[who]}),
            self._slot(found, next((one for one in self.asked.pinned if one.number == number), None)),
            self._slot(found, next((one for one in self.asked.kept if one.number == number), None)),
        )

    def chosen(self, number: int) -> UUID | None:
        """Who is to give a session, if somebody in particular."""
        return self.asked.providers.get(number, self.asked.provider)

    def _slot(self, found: Found, planned: Planned | None) -> Slot | None:
        """What is planned, as a free time; if it isn't one, something that the engine won't find free."""
        if planned is None:
            return None
        where = planned.start, self.providers[planned.provider]
        free = (slot for slot in found.slots if (slot[0], slot[2]) == where)
        return next(free, (planned.start, planned.start, where[1]))

    def _visit(self, number: int, service: UUID, slot: Slot) -> PlannedVisit:
        start, end, provider = slot
        return PlannedVisit(number, service, start, end, self.free[service].givers[provider].id)

    def _why(self, number: int, service: UUID, reason: Reason, *, cut: bool) -> str:
        """`cut`: not all days were looked at, so that there may be a time later."""
        who = self.chosen(number)
        givers = self.free[service].scene.givers
        nobody = not givers or (who is not None and who not in givers)
        if reason is Reason.NO_TIME and nobody:
            return NOT_OFFERED
        return NEXT_TIME if cut and reason not in OF_A_PIN else str(reason)

    def _against(self, number: int) -> tuple[Problem, ...]:
        """What stands against where a session was pinned."""
        credit = next(one for one in self.left if one.number == number)
        there = next(one for one in self.asked.pinned if one.number == number)
        wish = Wished(
            clinic=self.clinic.pk,
            service=credit.service_id,
            start=there.start,
            provider=there.provider,
            patient=self.purchase.patient_id,
        )
        late = (unusable("expired", "start"),) if there.start >= credit.usable_until else ()
        return (*late, *why(wish, now=self.now))

    def _trips(self, visits: Iterable[PlannedVisit]) -> int:
        zone, booked = self.rules.zone, [one.appointment for one in self.sessions if one.appointment is not None]
        there = {local(zone, one.start)[0] for one in booked if one.clinic_id == self.clinic.pk}
        return len({local(zone, one.start)[0] for one in visits} - self.comes - there)


def outlook(purchase: UUID, asked: PlanRequest, *, actor: Actor, now: datetime) -> Outlook:
    """What plans for the purchase depend on: a few queries, and a few for each of its services that is left.

    Errors: NotFound (also "provider"), Forbidden (`packages:schedule`); Conflict `package_unusable` for one that was
    called off or isn't valid in the clinic; Invalid for a wrong wish.
    """
    rows = Purchase.objects.visible_to(actor).select_related("clinic", "patient", "invoice")
    found = rows.filter(pk=purchase).first()
    if found is None:
        raise NotFound
    clinic = _where(found, asked, actor)
    sessions = sessions_of(found)
    left = [one.credit for one in sessions if one.appointment is None]
    refuse(plan_problems(asked, {one.number for one in left}))
    asked = replace(asked, start=max(asked.start, local(clinic.timezone, minute(now))[0]))
    named = _providers(asked, clinic, actor)
    services = dict.fromkeys(one.service_id for one in left)
    free = {one: _free(found, clinic, one, asked, now=now) for one in services}
    givers = {giver.id: resource for some in free.values() for resource, giver in some.givers.items()}
    return Outlook(found, clinic, asked, sessions, free, _comes(found, clinic, asked, sessions), named | givers, now)


def _where(purchase: Purchase, asked: PlanRequest, actor: Actor) -> Clinic:
    actor.require(SCHEDULE, asked.clinic or purchase.clinic_id)
    clinic = Clinic.objects.defer("logo").get(pk=asked.clinic) if asked.clinic else purchase.clinic
    if purchase.status in CLOSED:
        raise Conflict(unusable("closed", "purchase"))
    if not purchase.valid_in(clinic):
        raise Conflict(unusable("clinic", "purchase"))
    return clinic


def last_day(purchase: Purchase, asked: PlanRequest) -> date:
    """Of a plan: as asked, until the purchase expires, within a year."""
    within = asked.start + timedelta(days=MOST_DAYS - 1)
    return min(asked.end or within, purchase.expires_on, within)


def _free(purchase: Purchase, clinic: Clinic, service: UUID, asked: PlanRequest, *, now: datetime) -> Found:
    """It expires where it was sold, which may be before the same day is over elsewhere."""
    after = max(last_day(purchase, asked), asked.start) + timedelta(days=1)
    search = Search(clinic=clinic.pk, service=service, first=asked.start, last=after, patient=purchase.patient_id)
    found = slots(search, now=now, most=MOST_DAYS)
    until = day_start(purchase.clinic.timezone, purchase.expires_on + timedelta(days=1))
    return replace(found, slots=[slot for slot in found.slots if slot[0] < until])


def _comes(purchase: Purchase, clinic: Clinic, asked: PlanRequest, sessions: Sequence[Session]) -> frozenset[date]:
    zone, mine = clinic.timezone, {one.appointment.pk for one in sessions if one.appointment is not None}
    window = day_start(zone, asked.start), day_start(zone, last_day(purchase, asked) + timedelta(days=1))
    there = Appointment.objects.filter(
        patient=purchase.patient_id, clinic=clinic, claim__isnull=False, start__range=window
    )
    starts = there.exclude(pk__in=mine).values_list("start", flat=True)
    return frozenset(local(zone, start)[0] for start in starts)


def _providers(asked: PlanRequest, clinic: Clinic, actor: Actor) -> dict[UUID, int]:
    named = {*asked.providers.values(), *(one.provider for one in (*asked.pinned, *asked.kept))}
    wanted = named if asked.provider is None else named | {asked.provider}
    rows = Provider.objects.visible_to(actor).filter(pk__in=wanted, clinics=clinic)
    found = dict(rows.values_list("pk", "resource")) if wanted else {}
    if not wanted <= found.keys():
        raise NotFound("provider")
    return found


def _giver(appointment: Appointment) -> int:
    who = appointment.provider or appointment.proposed_provider
    return who.resource_id if who is not None else -1
