"""Taking back what one has just done."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from orderly.appointments.actions import cancel, visits
from orderly.appointments.actions.checks import tick_again
from orderly.appointments.actions.put_back import FIELDS, MODIFY, PLACE, differing, put
from orderly.appointments.actions.write import TIMES, ids_of, locked, not_undoable, save, save_visit, told
from orderly.appointments.choices import Status, VisitStatus
from orderly.appointments.facts import AppointmentUndone
from orderly.appointments.models import Appointment
from orderly.appointments.queries.undoable import TOLD, Change, last_change, untold
from orderly.billing.actions import price_again
from orderly.core.database import writing
from orderly.core.errors import Conflict
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.queries import history, state_before

FIELDS_AND_WHY = (*FIELDS, "overbook_reason")


def undo(appointment: UUID, *, actor: Actor, now: datetime, version: int | None = None) -> Appointment:
    """Take back one's own last change, within three minutes and as long as nobody has changed anything since. A booking
    is called off without a fee; all else is as it was, its time with every check but those of the clock and of who is
    away: what couldn't take place there can't again.

    What is gone stays gone: the queue numbers given meanwhile, and, for who is only proposed, who it was. A price or
    anything else of the payment stays as soon as something is paid.
    Errors: NotFound, Forbidden (`booking:modify_appointment`, and what the verbs ask that lead back), Stale; Conflict
    `not_undoable` with its reason; CannotBook with every reason why the old time can't be had any more.
    """
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=version)
        change = last_change(found.pk)
        against = change.against(actor.user, now)
        if against:
            raise Conflict(not_undoable(against))
        tell = bool(change.tell) or untold(history(found.pk), TOLD)
        ids = {**ids_of(found), "entry": change.first.pk, **told(tell or None)}
        record(AppointmentUndone(subject=found.pk, clinic=found.clinic_id, ids=ids), actor=actor, now=now)
        _take_back(found, change, actor=actor, now=now)
        return locked(appointment, MODIFY, actor=actor, version=None)


def moves(found: Appointment, change: Change) -> bool:
    """Whether taking that back gives its time for another."""
    booked = any(entry.fact == "appointment_booked" for entry in change.entries)
    return not booked and not differing(found, _before(found, change)).keys().isdisjoint(PLACE)


def _take_back(found: Appointment, change: Change, *, actor: Actor, now: datetime) -> None:
    facts, kept = {entry.fact for entry in change.entries}, {**_as_it_is(found), **_kept(change)}
    if "appointment_booked" in facts:
        cancel.take_back(found, actor=actor, now=now)
        return
    if facts == {"visit_called"}:
        visits.uncall(found.pk, actor=actor, now=now)
    elif facts == {"visit_call_undone"}:
        visits.call(found.pk, actor=actor, now=now)
    else:
        _uncheck(found, change)
        before = _before(found, change)
        put(found, differing(found, before), "", actor=actor, now=now, undoing=True)
        found = locked(found.pk, MODIFY, actor=actor, version=None)
        if "reason" in kept:
            cancel.again(found, kept, _note(change), actor=actor, now=now)
    _restore(locked(found.pk, MODIFY, actor=actor, version=None), kept)


def _uncheck(found: Appointment, change: Change) -> None:
    checked = [one for entry in change.entries for one in entry.ids.get("checks", ())]
    if checked:
        found.visit.checks.filter(what__in=checked).delete()
        save(found)


def _before(found: Appointment, change: Change) -> dict[str, Any]:
    """What held before. One that was reopened is called off again from the state it had come back to."""
    since = next((entry.pk for entry in change.entries if entry.changes), None)
    if since is None:
        return {}
    before = state_before(history(found.pk), since, fields=FIELDS_AND_WHY)
    if before.get("status") == Status.CANCELLED:
        ways = [entry.changes["status"] for entry in change.entries if "status" in entry.changes]
        before["status"] = next(to for old, to in ways if old == Status.CANCELLED)
    return before


def _kept(change: Change) -> dict[str, Any]:
    """What the change overwrote without its history saying so, as it was before the first of its facts."""
    kept: dict[str, Any] = {}
    for entry in change.entries:
        kept = {**entry.ids.get("before", {}), **kept}
    return kept


def _as_it_is(found: Appointment) -> dict[str, Any]:
    """What stays: moving back would make what it had into what was asked for, reopening forget that it was called."""
    asked = {"asked_minutes": found.asked_minutes, "asked_resources": found.asked_resources}
    called = found.visit.called_at if found.status == Status.CANCELLED else None
    return {**asked, "called_at": called.isoformat()} if called else asked


def _note(change: Change) -> str:
    """What was noted when it was called off, unless it has been erased since."""
    entries = history(change.first.subject).filter(pk__lt=change.first.pk, fact="appointment_cancelled")
    last = entries.last()
    return last.note if last else ""


def _restore(found: Appointment, kept: Mapping[str, Any]) -> None:
    """What no verb brings back."""
    fields = {name: kept[name] for name in ("fee", "asked_minutes", "asked_resources") if name in kept}
    if any(getattr(found, name) != value for name, value in fields.items()):
        save(found, **fields)
    if kept.get("checks"):
        tick_again(found.visit, kept["checks"])
    if kept.get("price"):
        price_again(found.payment, kept["price"])
    times = {name: kept[name] for name in TIMES if name in kept}
    visit: dict[str, Any] = {name: at and datetime.fromisoformat(at) for name, at in times.items()}
    if kept.get("queue"):
        visit |= {"day": date.fromisoformat(kept["queue"][0]), "queue_number": kept["queue"][1]}
    if visit.get("called_at") and found.status == Status.ARRIVED:
        visit["status"] = VisitStatus.CALLED
    if visit:
        save_visit(found.visit, **visit)
