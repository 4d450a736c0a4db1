"""Appointments found by filters, and what happened to one."""

from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query
from pydantic import BeforeValidator, Field

from orderly.api.appointments import ONE, VIEW, router, seen
from orderly.api.operations import reads
from orderly.api.paging import Paged, piece
from orderly.api.ranges import check_range
from orderly.api.schemas import Out, Page
from orderly.api.shown import AppointmentOut, listed
from orderly.api.types import Day, Id, Text, moment, split
from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.core.errors import Forbidden, missing
from orderly.edge.actors import actor_of
from orderly.edge.limits import SEARCH, take
from orderly.edge.readlog import looked
from orderly.edge.scope import clinic_for
from orderly.engine.walltime import day_start, rfc3339
from orderly.journal.actor import Actor
from orderly.journal.models import Entry, Kind
from orderly.journal.queries import history
from orderly.patients.models import Patient
from orderly.resources.models import Asset

TIMES = ("start", "end")


class AppointmentsQuery(Paged):
    clinic: Id | None = Field(None, description="default: every clinic of one's own")
    first: Day | None = Field(None, alias="from", description="the clinic's day; needs the clinic")
    last: Day | None = Field(None, alias="to", description="not included; needs the clinic")
    provider: Id | None = None
    patient: Id | None = None
    status: Annotated[list[Status], BeforeValidator(split)] = []
    q: Annotated[str, Text(100)] = Field("", description="a number, or the patient's name or telephone number")


class Change(Out):
    field: str
    old: Any
    new: Any


class Happened(Out):
    """One entry of an appointment's history. `by` is null where nobody in person did it."""

    at: str
    action: str
    by: UUID | None
    address: str
    changes: list[Change]
    note: str


@reads(router, "appointments", needs=VIEW, shows="appointments")
def list_appointments(request: HttpRequest, asked: Query[AppointmentsQuery]) -> Page[AppointmentOut]:
    """Appointments, the latest start first."""
    if asked.q:
        take(SEARCH, request)
    rows = _filtered(actor_of(request), asked).select_related("clinic", "payment", "cancel_reason")
    found, rest = piece(rows.defer("clinic__logo"), ("-start", "-id"), asked, name="appointments")
    _log(request, asked, found)
    return Page[AppointmentOut](items=listed(found), next=rest)


def _log(request: HttpRequest, asked: AppointmentsQuery, found: list[Appointment]) -> None:
    looked(
        request,
        "appointments",
        among=[one.pk for one in found],
        clinic=asked.clinic,
        kind=Kind.SEARCH if asked.q else Kind.VIEW,
        first=asked.first,
        last=asked.last,
        provider=asked.provider,
        patient=asked.patient,
        status=asked.status,
    )


def _filtered(actor: Actor, asked: AppointmentsQuery) -> QuerySet[Appointment]:
    rows = _in_time(actor, asked)
    if asked.provider:
        rows = rows.filter(provider=asked.provider)
    if asked.patient:
        rows = rows.filter(patient=asked.patient)
    if asked.status:
        rows = rows.filter(status__in=asked.status)
    if asked.q:
        named = Q(patient__in=Patient.objects.viewable_by(actor).matching(asked.q))
        rows = rows.filter(named | Q(number__istartswith=asked.q))
    return rows


def _in_time(actor: Actor, asked: AppointmentsQuery) -> QuerySet[Appointment]:
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


def _everywhere(actor: Actor) -> QuerySet[Appointment]:
    if not actor.may_anywhere(VIEW):
        raise Forbidden(VIEW)
    if actor.clinics is None:
        return Appointment.objects.all()
    return Appointment.objects.filter(clinic__in=[clinic for clinic in actor.clinics if actor.may(VIEW, clinic)])


@reads(router, f"{ONE}/history", needs=VIEW, shows="appointments")
def list_appointment_history(request: HttpRequest, appointment: UUID, paged: Query[Paged]) -> Page[Happened]:
    """What happened to an appointment, oldest first: who changed what, when, from where and why."""
    actor = actor_of(request)
    found = seen(actor, appointment)
    actor.require(VIEW, found.clinic_id)
    looked(request, "appointment_history", found.pk, clinic=found.clinic_id)
    entries, rest = piece(history(appointment), ("id",), paged, name="history")
    zone = found.clinic.timezone
    assets = _assets(entries)
    return Page[Happened](items=[_happened(entry, zone, assets) for entry in entries], next=rest)


def _assets(entries: list[Entry]) -> dict[int, str]:
    """The ids by which chairs and rooms that were changed are known outside."""
    ids = {one for entry in entries for both in [entry.changes.get("resources", ())] for side in both for one in side}
    return {
        resource: str(pk) for resource, pk in Asset.objects.filter(resource__in=ids).values_list("resource_id", "pk")
    }


def _happened(entry: Entry, zone: str, assets: dict[int, str]) -> Happened:
    return Happened(
        at=str(moment(zone, entry.at)),
        action=entry.fact,
        by=entry.user,
        address=entry.address,
        changes=[
            Change(field=name, old=_value(name, old, zone, assets), new=_value(name, new, zone, assets))
            for name, (old, new) in sorted(entry.changes.items())  # PostgreSQL keeps no order
        ],
        note=entry.note,
    )


def _value(name: str, value: Any, zone: str, assets: dict[int, str]) -> Any:
    if name in TIMES and value is not None:
        return rfc3339(zone, value)
    if name == "resources":
        return [assets[one] for one in value or () if one in assets]
    return value
