"""Several bookings, moves or cancellations: all of them or none, in one transaction.

One after the other they would lock in the order in which they stand, and two that want each other's times could wait
for each other for ever. So everything any of them might touch is locked first, at once and sorted; what each verb then
locks for itself it has already.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import prefetch_related_objects

from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.reschedule import MODIFY, carry_out, movable, resources_of, wished
from orderly.appointments.actions.sessions import leave
from orderly.appointments.actions.undo import moves, undo
from orderly.appointments.actions.write import locked
from orderly.appointments.facts import AppointmentRescheduled
from orderly.appointments.inputs import BookingRequest, Move, Wish
from orderly.appointments.models import Appointment
from orderly.appointments.queries.scene import scene_of
from orderly.appointments.queries.slots import takes
from orderly.appointments.queries.undoable import Change, last_change
from orderly.calendars.actions.claims import release
from orderly.core.database import writing
from orderly.core.errors import CannotBookAll, Refused
from orderly.engine.problems import Problem
from orderly.journal.actor import Actor
from orderly.resources import locks


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """An appointment and where it is to go; `version` is the one it was seen in."""

    appointment: UUID
    move: Move
    version: int | None = None


def book_all(requests: Sequence[BookingRequest], *, actor: Actor, now: datetime) -> list[Appointment]:
    """Book them all, as `book` does one, and answer them in the order they were asked for. They are booked by start, so
    that of two that can't both be had the earlier is.

    Errors: NotFound and Forbidden as for `book`; CannotBookAll with the reasons of every one that can't be had.
    """
    with writing():
        locks.lock(one for request in requests for one in _reach(request))
        verbs = [partial(book, request, actor=actor, now=now) for request in requests]
        return _each(verbs, [request.start for request in requests])


def move_all(moves: Sequence[Moving], *, actor: Actor, now: datetime) -> list[Appointment]:
    """Move them all, as `reschedule` does one; none of them is in another's way, so they may change places.

    Errors: as for `book_all`, with those of `reschedule`; Stale for one that was changed since its version.
    """
    with writing():
        order = sorted(range(len(moves)), key=lambda nth: moves[nth].appointment)
        found = {nth: _movable(moves[nth], actor) for nth in order}
        locks.lock(one for nth in order for one in _touches(found[nth], moves[nth].move))
        release(one.claim_id for one in found.values() if one.claim_id is not None)
        for session in {one.session for one in found.values() if one.session is not None}:
            leave(session, now=now)  # where all of them move, its provider and room are free for the others
        verbs = [partial(_carry, found[nth], one.move, actor=actor, now=now) for nth, one in enumerate(moves)]
        return _each(verbs, [one.move.start for one in moves])


def undo_all(appointments: Collection[UUID], *, actor: Actor, now: datetime) -> list[Appointment]:
    """Take back one's last change of each, as `undo` does of one; none of them is in another's way.

    Errors: NotFound and Forbidden as for `undo`; CannotBookAll with the reasons of every one that can't be had back.
    """
    with writing():
        found = [locked(one, MODIFY, actor=actor, version=None) for one in sorted(appointments)]
        done = {one.pk: last_change(one.pk) for one in found}
        locks.lock(one for each in found for one in _touches(each, Move(start=each.start)) | _left(done[each.pk]))
        going = [one for one in found if one.claim_id and not one.session_id and moves(one, done[one.pk])]
        release(one.claim_id for one in going if one.claim_id)
        return _each([partial(undo, one.pk, actor=actor, now=now) for one in found], [one.start for one in found])


def cancel_all(
    appointments: Collection[UUID],
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    tell: bool | None = None,
) -> list[Appointment]:
    """Call them all off for one reason, as `cancel` does one. Errors: those of `cancel`."""
    with writing():
        rows = Appointment.objects.filter(pk__in=appointments).order_by("pk")
        locks.lock({one for row in rows.select_for_update(no_key=True) for one in resources_of(row)})
        return [cancel(one, reason, actor=actor, now=now, note=note, tell=tell) for one in sorted(appointments)]


def _movable(moving: Moving, actor: Actor) -> Appointment:
    found = movable(moving.appointment, moving.move, actor=actor, version=moving.version)
    prefetch_related_objects([found], "session")  # which ends when the first of those who all leave it has left
    return found


def _carry(found: Appointment, move: Move, *, actor: Actor, now: datetime) -> Appointment:
    with writing():
        carry_out(found, move, AppointmentRescheduled, actor=actor, now=now)
    return found


def _left(change: Change) -> set[int]:
    """What it had before that."""
    return {one for entry in change.entries for one in entry.changes.get("resources", ((),))[0] or ()}


def _touches(found: Appointment, move: Move) -> frozenset[int]:
    return resources_of(found) | _reach(wished(found, move))


def _reach(wish: Wish) -> frozenset[int]:
    return takes(scene_of(wish), (wish.start, wish.start + 1), minutes=wish.minutes)


def _each(verbs: Sequence[Callable[[], Appointment]], starts: Sequence[int]) -> list[Appointment]:
    """Carry them out by start, each in a savepoint of its own; all reasons are gathered before anything is refused."""
    done: dict[int, Appointment] = {}
    against: dict[int, tuple[Problem, ...]] = {}
    for nth in sorted(range(len(verbs)), key=lambda nth: starts[nth]):
        try:
            done[nth] = verbs[nth]()
        except Refused as refusal:
            against[nth] = refusal.problems
    if against:
        raise CannotBookAll(dict(sorted(against.items())))
    return [done[nth] for nth in range(len(verbs))]
