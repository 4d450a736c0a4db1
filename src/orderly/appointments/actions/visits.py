"""The queue: calling those in who have arrived. Everything else a visit goes through follows its appointment."""

from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.write import (
    before,
    check_queue_move,
    locked,
    old_times,
    save,
    save_visit,
    visit_fact,
)
from orderly.appointments.choices import Status, VisitStatus
from orderly.appointments.facts import VisitCalled, VisitCallUndone
from orderly.appointments.models import Appointment
from orderly.appointments.queries.queue import in_turn
from orderly.core.database import writing
from orderly.core.errors import Conflict, NotFound
from orderly.engine.problems import Code, Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor

MANAGE = "queue:manage"


def call(appointment: UUID, *, actor: Actor, now: datetime, version: int | None = None) -> Appointment:
    """Call in somebody who has arrived and waits.

    Errors: NotFound, Forbidden (`queue:manage`), Stale; Conflict `bad_transition` for who isn't here or was called.
    """
    with writing():
        found = locked(appointment, MANAGE, actor=actor, version=version)
        check_queue_move(found, VisitStatus.CALLED)
        return _call(found, actor=actor, now=now)


def call_next(clinic: UUID, *, actor: Actor, now: datetime, provider: UUID | None = None) -> Appointment:
    """Call in whose turn it is today; with a provider, of those who wait for them.

    Of two who press at once the second waits for the first, and then calls the next one.
    Errors: NotFound, Forbidden (`queue:manage`); Conflict `nobody_waiting`.
    """
    if not actor.belongs_to(clinic):
        raise NotFound("clinic")
    actor.require(MANAGE, clinic)
    with writing():
        for appointment in in_turn(clinic, provider=provider, now=now):
            found = locked(appointment, MANAGE, actor=actor, version=None)
            if found.status == Status.ARRIVED and found.visit.status == VisitStatus.WAITING:
                return _call(found, actor=actor, now=now)
        raise Conflict(Problem(Code.NOBODY_WAITING))


def uncall(appointment: UUID, *, actor: Actor, now: datetime, version: int | None = None) -> Appointment:
    """Somebody who was called waits again, in their old place. Errors as for `call`."""
    with writing():
        found = locked(appointment, MANAGE, actor=actor, version=version)
        check_queue_move(found, VisitStatus.WAITING)
        old, lost = found.visit.status, old_times(found.visit, {"called_at": None})
        save_visit(found.visit, status=VisitStatus.WAITING, called_at=None)
        save(found)
        record(visit_fact(VisitCallUndone, found, old, before(**lost)), actor=actor, now=now)
        return found


def _call(found: Appointment, *, actor: Actor, now: datetime) -> Appointment:
    old = found.visit.status
    save_visit(found.visit, status=VisitStatus.CALLED, called_at=now)
    save(found)
    record(visit_fact(VisitCalled, found, old), actor=actor, now=now)
    return found
