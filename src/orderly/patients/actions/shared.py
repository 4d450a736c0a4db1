"""What the verbs have in common."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.edits import refuse
from orderly.core.errors import NotFound
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Patient
from orderly.patients.offers import KEPT, demanded, off_list
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


def accepted(
    given: Mapping[str, Any], place: Clinic, now: datetime, *, found: Patient | None = None, whole: bool = False
) -> dict[str, Any]:
    """What was said of somebody as a record holds it, by the rules and lists that there are: of the record `found`, or
    of a new one. Raises Invalid with all that is wrong.
    """
    kept = {name: getattr(found, name) for name in KEPT} if found else {}
    values = checked(
        given,
        country=place.country,
        today=today_in(place, now),
        gender=found.gender if found else "",
        whole=whole,
        required=demanded(place.patient_requires, given.get("region", kept.get("region", "")) or ""),
    )
    refuse(off_list(values, kept))
    return values


def described(details: PatientDetails, clinic: UUID, now: datetime) -> dict[str, Any]:
    """What was said of somebody, checked as the clinic reads it. Errors: NotFound "clinic", Invalid."""
    place = clinic_named(clinic)
    return checked(details.given(), country=place.country, today=today_in(place, now))


def lock_patients(*patients: UUID | None) -> None:
    """Lock these records until the transaction ends: sorted, and before anything is read of them, so that none of them
    is merged into another between what is checked and what is written. Who isn't there isn't locked.
    """
    wanted = sorted(one for one in patients if one is not None)
    rows = Patient.objects.filter(pk__in=wanted).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def resolved(values: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """With whom the values name, who is locked, as far as the actor may see them. Errors: NotFound "guardian"."""
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
