"""Appointments found by filters, and what happened to one."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from orderly.api.appointment_filters import AppointmentFilters, filtered, log
from orderly.api.appointments import ONE, VIEW, router, seen
from orderly.api.operations import reads
from orderly.api.paging import Paged, piece
from orderly.api.schemas import Out, Page
from orderly.api.shown import AppointmentOut, listed
from orderly.api.types import moment
from orderly.edge.actors import actor_of
from orderly.edge.readlog import looked
from orderly.engine.walltime import rfc3339
from orderly.journal.models import Entry
from orderly.journal.queries import history
from orderly.resources.models import Asset

TIMES = ("start", "end")


class AppointmentsQuery(AppointmentFilters, Paged):
    sort: Literal["-start", "start"] = Field("-start", description="the latest start first, or the earliest")


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
    """Appointments, the latest start first unless they are sorted otherwise."""
    rows = filtered(actor_of(request), asked).beside("clinic", "payment", "cancel_reason")
    order = (asked.sort, asked.sort.replace("start", "id"))
    found, rest = piece(rows, order, asked, name=f"appointments {asked.sort}")
    log(request, asked, "appointments", [one.pk for one in found])
    return Page[AppointmentOut](items=listed(found), next=rest)


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
