"""A sale as a whole: the invoice with its lines and prepaid visits, money for it, its end. For other verbs, inside
their transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from orderly.billing.models import Credit, Instalment, Invoice, InvoiceLine, Method
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.database import insert_numbered
from orderly.core.edits import refuse, wrong
from orderly.engine.money import parts
from orderly.engine.walltime import local

RECEIVED = tuple(method for method in Method if method is not Method.PACKAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something sold; `amount` in minor units is for all of the `quantity`."""

    what: str
    amount: int
    quantity: int = 1


def issue(clinic: Clinic, patient: UUID, lines: Sequence[Line], *, now: datetime) -> Invoice:
    """A new invoice, of which nothing is paid."""
    invoice = Invoice(clinic=clinic, patient_id=patient, currency=clinic.currency, issued_at=now)
    insert_numbered(invoice, f"IN-{local(clinic.timezone, minute(now))[0]:%Y%m%d}")
    InvoiceLine.objects.bulk_create(
        InvoiceLine(invoice=invoice, what=line.what, quantity=line.quantity, amount=line.amount) for line in lines
    )
    return invoice


def prepay(invoice: Invoice, services: Sequence[UUID], amount: int, *, usable_until: int) -> list[Credit]:
    """One credit for each of these services, in their order; together they are worth `amount`."""
    return Credit.objects.bulk_create(
        Credit(invoice=invoice, number=nth, service_id=service, amount=part, usable_until=usable_until)
        for nth, (service, part) in enumerate(zip(services, parts(amount, len(services)), strict=True), 1)
    )


def receive(invoice: UUID, amount: int, method: str, *, by: UUID | None, now: datetime) -> Invoice:
    """An instalment of an invoice that the caller has locked: never more than is due, which is nothing once it is
    closed. The answer has the new sums. Raises Invalid.
    """
    owed = summed(invoice)
    due = 0 if owed.closed_at else owed.total - owed.paid
    _check(amount, method, due)
    Instalment.objects.create(invoice=owed, amount=amount, method=method, at=now, by=by)
    return summed(invoice)


def prolong(invoice: UUID, *, usable_until: int) -> None:
    """The credits of an invoice that the caller has locked can be used until another minute (since 1970 UTC)."""
    Credit.objects.filter(invoice=invoice).update(usable_until=usable_until)


def close(invoice: UUID, *, refund: int, method: str, by: UUID | None, now: datetime) -> Invoice:
    """Nothing more is owed on an invoice that the caller has locked, and its credits can't be used; `refund` goes back,
    at most what was paid. The answer has the new sums. Raises Invalid.
    """
    owed = summed(invoice)
    if refund:
        _check(refund, method, owed.paid)
        Instalment.objects.create(invoice=owed, amount=-refund, method=method, at=now, by=by)
    Invoice.objects.filter(pk=invoice).update(closed_at=now, version=F("version") + 1)
    return summed(invoice)


def summed(invoice: UUID) -> Invoice:
    """The invoice with its sums."""
    return Invoice.objects.summed().get(pk=invoice)


def _check(amount: int, method: str, most: int) -> None:
    if method not in RECEIVED:
        refuse([wrong("method", "unknown")])
    if amount < 1:
        refuse([wrong("amount", "greater_than", limit=0)])
    if amount > most:
        refuse([wrong("amount", "more_than_due")])
