"""BIL-2: minor units, shares rounded half to even with the rest to the clinic; they always add up to the total."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orderly.billing.actions import late_fee, open_payment, reprice, revive, void_unpaid
from orderly.billing.models import Payment, PaymentStatus
from orderly.clinics.models import Clinic, FeeKind
from orderly.core.money import LARGEST
from tests.factories import NOW, make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(db: None) -> Clinic:
    return make_clinic()


@pytest.fixture
def payment(clinic: Clinic) -> Payment:
    """Of 50.00, of which the provider gets 40 percent."""
    return open_payment(5000, share_percent=40, clinic=clinic.pk, currency="GBP", now=NOW)


def row() -> dict[str, Any]:
    return Payment.objects.values().get()


def test_a_booking_opens_a_payment(payment: Payment, clinic: Clinic) -> None:
    assert row() == {
        "id": payment.pk,
        "clinic_id": clinic.pk,
        "status": "pending",
        "method": "cash",
        "currency": "GBP",
        "total": 5000,
        "paid": 0,
        "provider_share": 2000,
        "clinic_share": 3000,
        "credit_id": None,
        "created_at": NOW,
        "version": 1,
    }


@pytest.mark.parametrize(
    ("total", "percent", "shares"),
    [
        (1, 50, (0, 1)),
        (3, 50, (2, 1)),
        (5, 50, (2, 3)),
        (7, 50, (4, 3)),
        (10, 33, (3, 7)),
        (0, 50, (0, 0)),
        (999, 0, (0, 999)),
        (999, 100, (999, 0)),
        (LARGEST, 33, (LARGEST * 33 // 100, LARGEST - LARGEST * 33 // 100)),
    ],
)
def test_half_goes_to_even_and_the_rest_to_the_clinic(
    total: int, percent: int, shares: tuple[int, int], clinic: Clinic
) -> None:
    open_payment(total, share_percent=percent, clinic=clinic.pk, currency="GBP", now=NOW)
    assert (row()["provider_share"], row()["clinic_share"]) == shares


class AnyAmounts(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, LARGEST), st.integers(0, 100), st.integers(0, LARGEST), st.integers(0, 100))
    def test_the_shares_add_up(self, total: int, percent: int, new_total: int, new_percent: int) -> None:
        payment = open_payment(total, share_percent=percent, clinic=make_clinic().pk, currency="GBP", now=NOW)
        self.check(payment, total, percent)
        reprice(payment, new_total, share_percent=new_percent)
        self.check(payment, new_total, new_percent)

    def check(self, payment: Payment, total: int, percent: int) -> None:
        kept = Payment.objects.get(pk=payment.pk)
        exact = (Decimal(total) * percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
        assert (kept.total, kept.provider_share, kept.clinic_share) == (total, exact, total - exact)


def test_a_price_can_change_while_nothing_is_paid(payment: Payment) -> None:
    before = row()
    reprice(payment, 7001, share_percent=50)
    assert row() == {**before, "total": 7001, "provider_share": 3500, "clinic_share": 3501, "version": 2}


@pytest.mark.parametrize(
    "state",
    [
        {"paid": 1, "status": PaymentStatus.PARTIALLY_PAID},
        {"paid": 5000, "status": PaymentStatus.PAID},
        {"paid": 1},
        {"status": PaymentStatus.REFUNDED},
    ],
    ids=str,
)
def test_once_something_is_paid_all_stays_as_it_is(payment: Payment, state: dict[str, Any]) -> None:
    Payment.objects.update(**state)
    payment.refresh_from_db()
    before = row()
    reprice(payment, 7000, share_percent=50)
    void_unpaid(payment)
    revive(payment, patient=uuid4(), share_percent=40)
    assert row() == before


def test_what_is_called_off_is_owed_no_more_and_can_be_owed_again(payment: Payment) -> None:
    before = row()
    void_unpaid(payment)
    assert row() == {**before, "status": "void", "version": 2}
    void_unpaid(payment)
    reprice(payment, 7000, share_percent=50)
    assert row() == {**before, "status": "void", "version": 2}
    revive(payment, patient=uuid4(), share_percent=40)
    revive(payment, patient=uuid4(), share_percent=40)
    assert row() == {**before, "status": "pending", "version": 3}


@pytest.mark.parametrize(
    ("kind", "amount", "total", "fee"),
    [
        (FeeKind.NONE, 2000, 5000, 0),
        (FeeKind.FIXED, 2000, 5000, 2000),
        (FeeKind.FIXED, 2000, 0, 2000),
        (FeeKind.PERCENT, 50, 5000, 2500),
        (FeeKind.PERCENT, 50, 5001, 2500),
        (FeeKind.PERCENT, 50, 5003, 2502),
        (FeeKind.PERCENT, 100, 4999, 4999),
        (FeeKind.PERCENT, 0, 4999, 0),
    ],
)
def test_late_fees(kind: str, amount: int, total: int, fee: int) -> None:
    assert late_fee(kind, amount, total) == fee


@pytest.mark.parametrize(
    ("fields", "guard"),
    [
        ({"provider_share": 2000, "clinic_share": 2999}, "payment_shares_add_up"),
        ({"provider_share": 2001, "clinic_share": 3000}, "payment_shares_add_up"),
        ({"total": 5001}, "payment_shares_add_up"),
        ({"paid": 5001}, "payment_not_overpaid"),
        ({"provider_share": -1, "clinic_share": 5001}, "provider_share"),
        ({"paid": -1}, "paid"),
    ],
)
def test_the_database_refuses_what_doesnt_add_up(payment: Payment, fields: dict[str, int], guard: str) -> None:
    before = row()
    with pytest.raises(IntegrityError, match=guard), transaction.atomic():
        Payment.objects.update(**fields)
    assert row() == before


def test_more_than_everything_cant_be_a_share(clinic: Clinic) -> None:
    for percent in (-1, 101):
        with pytest.raises(ValueError, match="between 0 and 100"):
            open_payment(5000, share_percent=percent, clinic=clinic.pk, currency="GBP", now=NOW)
    assert not Payment.objects.exists()
