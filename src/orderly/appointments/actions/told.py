"""Noting that a patient was told something."""

from datetime import datetime

from orderly.appointments.actions.write import ids_of
from orderly.appointments.facts import PatientTold
from orderly.appointments.models import Appointment
from orderly.core.database import writing
from orderly.journal.actions import record
from orderly.journal.actor import Actor

EMAIL = "email"


def note_told(found: Appointment, entry: int, kind: str, *, actor: Actor, now: datetime) -> None:
    """A message about the appointment, of this `kind`, went out because of an entry of its history. No errors."""
    ids = {**ids_of(found), "entry": entry, "channel": EMAIL, "kind": str(kind)}
    with writing():
        record(PatientTold(subject=found.pk, clinic=found.clinic_id, ids=ids), actor=actor, now=now)
