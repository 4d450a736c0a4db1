"""Calling off what is to come of a series."""

from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.together import cancel_all
from orderly.appointments.actions.write import alone, told
from orderly.appointments.models import Appointment
from orderly.core.database import writing
from orderly.core.edits import wrong
from orderly.core.errors import Conflict
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.series.actions.change import locked
from orderly.series.facts import SeriesCancelled
from orderly.series.queries.chain import to_come

CANCEL = "booking:cancel_appointment"


def cancel_rest(
    appointment: UUID,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    version: int | None = None,
    tell: bool | None = None,
) -> list[Appointment]:
    """Call off this visit and all after it in its chain, also those that were moved by themselves; what has begun or
    has come stays. Each owes what the clinic's rule says. `tell` is whether the patient is told of all of them at once,
    where that was asked.

    Errors: NotFound for what is no part of a series or isn't the actor's to see; Forbidden without
    `booking:cancel_appointment`; Invalid without a reason; Conflict where nothing is to come;
    Stale where somebody changed the series since `version`.
    """
    with writing():
        occurrence = locked(appointment, CANCEL, actor=actor, version=version)
        series = occurrence.series
        ids = sorted(one.pk for one in to_come(occurrence, now=now))
        if not ids:
            raise Conflict(wrong("scope", "series_over"))
        done = cancel_all(ids, reason, actor=actor, now=now, note=note, tell=alone(tell))
        named = {"appointments": [str(one) for one in ids], **told(tell)}
        record(SeriesCancelled(subject=series.pk, clinic=series.clinic_id, ids=named), actor=actor, now=now)
        return done
