"""What happened to an appointment or a patient, and putting back an earlier state."""

from collections.abc import Collection
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field, StrictInt

from orderly.api import appointments, patients
from orderly.api.operations import reads, writes
from orderly.api.paging import Paged, piece
from orderly.api.schemas import In, Out, Page
from orderly.api.shown import Whole, whole
from orderly.api.types import Note, moment
from orderly.appointments.actions.put_back import put_back as put_appointment_back
from orderly.edge.actors import actor_of, now_of
from orderly.edge.readlog import looked
from orderly.edge.scope import only_clinic
from orderly.edge.versions import expected_version
from orderly.engine.walltime import rfc3339
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.journal.queries import changed, history
from orderly.patients.actions import put_back as put_patient_back
from orderly.patients.models import Patient
from orderly.patients.queries import history_for
from orderly.resources.models import Asset

router = Router(tags=["history"])
AUDIT = "audit:view"
TIMES = ("start", "end")
Names = tuple[dict[int, str], frozenset[str]]
"""Chairs and rooms as they are known outside, and the guardians that may be named."""

EntryId = Annotated[StrictInt, Field(ge=1, le=2**63 - 1)]


class Change(Out):
    """Both null: what it held has been erased."""

    field: str
    old: Any
    new: Any


class Happened(Out):
    """One entry of a history. `by` is null where nobody in person did it, or somebody of a clinic that isn't one's own;
    `address` is there for those who may see the audit log.
    """

    entry: int
    at: str
    action: str
    by: UUID | None
    address: str
    changes: list[Change]
    note: str


class PutBackIn(In):
    entry: EntryId = Field(description="of the history: what held before it is put back")


class AppointmentPutBackIn(PutBackIn):
    reason: Note = Field("", description="owed where a completed or cancelled appointment is reopened by it")


@reads(router, f"{appointments.ONE}/history", needs=appointments.VIEW, shows="appointments")
def list_appointment_history(request: HttpRequest, appointment: UUID, paged: Query[Paged]) -> Page[Happened]:
    """What happened to an appointment, oldest first: who changed what, when, from where and why."""
    actor = actor_of(request)
    found = appointments.seen(actor, appointment)
    actor.require(appointments.VIEW, found.clinic_id)
    looked(request, "appointment_history", found.pk, clinic=found.clinic_id)
    entries, rest = piece(history(appointment), ("id",), paged, name="history")
    return Page[Happened](items=_told(entries, actor, found.clinic.timezone), next=rest)


@writes(router, "POST", f"{appointments.ONE}/put-back", needs=appointments.MODIFY, versioned=True)
def put_back_appointment(request: HttpRequest, appointment: UUID, body: AppointmentPutBackIn) -> Whole:
    """Put back the time, provider, chairs, state and words from before an entry of the history, all or nothing."""
    actor, version = actor_of(request), expected_version(request)
    back = put_appointment_back(
        appointment, body.entry, reason=body.reason, actor=actor, now=now_of(request), version=version
    )
    return whole(back)


@reads(router, "patients/{uuid:patient}/history", needs=patients.VIEW, shows="patients")
def list_patient_history(request: HttpRequest, patient: UUID, paged: Query[Paged]) -> Page[Happened]:
    """What happened to a patient's record, oldest first. Of other clinics only what they changed in it."""
    actor = actor_of(request)
    found = patients.seen(actor, patient)
    looked(request, "patient_history", found.pk, clinic=only_clinic(found, actor))
    entries, rest = piece(history_for(actor, patient), ("id",), paged, name="history")
    return Page[Happened](items=_told(entries, actor, "UTC"), next=rest)


@writes(router, "POST", "patients/{uuid:patient}/put-back", needs=patients.EDIT, versioned=True)
def put_back_patient(request: HttpRequest, patient: UUID, body: PutBackIn) -> patients.PatientOut:
    """Put back what the record's fields held before an entry of its history, of those changed with it or since."""
    actor, version = actor_of(request), expected_version(request)
    back = put_patient_back(patient, body.entry, actor=actor, now=now_of(request), version=version)
    return patients.shown(back, actor)


def _told(entries: Collection[Entry], actor: Actor, zone: str) -> list[Happened]:
    names = _assets(entries), _guardians(entries, actor)
    return [_happened(entry, actor, zone, names) for entry in entries]


def _assets(entries: Collection[Entry]) -> dict[int, str]:
    """The ids by which chairs and rooms that were changed are known outside."""
    ids = {one for entry in entries for both in [entry.changes.get("resources", ())] for side in both for one in side}
    return {
        resource: str(pk) for resource, pk in Asset.objects.filter(resource__in=ids).values_list("resource_id", "pk")
    }


def _guardians(entries: Collection[Entry], actor: Actor) -> frozenset[str]:
    """Those of the guardians named whom the actor may see."""
    ids = {one for entry in entries for one in changed(entry).get("guardian", ()) if one}
    found = Patient.objects.viewable_by(actor).filter(pk__in=ids).values_list("pk", flat=True) if ids else ()
    return frozenset(str(pk) for pk in found)


def _happened(entry: Entry, actor: Actor, zone: str, names: Names) -> Happened:
    ours = entry.clinic is None or actor.belongs_to(entry.clinic)
    audits = entry.clinic is not None and actor.may(AUDIT, entry.clinic)
    return Happened(
        entry=entry.pk,
        at=str(moment(zone, entry.at)),
        action=entry.fact,
        by=entry.user if ours else None,
        address=entry.address if audits else "",
        changes=[
            Change(field=name, old=_value(name, old, zone, names), new=_value(name, new, zone, names))
            for name, (old, new) in sorted(changed(entry).items())  # PostgreSQL keeps no order
        ],
        note=entry.note,
    )


def _value(name: str, value: Any, zone: str, names: Names) -> Any:
    assets, guardians = names
    if name == "guardian":
        return value if value in guardians else None
    if name in TIMES and value is not None:
        return rfc3339(zone, value)
    if name == "resources":
        return [assets[one] for one in value or () if one in assets]
    return value
