"""An appointment's way through the day: confirm, arrive, start, complete, no-show, and back."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.appointments.actions.checks import require, tick, untick
from orderly.appointments.actions.place import Leave, place
from orderly.appointments.actions.reschedule import names_of, resources_of
from orderly.appointments.actions.seat import seat
from orderly.appointments.actions.settle import settle
from orderly.appointments.actions.write import (
    bad_transition,
    before,
    check_move,
    clinic_day,
    ids_of,
    in_queue,
    locked,
    old_times,
    save,
    save_visit,
    told,
)
from orderly.appointments.choices import REOPENS, VISIT_OF, WAY_TO_COMPLETED, Status, VisitStatus
from orderly.appointments.facts import AppointmentCompleted, AppointmentReopened, AppointmentStatusChanged
from orderly.appointments.inputs import Wish
from orderly.appointments.models import Appointment, Visit
from orderly.appointments.queries.scene import scene_of
from orderly.billing.actions import lock_invoice, price_of, revive, void_unpaid
from orderly.billing.models import PaymentStatus
from orderly.calendars.models import ClaimKind
from orderly.core.database import writing
from orderly.core.errors import Conflict, Forbidden
from orderly.engine.problems import Code, Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.facts import Fact
from orderly.journal.words import reason_given, reason_if_given

MODIFY = "booking:modify_appointment"


def confirm(
    appointment: UUID, *, actor: Actor, now: datetime, version: int | None = None, tell: bool | None = None
) -> Appointment:
    """A request is promised, or an arrival taken back. `tell` is whether the patient is to be told, where that was
    asked. Conflict without a provider; errors else as for `arrive`.
    """
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=version)
        requested = found.status == Status.REQUESTED
        if requested and found.provider_id is None:
            raise Conflict(Problem(Code.MISSING, "provider"))
        kept: dict[str, Any] = {"checks": untick(found)} if found.status == Status.ARRIVED else {}
        if requested:
            kept = {"price": price_of(found.payment), "queue": in_queue(found.visit)}
        _move(found, Status.CONFIRMED, actor=actor, now=now, kept=kept, named=told(tell))
        if requested:
            settle(found)
        return found


def unconfirm(appointment: UUID, *, actor: Actor, now: datetime, version: int | None = None) -> Appointment:
    """What was promised is only asked for again. Its provider and its number stay. Errors as for `arrive`."""
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=version)
        return _move(found, Status.REQUESTED, actor=actor, now=now, kept={"price": price_of(found.payment)})


def arrive(
    appointment: UUID,
    *,
    actor: Actor,
    now: datetime,
    checked: Collection[str] = (),
    version: int | None = None,
    undoing: bool = False,
) -> Appointment:
    """The patient is here (also late, after a no-show), or the treatment hasn't begun after all. `checked` was checked
    at the desk; some of it the clinic may require of whoever comes, unless that they don't is only being undone.

    Errors: NotFound, Forbidden (`booking:modify_appointment`), Stale; Conflict `bad_transition` from any other state;
    Invalid with everything that is required and wasn't checked.
    """
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=version)
        check_move(found, Status.ARRIVED)
        if found.visit.arrived_at is None and not undoing:
            require(found, checked)
        _move(found, Status.ARRIVED, actor=actor, now=now, fee=None)
        tick(found, checked, actor=actor, now=now)
        return found


def arrived(found: Appointment, *, actor: Actor, now: datetime, way: str = "") -> Appointment:
    """The patient of an appointment that the caller has locked or just written, in the same transaction, is here;
    `way` is how they said so themselves.
    """
    return _move(found, Status.ARRIVED, actor=actor, now=now, named={"way": way} if way else {})


def start(appointment: UUID, *, actor: Actor, now: datetime, version: int | None = None) -> Appointment:
    """The treatment begins. Errors as for `arrive`; a completed one needs `reopen`, with its reason."""
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=version)
        return _move(found, Status.IN_PROGRESS, actor=actor, now=now)


def complete(appointment: UUID, *, actor: Actor, now: datetime, version: int | None = None) -> Appointment:
    """The treatment is done. From confirmed on, the steps between are written too. Errors as for `arrive`."""
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=version)
        if found.status not in WAY_TO_COMPLETED[:-1]:
            raise Conflict(bad_transition(found, Status.COMPLETED))
        for step in WAY_TO_COMPLETED[WAY_TO_COMPLETED.index(Status(found.status)) + 1 :]:
            _move(found, step, actor=actor, now=now)
        return found


def no_show(
    appointment: UUID, *, actor: Actor, now: datetime, reason: str = "", version: int | None = None
) -> Appointment:
    """The patient didn't come; the clinic's no-show fee is owed, or, by its rule, the prepaid session is used. Errors
    as for `arrive`.
    """
    said = reason_if_given(reason)
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=version)
        prepaid = found.payment.credit_id is not None
        fee = None if prepaid else found.clinic.no_show_fee or None
        _move(found, Status.NO_SHOW, actor=actor, now=now, note=said, fee=fee)
        if prepaid and not found.clinic.no_show_uses_session:
            void_unpaid(found.payment)
        return found


def reopen(
    appointment: UUID,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    tell: bool | None = None,
    undoing: bool = False,
) -> Appointment:
    """Take back a completion, a no-show or a cancellation. A cancelled one must find its time free, with every check.
    Who is `undoing` what they have just done needs neither a reason nor the right to cancel, and neither the clock
    counts nor who is away.

    Errors: as for `arrive` (for a cancelled one the right is `booking:cancel_appointment`); Invalid without a reason;
    CannotBook where the time is gone.
    """
    said = reason_if_given(reason) if undoing else reason_given(reason)
    with writing():
        found = locked(appointment, MODIFY, actor=actor, version=version)
        if found.status == Status.CANCELLED:
            if not undoing and not actor.may("booking:cancel_appointment", found.clinic_id):
                raise Forbidden("booking:cancel_appointment")
            return _restore(found, said, actor=actor, now=now, tell=tell, undoing=undoing)
        back_to = REOPENS.get(Status(found.status))
        if back_to is None:
            raise Conflict(bad_transition(found, "reopened"))
        return _move(found, back_to, actor=actor, now=now, note=said, fee=None, fact=AppointmentReopened)


def _restore(
    found: Appointment, reason: str, *, actor: Actor, now: datetime, tell: bool | None, undoing: bool
) -> Appointment:
    requested = found.provider_id is None
    wish = Wish(
        clinic=found.clinic_id,
        service=found.service_id,
        start=found.start,
        provider=found.provider_id,
        patient=found.patient_id,
        minutes=found.asked_minutes if requested else found.end - found.start,
        resources=names_of(frozenset(found.asked_resources) if requested else resources_of(found)),
    )
    kept = _called_off(found)
    if found.payment.credit is not None:
        lock_invoice(found.payment.credit.invoice_id)
    stage = scene_of(wish)
    if stage.terms.places > 1:  # whoever serves the session that is there by now, for as long as it lasts
        wish = replace(wish, minutes=None, resources=frozenset())
    may_overbook = bool(found.overbook_reason) and actor.may("booking:overbook", found.clinic_id)
    placed = place(wish, stage, now=now, leave=Leave(overbook=may_overbook, any_time=undoing, any_hour=undoing))
    taken = seat(placed, ClaimKind.APPOINTMENT, actor=actor, now=now)
    share = None if requested else placed.giver.share_percent
    revive(found.payment, patient=found.patient_id, share_percent=share)
    back_to = Status(found.cancelled_from)
    cleared = {"cancel_reason": None, "cancel_note": "", "fee": None, "refund": None, "cancelled_from": ""}
    proposed = {"proposed_provider_id": placed.giver.id if requested else None}
    taken_up = {"claim": taken.claim, "session": taken.session, "end": placed.end, "uses": taken.uses}
    fields: dict[str, Any] = {**taken_up, **proposed, **cleared, "named": told(tell), "kept": kept}
    return _move(found, back_to, actor=actor, now=now, note=reason, fact=AppointmentReopened, **fields)


def _called_off(found: Appointment) -> dict[str, Any]:
    """How it was, for calling it off once more."""
    listed = found.cancel_reason
    kept = {"reason": listed and listed.code, "refund": found.refund, "visit": str(found.visit.status)}
    used = found.payment.credit_id and found.payment.status != PaymentStatus.VOID
    return {**kept, "used": True} if used else kept


def _move(
    found: Appointment,
    to: Status,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    fact: type[Fact] = AppointmentStatusChanged,
    named: Mapping[str, Any] = {},
    kept: Mapping[str, Any] = {},
    **fields: Any,
) -> Appointment:
    """One move between states: appointment, visit and journal together. `kept` is for the fact (see `before`)."""
    check_move(found, to, reopening=fact is AppointmentReopened)
    if Status(found.status) in REOPENS and found.provider is not None:
        revive(found.payment, patient=found.patient_id, share_percent=found.provider.share_percent)
    old, lost = found.status, {**kept, **_old_fee(found, fields)}
    after = {**_times(found, to, now), **_standing(found.visit, Status(old), to)}
    lost |= old_times(found.visit, after)
    save(found, status=to, **fields)
    save_visit(found.visit, **after)
    ids = {**ids_of(found), **named, **before(**lost)}
    if to is Status.COMPLETED:
        fact, ids["day"] = AppointmentCompleted, clinic_day(found, found.start).isoformat()
    changes = {"status": (old, str(to))}
    record(
        fact(subject=found.pk, clinic=found.clinic_id, ids=ids, changes=changes, note=note),
        actor=actor,
        now=now,
    )
    return found


def _old_fee(found: Appointment, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"fee": found.fee} if fields.get("fee", found.fee) != found.fee else {}


def _standing(visit: Visit, old: Status, to: Status) -> dict[str, Any]:
    """Where the visit stands in the queue. Who wasn't treated yet after all has still been called, if they were."""
    begun = WAY_TO_COMPLETED[2:]
    called_at = visit.called_at if to in begun or old in begun else None
    again = to is Status.ARRIVED and called_at is not None
    return {"status": VisitStatus.CALLED if again else VISIT_OF[to], "called_at": called_at}


def _times(found: Appointment, to: Status, now: datetime) -> dict[str, datetime | None]:
    """What the visit remembers of each step; going back forgets what hasn't happened after all."""
    visit = found.visit
    return {
        "arrived_at": (visit.arrived_at or now) if to in (Status.ARRIVED, *WAY_TO_COMPLETED[2:]) else None,
        "started_at": (visit.started_at or now) if to in WAY_TO_COMPLETED[2:] else None,
        "done_at": now if to is Status.COMPLETED else None,
    }
