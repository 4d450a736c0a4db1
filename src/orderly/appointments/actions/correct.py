"""Correcting what was noted about an appointment: its words and its source, not its time or state."""

from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.write import check_words, ids_of, locked, save
from orderly.appointments.facts import AppointmentCorrected
from orderly.appointments.inputs import Correction
from orderly.appointments.models import Appointment
from orderly.core.database import writing
from orderly.journal.actions import record
from orderly.journal.actor import Actor

MODIFY = "booking:modify_appointment"
PERSONAL = ("notes", "referral")


def correct(
    appointment: UUID, correction: Correction, *, actor: Actor, now: datetime, version: int | None = None
) -> Appointment:
    """Write what was given; the journal keeps old and new words where they can be erased. What is so already changes
    nothing.

    Errors: NotFound, Forbidden (`booking:modify_appointment`), Stale; Invalid with every wrong field.
    """
    given = correction.given()
    check_words(**given)
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=version)
        changed = {name: (getattr(found, name), to) for name, to in given.items() if getattr(found, name) != to}
        if changed:
            save(found, **{name: to for name, (_, to) in changed.items()})
            fact = AppointmentCorrected(
                subject=found.pk,
                clinic=found.clinic_id,
                ids=ids_of(found),
                words={name: pair for name, pair in changed.items() if name in PERSONAL},
                changes={name: pair for name, pair in changed.items() if name not in PERSONAL},
            )
            record(fact, actor=actor, now=now)
        return found
