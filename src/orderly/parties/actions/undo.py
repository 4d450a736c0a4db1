"""Taking back what one has just done with a whole party."""

from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.reschedule import MODIFY
from orderly.appointments.actions.together import undo_all
from orderly.appointments.actions.write import not_undoable
from orderly.core.database import writing
from orderly.core.errors import Conflict
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.parties.actions.change import locked
from orderly.parties.facts import PartyUndone
from orderly.parties.queries.undoable import against, last_done


def undo_party(
    party: UUID, *, actor: Actor, now: datetime, version: int | None = None, deed: int | None = None
) -> None:
    """Take back that one has booked, moved or called off the party: within three minutes, as long as nobody has changed
    any of those visits since, and all of them or none. `deed` is the entry of what is to be taken back, where that was
    said.

    Errors: NotFound, Forbidden (`booking:modify_appointment`, and what the verbs ask that lead back), Stale; Conflict
    `not_undoable` with its reason; CannotBookAll with every reason why a time can't be had any more, by its place among
    those visits.
    """
    with writing():
        clinic = locked(party, MODIFY, actor, version)[0].clinic_id
        entry = last_done(party)
        reason = against(entry, actor.user, now, deed=deed)
        if entry is None or reason:
            raise Conflict(not_undoable(reason))
        visits = entry.ids["appointments"]
        undo_all([UUID(one) for one in visits], actor=actor, now=now)
        ids = {"appointments": visits, "entry": entry.pk}
        record(PartyUndone(subject=party, clinic=clinic, ids=ids), actor=actor, now=now)
