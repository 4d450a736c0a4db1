"""What the verbs have in common."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import NotFound
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Patient
from orderly.patients.rules import checked


def clinic_named(clinic: UUID) -> Clinic:
    """The clinic a verb is about. Errors: NotFound "clinic"."""
    place = Clinic.objects.filter(pk=clinic).first()
    if place is None:
        raise NotFound("clinic")
    return place


def today_in(clinic: Clinic, now: datetime) -> date:
    """The clinic's day."""
    return local(clinic.timezone, minute(now))[0]


def described(details: PatientDetails, clinic: UUID, now: datetime) -> dict[str, Any]:
    """What was said of somebody, checked as the clinic reads it. Errors: NotFound "clinic", Invalid."""
    place = clinic_named(clinic)
    return checked(details.given(), country=place.country, today=today_in(place, now))


def resolved(values: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """With whom the values name, as far as the actor may see them. Errors: NotFound "guardian"."""
    guardian = values.pop("guardian", None)
    if guardian is not None:
        if not Patient.objects.viewable_by(actor).filter(pk=guardian).exists():
            raise NotFound("guardian")
        values["guardian_id"] = guardian
    return values


def editable_in(patient: Patient, actor: Actor) -> Clinic:
    """A clinic of the patient's where the actor may edit patients; Forbidden names the right if there is none."""
    clinics = list(Clinic.objects.visible_to(actor).filter(registrations__patient=patient))
    for clinic in clinics:
        if actor.may("patients:edit", clinic.pk):
            return clinic
    actor.require("patients:edit", clinics[0].pk)
    return clinics[0]
