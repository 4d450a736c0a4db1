"""Calling an appointment off."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from orderly.appointments.actions.reschedule import resources_of
from orderly.appointments.actions.sessions import leave
from orderly.appointments.actions.write import check_move, check_words, ids_of, locked, save, save_visit
from orderly.appointments.choices import Status, VisitStatus
from orderly.appointments.facts import AppointmentCancelled
from orderly.appointments.models import Appointment, CancelReason
from orderly.billing.actions import late_fee, void_unpaid
from orderly.calendars.actions.claims import release
from orderly.core.clock import minute_up
from orderly.core.database import writing
from orderly.core.errors import missing
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.resources import locks

OTHER = "other"


def cancel(
    appointment: UUID,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    version: int | None = None,
) -> Appointment:
    """Call it off: the time is free at once, an unpaid payment is void, a late one owes what the clinic's rule
    says.

    `reason` is a code or name from the clinic's list; other words count as the reason "other" and are kept as the
    note.
    Errors: NotFound, Forbidden (`booking:cancel_appointment`), Stale; Invalid without a reason; Conflict
    `bad_transition`.
    """
    if not reason.strip():
        raise missing("reason")
    words = " – ".join(filter(None, (reason.strip(), note)))
    check_words(cancel_note=words)
    with writing():
        found = locked(appointment, "booking:cancel_appointment", actor=actor, version=version)
        check_move(found, Status.CANCELLED)
        locks.lock(resources_of(found))
        if found.claim_id is not None:
            release([found.claim_id])
        session = found.session
        listed, old = _listed(found, reason.strip()), found.status
        kept = note if listed and listed.code != OTHER else words
        _call_off(found, listed, kept, _fee(found, now))
        if session is not None:
            leave(session)
        _record(found, old, listed, actor=actor, now=now)
        return found


def _call_off(found: Appointment, listed: CancelReason | None, note: str, fee: int) -> None:
    void_unpaid(found.payment)
    save(
        found,
        claim=None,
        session=None,
        cancelled_from=found.status,
        status=Status.CANCELLED,
        cancel_reason=listed,
        cancel_note=note,
        fee=fee or None,
        refund=max(0, found.payment.paid - fee) or None,
    )
    save_visit(found.visit, status=VisitStatus.CANCELLED)


def _record(found: Appointment, old: str, listed: CancelReason | None, *, actor: Actor, now: datetime) -> None:
    changes = {"status": (old, str(Status.CANCELLED)), "reason": (None, listed.code if listed else OTHER)}
    fact = AppointmentCancelled(
        subject=found.pk,
        clinic=found.clinic_id,
        ids=ids_of(found),
        changes=changes,
        note=found.cancel_note,
    )
    record(fact, actor=actor, now=now)


def _listed(found: Appointment, reason: str) -> CancelReason | None:
    """The clinic's own entry before the organisation's, by code or name, else the one for other reasons."""
    active = CancelReason.objects.filter(Q(clinic=found.clinic_id) | Q(clinic__isnull=True), active=True)
    mine = active.order_by(F("clinic").asc(nulls_last=True))
    return mine.filter(Q(code=reason.lower()) | Q(name__iexact=reason)).first() or mine.filter(code=OTHER).first()


def _fee(found: Appointment, now: datetime) -> int:
    """Nothing until `free_cancel_hours` before the start; then by the clinic's rule, never more than the price."""
    clinic = found.clinic
    if minute_up(now) <= found.start - clinic.free_cancel_hours * 60:
        return 0
    return min(late_fee(clinic.late_fee_kind, clinic.late_fee, found.payment.total), found.payment.total)
