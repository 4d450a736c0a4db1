"""Who belongs to whose family."""

from datetime import datetime
from uuid import UUID

from orderly.core.database import writing
from orderly.core.errors import NotFound
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.patients.actions.shared import lock_patients
from orderly.patients.facts import FamilyChanged
from orderly.patients.models import Patient


def relate(patient: UUID, other: UUID, *, clinic: UUID, actor: Actor, now: datetime) -> None:
    """Two patients are one family from now on; nothing happens if they are already.

    Errors: NotFound for a patient whom the clinic doesn't know; NotFound "family" for another whom the actor may not
    look at, or the patient themselves; Forbidden (`patients:edit`).
    """
    _set(patient, other, True, clinic, actor, now)


def unrelate(patient: UUID, other: UUID, *, clinic: UUID, actor: Actor, now: datetime) -> None:
    """They aren't any more. Errors: as for `relate`."""
    _set(patient, other, False, clinic, actor, now)


def _set(patient: UUID, other: UUID, kin: bool, clinic: UUID, actor: Actor, now: datetime) -> None:
    actor.require("patients:edit", clinic)
    with writing():
        lock_patients(patient, other)
        found = Patient.objects.in_clinic(clinic).filter(pk=patient).first()
        if found is None:
            raise NotFound
        relative = Patient.objects.viewable_by(actor).filter(pk=other).exclude(pk=patient).first()
        if relative is None:
            raise NotFound("family")
        if found.family.filter(pk=other).exists() == kin:
            return
        (found.family.add if kin else found.family.remove)(relative)
        ids = {"added" if kin else "removed": str(other)}
        record(FamilyChanged(subject=patient, clinic=clinic, ids=ids), actor=actor, now=now)
