"""Whether a patient is told of a change: what was answered when that was asked afterwards, and that they were."""

from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.write import ids_of, locked, told
from orderly.appointments.facts import PatientTold, TellingChosen
from orderly.appointments.models import Appointment
from orderly.appointments.queries.undoable import last_change
from orderly.core.database import writing
from orderly.core.errors import Conflict
from orderly.engine.problems import Code, Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor

EMAIL = "email"
MODIFY = "booking:modify_appointment"


def choose_telling(
    appointment: UUID, tell: bool, *, actor: Actor, now: datetime, version: int | None = None
) -> Appointment:
    """Say whether the patient is told of one's own last change, which was made without saying so: once, within three
    minutes of it and as long as nobody has changed anything since. The appointment stays as it is.

    Errors: NotFound, Forbidden (`booking:modify_appointment`), Stale; Conflict `not_tellable` with its reason.
    """
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=version)
        change = last_change(found.pk)
        against = change.untellable(actor.user, now)
        if change.news is None or against:
            raise Conflict(Problem(Code.NOT_TELLABLE, params=(("reason", against),)))
        ids = {**ids_of(found), "entry": change.news.pk, **told(tell)}
        record(TellingChosen(subject=found.pk, clinic=found.clinic_id, ids=ids), actor=actor, now=now)
        return found


def note_told(found: Appointment, entry: int, kind: str, *, actor: Actor, now: datetime) -> None:
    """A message about the appointment, of this `kind`, went out because of an entry of its history. No errors."""
    ids = {**ids_of(found), "entry": entry, "channel": EMAIL, "kind": str(kind)}
    with writing():
        record(PatientTold(subject=found.pk, clinic=found.clinic_id, ids=ids), actor=actor, now=now)
