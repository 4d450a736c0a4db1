from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from orderly.clinics.models import Clinic
from orderly.core.models import Identified, Versioned


class PaymentStatus(models.TextChoices):
    PENDING = "pending"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    REFUNDED = "refunded"
    VOID = "void"


class Method(models.TextChoices):
    CASH = "cash"
    CARD = "card"
    TRANSFER = "transfer"
    INSURANCE = "insurance"
    PACKAGE = "package"


class Payment(Identified, Versioned):
    """What one booking costs and how far it is paid, in minor units; the two shares always add up to the total.

    Of what is only requested nobody has a share yet.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="payments")
    status = models.CharField(max_length=14, choices=PaymentStatus.choices, default=PaymentStatus.PENDING)
    method = models.CharField(max_length=9, choices=Method.choices, default=Method.CASH)
    currency = models.CharField(max_length=3)
    total = models.PositiveBigIntegerField()
    paid = models.PositiveBigIntegerField(default=0)
    provider_share = models.PositiveBigIntegerField(null=True)
    clinic_share = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(total=F("provider_share") + F("clinic_share"))
                | Q(provider_share__isnull=True, clinic_share__isnull=True, paid=0),
                name="payment_shares_add_up",
            ),
            models.CheckConstraint(condition=Q(paid__lte=F("total")), name="payment_not_overpaid"),
        )

    def __str__(self) -> str:
        return f"{self.total} {self.currency} {self.status}"
