"""Calling a purchase off, with or without giving money back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.reschedule import resources_of
from orderly.appointments.actions.write import alone, told
from orderly.appointments.models import Appointment
from orderly.billing.actions.credits import lock_invoice, unusable
from orderly.billing.actions.invoices import close
from orderly.billing.models import PaymentStatus
from orderly.core.database import writing
from orderly.core.edits import save, wrong
from orderly.core.errors import Conflict
from orderly.engine.problems import Code, Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.words import reason_given
from orderly.packages.actions.write import ids_of, locked
from orderly.packages.choices import CLOSED, USING, PurchaseStatus
from orderly.packages.facts import PurchaseCancelled
from orderly.packages.inputs import Sum
from orderly.packages.models import Purchase
from orderly.resources import locks

REFUND = "billing:refund"


def cancel_purchase(
    purchase: UUID,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    refund: Sum | None = None,
    visits: bool = False,
    version: int | None = None,
    tell: bool | None = None,
) -> Purchase:
    """Nothing more is owed for it and nothing can be booked on it; a `refund` goes back, at most what was paid. What
    was used stays used. Booked visits stand in its way unless they are to be cancelled too (`visits`), which uses none
    of its sessions, however late it is; `tell` is whether the patient is told of these, where that was asked.

    Errors: NotFound, Forbidden (`billing:refund`, and `booking:cancel_appointment` for visits), Stale; Invalid without
    a reason or for a wrong refund; Conflict "booked" with how many visits there are, `package_unusable` for one that
    was called off before, `bad_transition` for a visit that has begun.
    """
    said = reason_given(reason)
    with writing():
        booked = _lock_visits(purchase)
        found = locked(purchase, REFUND, actor=actor, version=version)
        lock_invoice(found.invoice_id)
        if found.status in CLOSED:
            raise Conflict(unusable("closed", "purchase"))
        if _drawing(purchase) != booked:  # booked while we waited: it isn't locked, and mustn't be waited for any more
            raise Conflict(Problem(Code.CONTENDED))
        if booked and not visits:
            raise Conflict(wrong("visits", "booked", count=len(booked)))
        locks.lock(one for visit in Appointment.objects.filter(pk__in=booked) for one in resources_of(visit))
        for visit in booked:
            cancel(visit, said, actor=actor, now=now, tell=alone(tell), free=True)
        named = {**ids_of(found), "appointments": [str(one) for one in booked], **told(tell)}
        return _close(found, refund, said, named, actor=actor, now=now)


def _drawing(purchase: UUID) -> list[UUID]:
    """The visits that draw on it and haven't used their session."""
    drawing = Appointment.objects.filter(payment__credit__invoice__purchase=purchase)
    live = drawing.exclude(payment__status=PaymentStatus.VOID).exclude(status__in=USING)
    return list(live.order_by("pk").values_list("pk", flat=True))


def _lock_visits(purchase: UUID) -> list[UUID]:
    """Before the purchase and its invoice, as their own verbs do."""
    ids = _drawing(purchase)
    list(Appointment.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    return ids


def _close(
    found: Purchase, refund: Sum | None, reason: str, named: Mapping[str, Any], *, actor: Actor, now: datetime
) -> Purchase:
    back, method = (refund.amount, refund.method) if refund else (0, "")
    close(found.invoice_id, refund=back, method=method, by=actor.user, now=now)
    old, found.status = found.status, PurchaseStatus.REFUNDED if back else PurchaseStatus.CANCELLED
    save(found, ["status"])
    fact = PurchaseCancelled(
        subject=found.pk,
        clinic=found.clinic_id,
        ids=named,
        changes={"status": (old, str(found.status)), "refund": (None, back)},
        note=reason,
    )
    record(fact, actor=actor, now=now)
    return found
