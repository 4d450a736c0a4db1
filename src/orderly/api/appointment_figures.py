"""Figures about a clinic's appointments, and who should come next."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from orderly.api.appointments import VIEW
from orderly.api.operations import reads
from orderly.api.ranges import check_range
from orderly.api.schemas import In, Money, Out
from orderly.api.types import Day, Id
from orderly.api.visits import NAMES, Named, Numbered
from orderly.appointments.choices import Source, Status, VisitStatus
from orderly.appointments.models import Appointment
from orderly.appointments.queries.expected import expected
from orderly.appointments.queries.statistics import Share, statistics
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.edge.actors import actor_of, now_of
from orderly.edge.readlog import watched
from orderly.edge.scope import clinic_for
from orderly.engine.walltime import day_start, local, rfc3339

FINANCE = "reports:finance"
router = Router(tags=["appointments"])


class StatisticsQuery(In):
    clinic: Id
    first: Day = Field(alias="from")
    last: Day = Field(alias="to", description="not included; 92 days at most")


class ShareOut(Out):
    """`count` of `of`; the rate is null of nothing."""

    count: int
    of: int
    rate: float | None


class CountOut(Out):
    id: UUID | None
    count: int


class StatisticsOut(Out):
    """`no_show` is of those who came or should have; `cancellation` and `left` of all. `expected` is what those cost
    that are booked or have taken place, `paid` what was paid for any: null without `reports:finance`.
    """

    total: int
    by_status: dict[Status, int]
    by_visit_status: dict[VisitStatus, int]
    by_source: dict[Source, int]
    by_provider: list[CountOut]
    by_service: list[CountOut]
    no_show: ShareOut
    cancellation: ShareOut
    left: ShareOut
    expected: Money | None
    paid: Money | None


class ArrivalsQuery(In):
    clinic: Id
    within_minutes: int = Field(120, ge=1, le=1440)


class Arrival(Out):
    """Somebody who is expected; `minutes_until` is negative for who is `overdue`."""

    appointment: Numbered
    start: str
    minutes_until: int
    overdue: bool
    queue_number: int | None
    patient: Named
    provider: Named | None
    service: Named


class Arrivals(Out):
    items: list[Arrival]


@reads(router, "appointments/statistics", needs=VIEW)
def get_appointment_statistics(request: HttpRequest, asked: Query[StatisticsQuery]) -> StatisticsOut:
    """How many appointments there are on some days, what became of them, and what they bring in."""
    actor = actor_of(request)
    clinic = clinic_for(actor, VIEW, asked.clinic)
    check_range(asked.first, asked.last)
    found, finance = statistics(_between(clinic, asked.first, asked.last)), actor.may(FINANCE, clinic.pk)
    return StatisticsOut(
        total=found.total,
        by_status={one: found.by["status"][one] for one in Status},
        by_visit_status={one: found.by["visit__status"][one] for one in VisitStatus},
        by_source={one: found.by["source"][one] for one in Source},
        by_provider=_most_first(found.by["provider"]),
        by_service=_most_first(found.by["service"]),
        no_show=_share(found.no_show),
        cancellation=_share(found.cancellation),
        left=_share(found.left),
        expected=Money.of(found.expected[clinic.currency], clinic.currency) if finance else None,
        paid=Money.of(found.paid[clinic.currency], clinic.currency) if finance else None,
    )


@reads(router, "appointments/arrivals", needs=VIEW, shows="patients")
def list_arrivals(request: HttpRequest, asked: Query[ArrivalsQuery]) -> Arrivals:
    """Who is expected today, until so many minutes from now, and hasn't come yet; the earliest, and the overdue,
    first.
    """
    actor, now = actor_of(request), now_of(request)
    clinic = clinic_for(actor, VIEW, asked.clinic)
    watched(request, "arrivals", clinic=clinic.pk)
    until, (today, _) = minute(now) + asked.within_minutes, local(clinic.timezone, minute(now))
    named, zone = actor.may(NAMES, clinic.pk), clinic.timezone
    until = min(until, day_start(zone, today + timedelta(days=1)) - 1)
    rows = expected(clinic.pk, day_start(zone, today), until)
    return Arrivals(items=[_arrival(row, clinic, now=now, named=named) for row in rows])


def _between(clinic: Clinic, first: date, last: date) -> Any:
    zone = clinic.timezone
    return Appointment.objects.filter(clinic=clinic, start__gte=day_start(zone, first), start__lt=day_start(zone, last))


def _most_first(counts: Counter[Any]) -> list[CountOut]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
    return [CountOut(id=name, count=count) for name, count in ordered]


def _share(share: Share) -> ShareOut:
    return ShareOut(count=share.count, of=share.of, rate=share.rate)


def _arrival(row: Appointment, clinic: Clinic, *, now: datetime, named: bool) -> Arrival:
    left = row.start - minute(now)
    return Arrival(
        appointment=Numbered(id=row.pk, number=row.number, version=row.version),
        start=rfc3339(clinic.timezone, row.start),
        minutes_until=left,
        overdue=left < 0,
        queue_number=row.visit.queue_number,
        patient=Named(id=row.patient_id, name=row.patient.full_name if named else None),
        provider=Named(id=row.provider.pk, name=str(row.provider)) if row.provider else None,
        service=Named(id=row.service_id, name=row.service.name),
    )
