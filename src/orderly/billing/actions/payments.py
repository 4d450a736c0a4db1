"""What one booking owes: opened, recomputed, voided and revived. What a credit pays goes by the rules of `credits`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from orderly.billing.actions.credits import draw_again, give_back
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
    """Another total or another provider's share, as long as nothing is paid; afterwards the snapshot stands. What was
    paid in advance has its price, but it is whoever gives it that has the share.
    """
    if not _open(payment):
        return
    payment.total = payment.total if payment.credit_id else total
    payment.provider_share, payment.clinic_share = split(payment.total, share_percent)
    _save(payment, "total", "provider_share", "clinic_share")


def price_of(payment: Payment) -> list[int | None]:
    """Total and shares, for `price_again`."""
    return [payment.total, payment.provider_share, payment.clinic_share]


def price_again(payment: Payment, price: Sequence[int | None]) -> None:
    """The total and shares that were agreed before, as long as nothing is paid, or for the same credit."""
    if not _open(payment) or list(price) == price_of(payment) or (payment.credit_id and price[0] != payment.total):
        return
    payment.total, payment.provider_share, payment.clinic_share = price[0] or 0, price[1], price[2]
    _save(payment, "total", "provider_share", "clinic_share")


def void_unpaid(payment: Payment) -> None:
    """Nothing is owed any more for what was called off before anything was paid; a credit is free again."""
    if payment.credit_id:
        give_back(payment)
    elif not payment.paid and payment.status == PaymentStatus.PENDING:
        payment.status = PaymentStatus.VOID
        _save(payment, "status")


def revive(payment: Payment, *, patient: UUID, share_percent: int | None) -> None:
    """What was voided is owed again, or drawn from a credit again: Conflict `package_unusable` where none is left, or
    where its sale was called off meanwhile, even if the visit had used it. A `share_percent` is the provider's, None as
    long as there is none.
    """
    if payment.credit_id:
        draw_again(payment, patient=patient, share_percent=share_percent)
    elif payment.status == PaymentStatus.VOID:
        payment.status = PaymentStatus.PENDING
        _save(payment, "status")


def late_fee(kind: str, amount: int, total: int) -> int:
    """What a clinic's rule asks for, in minor units: a fixed `amount`, or `amount` percent of the total (half-even)."""
    return {"fixed": amount, "percent": percent_of(total, amount)}.get(kind, 0)


def _open(payment: Payment) -> bool:
    """Whether it can still be reckoned anew."""
    if payment.credit_id:
        return payment.status == PaymentStatus.PAID
    return not payment.paid and payment.status == PaymentStatus.PENDING


def _save(payment: Payment, *fields: str) -> None:
    payment.version += 1
    payment.save(update_fields=[*fields, "version"])
