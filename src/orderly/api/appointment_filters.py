"""What appointments can be filtered by, wherever there is a list of them."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from pydantic import BeforeValidator, Field

from orderly.api.appointments import VIEW
from orderly.api.ranges import check_range
from orderly.api.schemas import In
from orderly.api.types import Day, Id, Text, split
from orderly.appointments.choices import Source, Status, VisitStatus
from orderly.appointments.models import Appointment, AppointmentQuerySet
from orderly.appointments.queries.search import matching
from orderly.core.errors import Forbidden, missing
from orderly.edge.readlog import looked
from orderly.edge.scope import clinic_for
from orderly.engine.walltime import day_start
from orderly.journal.actor import Actor
from orderly.journal.models import Kind


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


class AppointmentFilters(KeptFilters):
    patient: Id | None = None
    q: Annotated[str, Text(100)] = Field("", description="a number, or the patient's name or telephone number")


def filtered(actor: Actor, asked: AppointmentFilters) -> AppointmentQuerySet:
    """The appointments asked for, as far as they are the actor's to see. Errors: NotFound, Forbidden, Invalid."""
    wanted = {
        "provider": asked.provider,
        "service": asked.service,
        "patient": asked.patient,
        "status__in": asked.status,
        "source__in": asked.source,
        "visit__status__in": asked.visit_status,
    }
    rows = _in_time(actor, asked).filter(**{name: value for name, value in wanted.items() if value})
    return matching(rows, asked.q, actor=actor) if asked.q else rows


def log(
    request: HttpRequest, asked: AppointmentFilters, what: str, among: Sequence[UUID], *, kind: Kind | None = None
) -> None:
    """Write down that these were shown, and what was asked for; but not the words."""
    given = asked.model_dump(include={*KeptFilters.model_fields, "patient"} - {"clinic"})
    usual = Kind.SEARCH if asked.q else Kind.VIEW
    looked(request, what, among=among, clinic=asked.clinic, kind=kind or usual, **given)


def _in_time(actor: Actor, asked: AppointmentFilters) -> AppointmentQuerySet:
    """Those of the clinic on its days [first, last); of all the actor's clinics where none is named."""
    if asked.first and asked.last:
        check_range(asked.first, asked.last)
    if asked.clinic is None:
        if asked.first or asked.last:
            raise missing("clinic")
        return _everywhere(actor)
    clinic = clinic_for(actor, VIEW, asked.clinic)
    rows = Appointment.objects.filter(clinic=clinic)
    if asked.first:
        rows = rows.filter(start__gte=day_start(clinic.timezone, asked.first))
    if asked.last:
        rows = rows.filter(start__lt=day_start(clinic.timezone, asked.last))
    return rows


def _everywhere(actor: Actor) -> AppointmentQuerySet:
    if not actor.may_anywhere(VIEW):
        raise Forbidden(VIEW)
    if actor.clinics is None:
        return Appointment.objects.all()
    return Appointment.objects.filter(clinic__in=[clinic for clinic in actor.clinics if actor.may(VIEW, clinic)])
