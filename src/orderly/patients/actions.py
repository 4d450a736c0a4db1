"""Registering patients and changing their records."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.database import writing
from orderly.core.edits import Changes, put
from orderly.core.errors import NotFound, Stale
from orderly.engine.walltime import local
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.patients.facts import PatientChanged, PatientLinked, PatientRegistered
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Patient, Registration
from orderly.patients.queries import duplicates
from orderly.patients.rules import checked
from orderly.resources.models import Kind, Resource


def register(details: PatientDetails, *, clinic: UUID, actor: Actor, now: datetime) -> Patient:
    """A new record, known to `clinic`. Likely duplicates don't stop it, but the journal keeps that there were some.

    Errors: NotFound and Forbidden as everywhere (`patients:edit`); Invalid with every wrong or missing field.
    """
    actor.require("patients:edit", clinic)
    place = Clinic.objects.filter(pk=clinic).first()
    if place is None:
        raise NotFound("clinic")
    values = checked(details.given(), country=place.country, today=_today(place, now), whole=True)
    values = _resolved(values, actor)
    alike = [str(match.patient.pk) for match in duplicates(values, actor=actor)]
    with writing():
        patient = Patient.objects.create(
            resource=Resource.objects.create(kind=Kind.PATIENT),
            created_at=now,
            created_by_id=actor.user,
            updated_at=now,
            updated_by_id=actor.user,
            **values,
        )
        Registration.objects.create(patient=patient, clinic_id=clinic)
        record(
            PatientRegistered(subject=patient.pk, clinic=clinic, ids={"duplicates": alike} if alike else {}),
            actor=actor,
            now=now,
        )
    return patient


def change(
    patient: UUID, details: PatientDetails, *, actor: Actor, now: datetime, version: int | None = None
) -> Patient:
    """Write the given details. The journal says which fields changed; what they held is kept apart, erasably.

    Errors: NotFound, Forbidden, Invalid as for registering; Stale where somebody changed the record since `version`.
    """
    with writing():
        found = Patient.objects.visible_to(actor).select_for_update().filter(pk=patient).first()
        if found is None:
            raise NotFound
        place = _editable_in(found, actor)
        if version is not None and version != found.version:
            raise Stale
        values = checked(details.given(), country=place.country, today=_today(place, now), gender=found.gender)
        if values.get("guardian") == patient:
            raise NotFound("guardian")
        changed = _write(found, _resolved(values, actor), actor, now)
        if changed:
            record(PatientChanged(subject=patient, clinic=place.pk, words=_named(changed)), actor=actor, now=now)
    return found


def register_with(patient: UUID, clinic: UUID, *, actor: Actor, now: datetime) -> None:
    """Make a patient known to one more clinic, inside the caller's transaction; nothing happens if they are."""
    _, new = Registration.objects.get_or_create(patient_id=patient, clinic_id=clinic)
    if new:
        record(PatientLinked(subject=patient, clinic=clinic), actor=actor, now=now)


def _editable_in(patient: Patient, actor: Actor) -> Clinic:
    """A clinic of the patient's where the actor may edit patients; Forbidden names the right if there is none."""
    clinics = list(Clinic.objects.visible_to(actor).filter(registrations__patient=patient))
    for clinic in clinics:
        if actor.may("patients:edit", clinic.pk):
            return clinic
    actor.require("patients:edit", clinics[0].pk)
    return clinics[0]


def _resolved(values: dict[str, Any], actor: Actor) -> dict[str, Any]:
    guardian = values.pop("guardian", None)
    if guardian is not None:
        if not Patient.objects.viewable_by(actor).filter(pk=guardian).exists():
            raise NotFound("guardian")
        values["guardian_id"] = guardian
    return values


def _write(patient: Patient, values: dict[str, Any], actor: Actor, now: datetime) -> Changes:
    changed = put(patient, values)
    if changed:
        patient.version += 1
        patient.updated_at, patient.updated_by_id = now, actor.user
        patient.save(update_fields=[*changed, "version", "updated_at", "updated_by"])
    return changed


def _named(changes: Changes) -> Changes:
    """Under the names that the API knows."""
    return {"guardian" if name == "guardian_id" else name: pair for name, pair in changes.items()}


def _today(clinic: Clinic, now: datetime) -> date:
    return local(clinic.timezone, minute(now))[0]
