"""Taking back what one has just done with a whole series."""

from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.together import undo_all
from orderly.appointments.actions.write import not_undoable, told
from orderly.appointments.queries.undoable import untold
from orderly.core.database import writing
from orderly.core.errors import Conflict
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.series.actions.change import MODIFY, locked
from orderly.series.facts import SeriesUndone
from orderly.series.models import Series
from orderly.series.queries.undoable import TOLD, against, last_done, of_chain


def undo_series(
    appointment: UUID, *, actor: Actor, now: datetime, version: int | None = None, deed: int | None = None
) -> Series:
    """Take back that one has booked the series of this visit, or called off the rest of it: within three minutes, as
    long as nobody has changed any of those visits since, and all of them or none. `deed` is the entry of what is to be
    taken back, where that was said: whatever was done to the series since is not.

    Errors: NotFound for what is no part of a series or isn't the actor's to see; Forbidden without
    `booking:modify_appointment`, and what the verbs ask that lead back; Stale; Conflict `not_undoable` with its reason;
    CannotBookAll with every reason why a time can't be had any more, by its place among those visits.
    """
    with writing():
        series = locked(appointment, MODIFY, actor=actor, version=version).series
        entry = last_done(series)
        reason = against(entry, actor.user, now, deed=deed)
        if entry is None or reason:
            raise Conflict(not_undoable(reason))
        visits = entry.ids["appointments"]
        undo_all([UUID(one) for one in visits], actor=actor, now=now)
        tell = bool(entry.ids.get("tell")) or untold(of_chain(series), TOLD)
        ids = {"appointments": visits, "entry": entry.pk, **told(tell or None)}
        record(SeriesUndone(subject=series.pk, clinic=series.clinic_id, ids=ids), actor=actor, now=now)
        return series
