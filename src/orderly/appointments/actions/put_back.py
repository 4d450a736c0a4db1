"""Putting back an earlier state of an appointment, through the same verbs and checks as everybody's changes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from orderly.appointments.actions import progress
from orderly.appointments.actions.correct import correct
from orderly.appointments.actions.reschedule import names_of, reschedule, resources_of
from orderly.appointments.actions.write import bad_transition, ids_of, locked
from orderly.appointments.choices import MOVABLE, MOVES, WAY_TO_COMPLETED, Status
from orderly.appointments.facts import AppointmentPutBack
from orderly.appointments.inputs import Correction, Move
from orderly.appointments.models import Appointment
from orderly.core.database import writing
from orderly.core.errors import Conflict
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.queries import history, state_before


class Given(TypedDict):
    """What every verb on the way is told."""

    actor: Actor
    now: datetime
    undoing: bool


MODIFY = "booking:modify_appointment"
PLACE = ("start", "end", "provider", "resources")
SAID = ("notes", "referral", "source")
FIELDS = (*PLACE, *SAID, "status")

STEPS: dict[Status, Callable[..., Appointment]] = {
    Status.REQUESTED: progress.unconfirm,
    Status.CONFIRMED: progress.confirm,
    Status.ARRIVED: progress.arrive,
    Status.IN_PROGRESS: progress.start,
    Status.COMPLETED: progress.complete,
    Status.NO_SHOW: progress.no_show,
}


def put_back(
    appointment: UUID,
    entry: int,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> Appointment:
    """The appointment as it was before that entry of its history: its time, provider and chairs if they can still be
    had, its state by the allowed moves, its words. Who was only proposed for a request isn't: that may change at any
    time. All of it or nothing; what is so already changes nothing.

    Errors: NotFound (also "entry"), Forbidden as for rescheduling, progress and reopening; Stale; Invalid where it must
    be reopened and no `reason` was given; CannotBook with every reason why the time can't be had; Conflict where there
    is nothing before the entry, no way leads back to that state, or the words were erased.
    """
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=version)
        before = differing(found, state_before(history(appointment), entry, fields=FIELDS))
        if before:
            ids = {**ids_of(found), "entry": entry}
            fact = AppointmentPutBack(subject=found.pk, clinic=found.clinic_id, ids=ids)
            record(fact, actor=actor, now=now)
            put(found, before, reason, actor=actor, now=now)
        return locked(appointment, MODIFY, actor=actor, version=None)


def put(
    found: Appointment,
    before: Mapping[str, Any],
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    undoing: bool = False,
) -> None:
    """Bring a locked appointment to what was `before`, in the caller's transaction: the state first where it can't move
    as it is, or only a request could, else last.
    """
    given: Given = {"actor": actor, "now": now, "undoing": undoing}
    to = Status(before["status"]) if "status" in before else None
    first = found.status not in MOVABLE or to is Status.REQUESTED
    if first and to is not None:
        found = _return(found, to, reason, **given)
    if before.keys() & set(PLACE):
        found = reschedule(found.pk, _move(found, before), **given)
    if not first and to is not None:
        found = _return(found, to, reason, **given)
    said = {name: before[name] for name in SAID if name in before}
    if said:
        correct(found.pk, Correction(**said), actor=actor, now=now)


def _return(found: Appointment, to: Status, reason: str, *, actor: Actor, now: datetime, undoing: bool) -> Appointment:
    """Step by step as anybody could go it. Calling off anew is the verb's, with its reason and its fee."""
    if found.status == Status.CANCELLED:
        found = progress.reopen(found.pk, reason, actor=actor, now=now, undoing=undoing)
    way = _way(Status(found.status), to)
    if way is None:
        raise Conflict(bad_transition(found, to))
    for step in way:
        if found.status == Status.COMPLETED:
            found = progress.reopen(found.pk, reason, actor=actor, now=now, undoing=undoing)
        else:
            more = {"undoing": undoing} if step is Status.ARRIVED else {}
            found = STEPS[step](found.pk, actor=actor, now=now, **more)
    return found


def _way(here: Status, to: Status) -> list[Status] | None:
    """The shortest way from state to state over those of a visit that takes place; None if there is none."""
    ways = {here: list[Status]()}
    for status in (reached := [here]):
        for after in sorted(MOVES[status] - ways.keys()):
            if after in WAY_TO_COMPLETED or (after == to and to in (Status.NO_SHOW, Status.REQUESTED)):
                ways[after] = [*ways[status], after]
                reached.append(after)
    return ways.get(to)


def differing(found: Appointment, before: Mapping[str, Any]) -> dict[str, Any]:
    """What was different. Of what a proposal alone decides nothing counts."""
    different = {name: value for name, value in before.items() if _differs(found, name, value)}
    if found.provider_id is None and "provider" not in different:
        different.pop("resources", None)
        if found.asked_minutes is None:
            different.pop("end", None)
    return different


def _differs(found: Appointment, name: str, value: Any) -> bool:
    if name == "resources":
        return set(value) != resources_of(found)
    if name == "provider":
        return bool(value != (str(found.provider_id) if found.provider_id else None))
    return bool(getattr(found, name) != value)


def _move(found: Appointment, before: Mapping[str, Any]) -> Move:
    start, end = before.get("start", found.start), before.get("end", found.end)
    provider, why = before.get("provider", found.provider_id), before.get("overbook_reason", "")
    if provider is None:  # its chairs, and its length unless one was asked for, go with whoever is proposed
        return Move(start=start, anybody=True, minutes=end - start if found.asked_minutes else None)
    used = names_of(frozenset(before.get("resources", resources_of(found)))) - {UUID(str(provider))}
    return Move(start=start, provider=UUID(str(provider)), resources=used, minutes=end - start, overbook_reason=why)
