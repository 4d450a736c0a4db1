"""Standing patients down, and taking them back."""

from datetime import datetime
from uuid import UUID

from orderly.appointments.queries.stranded import upcoming
from orderly.core.database import writing
from orderly.core.edits import wrong
from orderly.core.errors import Conflict, NotFound, Stale
from orderly.dossier.facts import PatientStoodDown, PatientTakenBack
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.patients.actions.shared import editable_in
from orderly.patients.models import Patient
from orderly.resources import locks


def stand_down(
    patient: UUID, *, confirm: bool = False, actor: Actor, now: datetime, version: int | None = None
) -> Patient:
    """Nobody can book the patient from now on. Whatever they are booked for stands: the caller has shown it
    (`appointments.queries.stranded.upcoming`) and says so with `confirm`. Their time is locked, so that a booking comes
    either before, and is asked about, or after, and is refused as inactive.

    Errors: NotFound, Forbidden (`patients:edit`), Stale; Conflict "booked" with how many there are, without `confirm`.
    """
    with writing():
        found, clinic = _locked(patient, actor, version)
        if not found.resource.active:
            return found
        booked = sorted(str(one.pk) for one in upcoming(found.resource_id, actor=actor, now=now))
        if booked and not confirm:
            raise Conflict(wrong("patient", "booked", count=len(booked)))
        _write(found, active=False)
        ids = {"booked": booked} if booked else {}
        changes = {"active": (True, False)}
        record(PatientStoodDown(subject=patient, clinic=clinic, changes=changes, ids=ids), actor=actor, now=now)
    return found


def take_back(patient: UUID, *, actor: Actor, now: datetime, version: int | None = None) -> Patient:
    """The patient is offered for new bookings again. Errors: NotFound, Forbidden (`patients:edit`), Stale."""
    with writing():
        found, clinic = _locked(patient, actor, version)
        if not found.resource.active:
            _write(found, active=True)
            changes = {"active": (False, True)}
            record(PatientTakenBack(subject=patient, clinic=clinic, changes=changes), actor=actor, now=now)
    return found


def _locked(patient: UUID, actor: Actor, version: int | None) -> tuple[Patient, UUID]:
    """The record, and the clinic in which it is edited: first the time, as bookings do, then the row."""
    seen = Patient.objects.visible_to(actor).filter(pk=patient)
    resource = seen.values_list("resource", flat=True).first()
    if resource is None:
        raise NotFound
    rows = locks.lock([resource])
    found = Patient.objects.select_for_update(no_key=True).get(pk=patient)
    found.resource = rows[resource]
    clinic = editable_in(found, actor)
    if version is not None and version != found.version:
        raise Stale
    return found, clinic.pk


def _write(patient: Patient, *, active: bool) -> None:
    patient.resource.active = active
    patient.resource.save(update_fields=["active"])
    patient.version += 1
    patient.save(update_fields=["version"])
