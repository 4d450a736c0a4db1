"""Small writes that several verbs share."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from orderly.appointments.choices import CLOSED, MOVES, QUEUE_MOVES, Status, VisitStatus
from orderly.appointments.models import Appointment, AppointmentQuerySet, Visit
from orderly.core.database import fetch, uuid_param
from orderly.core.edits import faults, refuse
from orderly.core.errors import Conflict, NotFound, Stale
from orderly.engine.problems import Code, Problem
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.journal.facts import Fact

TIMES = ("arrived_at", "called_at", "started_at", "done_at")

NEXT_NUMBER = (
    "INSERT INTO appointments_queuecounter (clinic_id, day, last) VALUES (%s, %s, 1) "
    "ON CONFLICT (clinic_id, day) DO UPDATE SET last = appointments_queuecounter.last + 1 RETURNING last"
)


def locked(appointment: UUID, permission: str, *, actor: Actor, version: int | None) -> Appointment:
    """The appointment, locked until the transaction ends; verbs lock it before any resource.

    Errors: NotFound if it isn't the actor's to see, Forbidden without `permission`, Stale where somebody changed it
    since `version`.
    """
    found = locked_of(Appointment.objects.visible_to(actor), appointment)
    actor.require(permission, found.clinic_id)
    if version is not None and version != found.version:
        raise Stale
    return found


def locked_of(rows: AppointmentQuerySet, appointment: UUID) -> Appointment:
    """One of these rows, locked, whoever asks. NotFound where it isn't among them."""
    row = rows.filter(pk=appointment)
    # Locked first, then read: what is joined to a locked row is as old as the wait for the lock was long.
    if not row.select_for_update(no_key=True).values_list("pk"):
        raise NotFound
    return row.whole().get()


def check_words(**words: str) -> None:
    """Raises Invalid with every field of an appointment that can't hold these words."""
    refuse(faults(Appointment(**words), words))


def check_move(appointment: Appointment, to: Status, *, reopening: bool = False) -> None:
    """Raises Conflict unless the table allows the move; out of a closed state only by reopening."""
    if to not in MOVES[Status(appointment.status)] or (appointment.status in CLOSED and not reopening):
        raise Conflict(bad_transition(appointment, to))


def check_queue_move(appointment: Appointment, to: VisitStatus) -> None:
    """Raises Conflict unless the patient has arrived and the queue may do this with their visit."""
    if appointment.status != Status.ARRIVED:
        raise Conflict(bad_transition(appointment, to))
    status = VisitStatus(appointment.visit.status)
    if to not in QUEUE_MOVES.get(status, frozenset()):
        params = (("from", str(status)), ("to", str(to)))
        raise Conflict(Problem(Code.BAD_TRANSITION, "status", params=params))


def visit_fact(fact: type[Fact], appointment: Appointment, old: str, more: Mapping[str, Any] | None = None) -> Fact:
    """What happened to an appointment's visit in the queue, which was `old` before; `more` are other ids."""
    visit = appointment.visit
    return fact(
        subject=appointment.pk,
        clinic=appointment.clinic_id,
        ids={**ids_of(appointment), "visit": str(visit.pk), **(more or {})},
        changes={"visit": (old, str(visit.status))},
    )


def bad_transition(appointment: Appointment, to: str) -> Problem:
    """The refusal of a move that the table doesn't allow."""
    return Problem(Code.BAD_TRANSITION, "status", params=(("from", str(appointment.status)), ("to", str(to))))


def not_undoable(reason: str) -> Problem:
    """The refusal of taking something back."""
    return Problem(Code.NOT_UNDOABLE, params=(("reason", reason),))


def save(appointment: Appointment, **fields: Any) -> None:
    """Write these fields and the next version."""
    for name, value in fields.items():
        setattr(appointment, name, value)
    appointment.version += 1
    appointment.save(update_fields=[*fields, "version"])


def save_visit(visit: Visit, **fields: Any) -> None:
    """Write these fields of the visit."""
    for name, value in fields.items():
        setattr(visit, name, value)
    visit.save(update_fields=[*fields])


def before(**kept: Any) -> Mapping[str, Any]:
    """For a fact: what it overwrites without its history saying so. Nothing where that is nothing."""
    return {"before": kept} if kept else {}


def told(tell: bool | None) -> Mapping[str, Any]:
    """For a fact: whether the patient is to be told, where that was asked."""
    return {} if tell is None else {"tell": tell}


def alone(tell: bool | None) -> bool | None:
    """Whether the patient is told of a single visit: what is told of all of them isn't told of each."""
    return None if tell is None else False


def old_times(visit: Visit, after: Mapping[str, Any]) -> dict[str, str | None]:
    """Those times of the visit that change with this, as they were."""
    times = {name: getattr(visit, name) for name in TIMES if name in after}
    return {name: at and at.isoformat() for name, at in times.items() if after[name] != at}


def in_queue(visit: Visit) -> list[Any]:
    """Its day and its number there, as a fact keeps them."""
    return [visit.day.isoformat(), visit.queue_number]


def clinic_day(appointment: Appointment, start: int) -> date:
    """The clinic's local day of a start."""
    return local(appointment.clinic.timezone, start)[0]


def next_queue_number(clinic: UUID, day: date) -> int:
    """The clinic's next number for that day, never given twice. Everybody waits for this row: ask last before
    commit.
    """
    return int(fetch(NEXT_NUMBER, [uuid_param(clinic), day.isoformat()])[0][0])


def ids_of(appointment: Appointment) -> Mapping[str, Any]:
    """What a fact about an appointment names."""
    return {
        "patient": str(appointment.patient_id),
        "provider": str(appointment.provider_id) if appointment.provider_id else None,
        **_proposed(appointment),
        "service": str(appointment.service_id),
    }


def _proposed(appointment: Appointment) -> Mapping[str, Any]:
    proposed = appointment.proposed_provider_id
    return {"proposed_provider": str(proposed)} if proposed else {}
