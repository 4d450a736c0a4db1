"""What appointments can be filtered by, wherever there is a list of them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from django.http import HttpRequest
from pydantic import BeforeValidator, Field

from orderly.api.appointments import VIEW
from orderly.api.ranges import check_range
from orderly.api.schemas import In
from orderly.api.types import Day, Id, Text, split
from orderly.appointments.choices import Source, Status, VisitStatus
from orderly.appointments.models import Appointment, AppointmentQuerySet
from orderly.appointments.queries.filters import Filters, When, days_of, narrowed
from orderly.core.clock import minute
from orderly.core.errors import Forbidden, invalid, missing
from orderly.edge.readlog import looked
from orderly.edge.scope import clinic_for
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.journal.models import Kind

BILLING: Final = "billing:view"


class KeptFilters(In):
    """Those that can be kept: nothing here names a patient."""

    clinic: Id | None = Field(None, description="default: every clinic of one's own")
    first: Day | None = Field(None, alias="from", description="the clinic's day; needs the clinic")
    last: Day | None = Field(None, alias="to", description="not included; needs the clinic")
    provider: Id | None = None
    service: Id | None = None
    status: Annotated[list[Status], BeforeValidator(split)] = []
    source: Annotated[list[Source], BeforeValidator(split)] = []
    visit_status: Annotated[list[VisitStatus], BeforeValidator(split)] = []
    when: When | None = Field(None, description="days that move along, instead of from and to; needs the clinic")
    arrived: bool = Field(False, description="only those who came, whatever became of them")
    owed: bool = Field(False, description="only those not paid in full; needs the clinic, and `billing:view` there")


class AppointmentFilters(KeptFilters):
    patient: Id | None = None
    q: Annotated[str, Text(100)] = Field("", description="a number, or the patient's name or telephone number")


def filtered(actor: Actor, asked: AppointmentFilters, *, now: datetime) -> AppointmentQuerySet:
    """The appointments asked for, as far as they are the actor's to see. Errors: NotFound, Forbidden, Invalid."""
    rows, zone, (first, last) = _in_time(actor, asked, now=now)
    names = ("provider", "service", "patient", "status", "source", "visit_status", "arrived", "owed")
    wanted: dict[str, Any] = {name: getattr(asked, name) for name in names}
    return narrowed(rows, Filters(first=first, last=last, words=asked.q, **wanted), zone=zone, actor=actor)


def log(
    request: HttpRequest, asked: AppointmentFilters, what: str, among: Sequence[UUID], *, kind: Kind | None = None
) -> None:
    """Write down that these were shown, and what was asked for; but not the words."""
    given = asked.model_dump(include={*KeptFilters.model_fields, "patient"} - {"clinic"}, exclude_defaults=True)
    usual = Kind.SEARCH if asked.q else Kind.VIEW
    looked(request, what, among=among, clinic=asked.clinic, kind=kind or usual, **given)


def _in_time(
    actor: Actor, asked: AppointmentFilters, *, now: datetime
) -> tuple[AppointmentQuerySet, str, tuple[date | None, date | None]]:
    """The clinic's appointments, its zone and the days asked for; those of all the actor's clinics where none is
    named.
    """
    if asked.first and asked.last:
        check_range(asked.first, asked.last)
    if asked.clinic is None:
        if asked.first or asked.last or asked.when or asked.owed:
            raise missing("clinic")
        return _everywhere(actor), "UTC", (None, None)
    clinic = clinic_for(actor, VIEW, asked.clinic)
    if asked.owed:
        actor.require(BILLING, clinic.pk)
    first, last = asked.first, asked.last
    if asked.when:
        if first or last:
            raise invalid("when", "with_days")
        first, last = days_of(asked.when, local(clinic.timezone, minute(now))[0], clinic.country)
    return Appointment.objects.filter(clinic=clinic), clinic.timezone, (first, last)


def _everywhere(actor: Actor) -> AppointmentQuerySet:
    if not actor.may_anywhere(VIEW):
        raise Forbidden(VIEW)
    if actor.clinics is None:
        return Appointment.objects.all()
    return Appointment.objects.filter(clinic__in=[clinic for clinic in actor.clinics if actor.may(VIEW, clinic)])
