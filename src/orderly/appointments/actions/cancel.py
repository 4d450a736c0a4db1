"""Calling an appointment off."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from orderly.appointments.actions.reschedule import resources_of
from orderly.appointments.actions.sessions import leave
from orderly.appointments.actions.write import (
    check_move,
    check_queue_move,
    check_words,
    ids_of,
    locked,
    save,
    save_visit,
    told,
    visit_fact,
)
from orderly.appointments.choices import Status, VisitStatus
from orderly.appointments.facts import AppointmentCancelled, VisitLeft
from orderly.appointments.models import Appointment, CancelReason
from orderly.billing.actions import late_fee, void_unpaid
from orderly.calendars.actions.claims import release
from orderly.core.clock import minute_up
from orderly.core.database import writing
from orderly.core.errors import missing
from orderly.core.text import trimmed
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.resources import locks

OTHER, MISTAKE = "other", "booked_by_mistake"


def cancel(
    appointment: UUID,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    version: int | None = None,
    tell: bool | None = None,
    free: bool = False,
) -> Appointment:
    """Call it off: the time is free at once, an unpaid payment is void, a late one owes what the clinic's rule
    says, unless it is to be `free`. `tell` is whether the patient is to be told, where that was asked.

    `reason` is a code or name from the clinic's list; other words count as the reason "other" and are kept as the
    note.
    Errors: NotFound, Forbidden (`booking:cancel_appointment`), Stale; Invalid without a reason; Conflict
    `bad_transition`.
    """
    said = trimmed(reason)
    if not said:
        raise missing("reason")
    words = " – ".join(filter(None, (said, note)))
    check_words(cancel_note=words)
    with writing():
        found = locked(appointment, "booking:cancel_appointment", actor=actor, version=version)
        check_move(found, Status.CANCELLED)
        listed = _listed(found, said)
        kept = note if listed and listed.code != OTHER else words
        named = {**ids_of(found), **told(tell)}
        fee, used = (0, False) if free else (late_fee_of(found, now=now), late_uses_session(found, now=now))
        call_off(found, VisitStatus.CANCELLED, now=now, listed=listed, note=kept, fee=fee, used=used)
        _record(found, named, listed.code if listed else OTHER, actor=actor, now=now)
        return found


def left(appointment: UUID, *, actor: Actor, now: datetime, note: str = "", version: int | None = None) -> Appointment:
    """The patient had arrived and went away without being seen: cancelled, but the visit says that they left.

    What is left of the time is free at once. No fee is owed, whatever the clinic's rule: they came.
    Errors: NotFound, Forbidden (`queue:manage`), Stale; Conflict `bad_transition` for who isn't in the queue.
    """
    check_words(cancel_note=note)
    with writing():
        found = locked(appointment, "queue:manage", actor=actor, version=version)
        check_queue_move(found, VisitStatus.LEFT)
        old, named = found.visit.status, ids_of(found)
        call_off(found, VisitStatus.LEFT, now=now, note=note, done_at=now)
        _record(found, named, "left", actor=actor, now=now)
        record(visit_fact(VisitLeft, found, old), actor=actor, now=now)
        return found


def take_back(found: Appointment, *, actor: Actor, now: datetime) -> None:
    """End a locked appointment that its booker has just made by mistake; nothing is owed for it."""
    check_move(found, Status.CANCELLED)
    named, listed = ids_of(found), _listed(found, MISTAKE)
    call_off(found, VisitStatus.CANCELLED, now=now, listed=listed)
    _record(found, named, listed.code if listed else MISTAKE, actor=actor, now=now)


def again(found: Appointment, before: Mapping[str, Any], note: str, *, actor: Actor, now: datetime) -> None:
    """Call off a locked appointment once more, as it was `before` somebody reopened it."""
    check_move(found, Status.CANCELLED)
    listed = _listed(found, before["reason"]) if before["reason"] else None
    named = ids_of(found)
    fee, used = before.get("fee", 0), before.get("used", False)
    call_off(found, VisitStatus(before["visit"]), now=now, listed=listed, note=note, fee=fee, used=used)
    save(found, refund=before["refund"])
    _record(found, named, before["reason"] or "left", actor=actor, now=now)


def call_off(
    found: Appointment,
    visit: VisitStatus,
    *,
    now: datetime,
    listed: CancelReason | None = None,
    note: str = "",
    fee: int = 0,
    used: bool = False,
    **more: datetime,
) -> None:
    """Free the time of a locked appointment and end it and its visit, whose other fields are `more`; `fee` is in minor
    units, or its prepaid session is `used`.
    """
    locks.lock(resources_of(found))
    if found.claim_id is not None:
        release([found.claim_id])
    session = found.session
    if not used:
        void_unpaid(found.payment)
    save(
        found,
        claim=None,
        session=None,
        proposed_provider=None,
        cancelled_from=found.status,
        status=Status.CANCELLED,
        cancel_reason=listed,
        cancel_note=note,
        fee=fee or None,
        refund=None if found.payment.credit_id else max(0, found.payment.paid - fee) or None,
    )
    save_visit(found.visit, status=visit, **more)
    if session is not None:
        leave(session, now=now)


def _record(found: Appointment, named: Mapping[str, Any], reason: str, *, actor: Actor, now: datetime) -> None:
    """`named` also says who was proposed, which is over now."""
    changes = {"status": (found.cancelled_from, str(Status.CANCELLED)), "reason": (None, reason)}
    fact = AppointmentCancelled(
        subject=found.pk,
        clinic=found.clinic_id,
        ids=named,
        changes=changes,
        note=found.cancel_note,
    )
    record(fact, actor=actor, now=now)


def _listed(found: Appointment, reason: str) -> CancelReason | None:
    """The clinic's own entry before the organisation's, by code or name, else the one for other reasons."""
    active = CancelReason.objects.filter(Q(clinic=found.clinic_id) | Q(clinic__isnull=True), active=True)
    mine = active.order_by(F("clinic").asc(nulls_last=True))
    return mine.filter(Q(code=reason.lower()) | Q(name__iexact=reason)).first() or mine.filter(code=OTHER).first()


def free_until(found: Appointment) -> int:
    """The last minute in which calling it off costs nothing by the clinic's rule."""
    return found.start - found.clinic.free_cancel_hours * 60


def _late(found: Appointment, now: datetime) -> bool:
    return found.status != Status.REQUESTED and minute_up(now) > free_until(found)


def late_uses_session(found: Appointment, *, now: datetime) -> bool:
    """Whether calling it off now would use its prepaid session, by the clinic's rule."""
    return bool(found.payment.credit_id) and found.clinic.late_cancel_uses_session and _late(found, now)


def late_fee_of(found: Appointment, *, now: datetime) -> int:
    """What calling it off now would cost, in minor units: nothing while it is free, then what the clinic's rule says,
    never more than the price. Nothing for what the clinic only was asked for, or has taken its promise back of; nor
    for what is prepaid, which may be used instead.
    """
    clinic = found.clinic
    if found.payment.credit_id or not _late(found, now):
        return 0
    return min(late_fee(clinic.late_fee_kind, clinic.late_fee, found.payment.total), found.payment.total)
