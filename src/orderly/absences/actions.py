"""Moving what can't take place as it is booked, all together."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from orderly.absences.facts import AppointmentsRearranged
from orderly.absences.inputs import MOST, Replacement
from orderly.appointments.actions.together import Moving, move_all
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.core.database import writing
from orderly.core.errors import NotFound, invalid, missing
from orderly.journal.actions import record
from orderly.journal.actor import Actor

MODIFY = "booking:modify_appointment"


def rearrange(
    clinic: UUID, replacements: Sequence[Replacement], *, actor: Actor, now: datetime, tell: bool | None = None
) -> list[Appointment]:
    """Move them all, in one transaction, or none. `tell` is whether the patients are to be told, where that was asked.

    Errors: NotFound, Forbidden (`booking:modify_appointment`), Stale; Invalid for none, too many or the same one twice;
    Conflict for one that can't move any more; CannotBookAll with the reasons of each whose time can't be had.
    """
    actor.require(MODIFY, clinic)
    _check(clinic, [one.appointment for one in replacements])
    moves = [_moving(one, tell) for one in replacements]
    with writing():
        moved = move_all(moves, actor=actor, now=now)
        ids = {"appointments": [str(one.pk) for one in moved]}
        record(AppointmentsRearranged(subject=clinic, clinic=clinic, ids=ids), actor=actor, now=now)
        return moved


def _check(clinic: UUID, wanted: Sequence[UUID]) -> None:
    if not wanted:
        raise missing("moves")
    if len(wanted) > MOST:
        raise invalid("moves", "too_many")
    if len(set(wanted)) < len(wanted):
        raise invalid("moves", "twice")
    if Appointment.objects.filter(clinic=clinic, pk__in=wanted).count() < len(wanted):
        raise NotFound("moves")


def _moving(one: Replacement, tell: bool | None) -> Moving:
    move = Move(start=one.start, provider=one.provider, resources=one.resources, tell=tell)
    return Moving(appointment=one.appointment, move=move, version=one.version)
