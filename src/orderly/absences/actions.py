"""Moving what can't take place as it is booked, all together; and taking that back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from orderly.absences.facts import AppointmentsRearranged, PatientPhoned, PhoningTakenBack, RearrangementUndone
from orderly.absences.inputs import MOST, Replacement
from orderly.absences.queries.calls import calls
from orderly.absences.queries.undoable import against, last_done
from orderly.appointments.actions.together import Moving, move_all, undo_all
from orderly.appointments.actions.write import ids_of, locked, not_undoable
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.core.database import writing
from orderly.core.errors import Conflict, NotFound, invalid, missing
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


def undo_rearrangement(clinic: UUID, deed: int, *, actor: Actor, now: datetime) -> None:
    """Take back what one has rearranged, the entry `deed`: within three minutes, as long as nobody has changed any of
    those appointments since, and all of them or none. Each is where it was, though it can't take place there.

    Errors: NotFound for what isn't a rearrangement of the clinic; Forbidden (`booking:modify_appointment`); Conflict
    `not_undoable` with its reason; CannotBookAll with every reason why a time can't be had any more, by its place among
    those appointments.
    """
    actor.require(MODIFY, clinic)
    with writing():
        entry = last_done(clinic, deed)
        if entry is None:
            raise NotFound
        visits = entry.ids["appointments"]
        list(Appointment.objects.filter(pk__in=visits).order_by("pk").select_for_update(no_key=True).values_list("pk"))
        reason = against(last_done(clinic, deed), actor.user, now)
        if reason:
            raise Conflict(not_undoable(reason))
        undo_all([UUID(one) for one in visits], actor=actor, now=now)
        ids = {"appointments": visits, "entry": deed}
        record(RearrangementUndone(subject=clinic, clinic=clinic, ids=ids), actor=actor, now=now)


def note_call(clinic: UUID, appointment: UUID, *, called: bool, actor: Actor, now: datetime) -> None:
    """The patient was called about where their appointment is now, or wasn't after all; said twice it is noted once.
    Who was called knows of it, so that moving them can't be undone any more as if nobody did.

    Errors: NotFound for whoever needn't be called; Forbidden (`booking:modify_appointment`).
    """
    actor.require(MODIFY, clinic)
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=None)
        call = next((one for one in calls(clinic, now=now) if one.appointment.pk == appointment), None)
        if call is None:
            raise NotFound
        if called != (call.done is not None):
            fact = PatientPhoned if called else PhoningTakenBack
            record(fact(subject=found.pk, clinic=clinic, ids=ids_of(found)), actor=actor, now=now)


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
