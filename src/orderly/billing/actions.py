"""What a booking owes. Taking payments follows; here a payment is opened, recomputed, voided and revived."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from orderly.billing.models import Payment, PaymentStatus
from orderly.engine.money import percent_of, split


def open_payment(total: int, *, share_percent: int | None, clinic: UUID, currency: str, now: datetime) -> Payment:
    """A pending payment of `total` minor units, split between provider and clinic as of now (half-even, rest to the
    clinic); without shares as long as it isn't known whose they are.
    """
    provider_share, clinic_share = (None, None) if share_percent is None else split(total, share_percent)
    return Payment.objects.create(
        clinic_id=clinic,
        currency=currency,
        total=total,
        provider_share=provider_share,
        clinic_share=clinic_share,
        created_at=now,
    )


def reprice(payment: Payment, total: int, *, share_percent: int) -> None:
    """Another total or another provider's share, as long as nothing is paid; afterwards the snapshot stands."""
    if payment.paid or payment.status != PaymentStatus.PENDING:
        return
    payment.total = total
    payment.provider_share, payment.clinic_share = split(total, share_percent)
    _save(payment, "total", "provider_share", "clinic_share")


def price_of(payment: Payment) -> list[int | None]:
    """Total and shares, for `price_again`."""
    return [payment.total, payment.provider_share, payment.clinic_share]


def price_again(payment: Payment, price: Sequence[int | None]) -> None:
    """The total and shares that were agreed before, as long as nothing is paid."""
    if payment.paid or payment.status != PaymentStatus.PENDING or list(price) == price_of(payment):
        return
    payment.total, payment.provider_share, payment.clinic_share = price[0] or 0, price[1], price[2]
    _save(payment, "total", "provider_share", "clinic_share")


def void_unpaid(payment: Payment) -> None:
    """Nothing is owed any more for what was called off before anything was paid."""
    if not payment.paid and payment.status == PaymentStatus.PENDING:
        payment.status = PaymentStatus.VOID
        _save(payment, "status")


def revive(payment: Payment) -> None:
    """What was voided is owed again."""
    if payment.status == PaymentStatus.VOID:
        payment.status = PaymentStatus.PENDING
        _save(payment, "status")


def late_fee(kind: str, amount: int, total: int) -> int:
    """What a clinic's rule asks for, in minor units: a fixed `amount`, or `amount` percent of the total (half-even)."""
    return {"fixed": amount, "percent": percent_of(total, amount)}.get(kind, 0)


def _save(payment: Payment, *fields: str) -> None:
    payment.version += 1
    payment.save(update_fields=[*fields, "version"])
