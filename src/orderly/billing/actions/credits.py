"""Prepaid visits: drawing on a credit, giving it back, drawing again. For other verbs, inside their transaction."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from orderly.billing.models import Credit, Invoice, Method, Payment, PaymentStatus
from orderly.core.errors import Conflict
from orderly.engine.money import split
from orderly.engine.problems import Code, Problem

FIELD = "package_purchase"


def unusable(reason: str, field: str = FIELD) -> Problem:
    """The refusal; `reason` is a word that the edge's wording knows."""
    return Problem(Code.PACKAGE_UNUSABLE, field, params=(("reason", reason),))


def lock_invoice(invoice: UUID) -> Invoice:
    """Whoever draws on its credits or pays for it waits; before any resource is locked, after any appointment."""
    return Invoice.objects.select_for_update(no_key=True).get(pk=invoice)


def open_prepaid(
    credit: UUID,
    *,
    patient: UUID,
    service: UUID,
    start: int,
    share_percent: int | None,
    clinic: UUID,
    currency: str,
    now: datetime,
) -> Payment:
    """The payment of a visit that a credit pays, worth the session's part of the price; nothing is due.

    Errors: Conflict `package_unusable` with its reason; `contended` where the database refuses.
    """
    found = Credit.objects.select_related("invoice").get(pk=credit)
    against = _against(found, patient=patient, service=service, start=start, currency=currency)
    if against:
        raise Conflict(unusable(against))
    payment = Payment(clinic_id=clinic, currency=currency, method=Method.PACKAGE, credit=found, created_at=now)
    _draw(payment, found, share_percent)
    return payment


def _against(credit: Credit, *, patient: UUID, service: UUID, start: int, currency: str) -> str:
    rules = {
        "patient": credit.invoice.patient_id != patient,
        "service": credit.service_id != service,
        "clinic": credit.invoice.currency != currency,
        "closed": credit.invoice.closed_at is not None,
        "expired": start >= credit.usable_until,
        "none_left": Payment.objects.live().filter(credit=credit).exists(),
    }
    return next((reason for reason, broken in rules.items() if broken), "")


def draw_again(payment: Payment, *, patient: UUID, share_percent: int | None) -> None:
    """What was given back is drawn on again: its own credit if that is still free, else the first free one of the same
    service and sale. What wasn't given back only has to be usable still.

    Errors: Conflict `package_unusable`.
    """
    own = payment.credit
    assert own is not None
    invoice = lock_invoice(own.invoice_id)
    if invoice.closed_at is not None:
        raise Conflict(unusable("closed"))
    if payment.status != PaymentStatus.VOID:
        return
    if invoice.patient_id != patient:
        raise Conflict(unusable("patient"))
    free = list(Credit.objects.free().filter(invoice=own.invoice_id, service=own.service_id).order_by("number"))
    if not free:
        raise Conflict(unusable("none_left"))
    _draw(payment, own if own in free else free[0], share_percent)


def give_back(payment: Payment) -> None:
    """The visit draws on its credit no more; which one it was stays known."""
    if payment.status == PaymentStatus.PAID:
        payment.status, payment.paid = PaymentStatus.VOID, 0
        payment.version += 1
        payment.save(update_fields=["status", "paid", "version"])


def require_usable(payment: Payment, start: int) -> None:
    """Raises Conflict `package_unusable` for a visit that its credit doesn't reach."""
    if payment.credit is not None and start >= payment.credit.usable_until:
        raise Conflict(unusable("expired", "start"))


def _draw(payment: Payment, credit: Credit, share_percent: int | None) -> None:
    """The shares of what was agreed stay, unless it is worth something else."""
    new = payment._state.adding
    if new or payment.total != credit.amount:
        shares = (None, None) if share_percent is None else split(credit.amount, share_percent)
        payment.provider_share, payment.clinic_share = shares
    payment.total = payment.paid = credit.amount
    payment.credit, payment.status = credit, PaymentStatus.PAID
    payment.version += 0 if new else 1
    try:
        payment.save(force_insert=new)
    except IntegrityError as error:
        if "credit" in str(error):
            raise Conflict(Problem(Code.CONTENDED)) from error
        raise
