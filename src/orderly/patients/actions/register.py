"""Registering patients."""

from datetime import datetime
from uuid import UUID

from orderly.core.database import writing
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.patients.actions.index import make_keys
from orderly.patients.actions.shared import accepted, clinic_named, lock_patients, resolved
from orderly.patients.facts import (
    PatientLinked,
    PatientRegistered,
)
from orderly.patients.inputs import PatientDetails
from orderly.patients.keys import FROM, keys_of
from orderly.patients.models import Patient, Registration
from orderly.patients.queries import duplicates
from orderly.resources.models import Kind, Resource


def register(details: PatientDetails, *, clinic: UUID, actor: Actor, now: datetime) -> Patient:
    """A new record, known to `clinic`. Likely duplicates don't stop it, but the journal keeps that there were some.

    Errors: NotFound and Forbidden as everywhere (`patients:edit`); Invalid with every wrong or missing field.
    """
    actor.require("patients:edit", clinic)
    place = clinic_named(clinic)
    accept = accepted(details.given(), place, now, whole=True)
    alike = [str(match.patient.pk) for match in duplicates(accept, actor=actor)]
    with writing():
        lock_patients(accept.get("guardian"))
        values = resolved(accept, actor)
        patient = Patient.objects.create(
            resource=Resource.objects.create(kind=Kind.PATIENT),
            created_at=now,
            created_by_id=actor.user,
            updated_at=now,
            updated_by_id=actor.user,
            **values,
        )
        make_keys(patient.resource_id, keys_of({name: getattr(patient, name) for name in FROM}))
        Registration.objects.create(patient=patient, clinic_id=clinic)
        record(
            PatientRegistered(subject=patient.pk, clinic=clinic, ids={"duplicates": alike} if alike else {}),
            actor=actor,
            now=now,
        )
    return patient


def register_with(patient: UUID, clinic: UUID, *, actor: Actor, now: datetime) -> None:
    """Make a patient known to one more clinic, inside the caller's transaction; nothing happens if they are."""
    _, new = Registration.objects.get_or_create(patient_id=patient, clinic_id=clinic)
    if new:
        record(PatientLinked(subject=patient, clinic=clinic), actor=actor, now=now)
