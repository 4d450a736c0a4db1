from __future__ import annotations

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.append_only import AppendOnly
from orderly.core.models import Identified, Row, Versioned
from orderly.journal.actor import Actor
from orderly.patients.models import Patient


class PaymentStatus(models.TextChoices):
    PENDING = "pending"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    REFUNDED = "refunded"
    VOID = "void"


class InvoiceStatus(models.TextChoices):
    """Follows from what is on an invoice; kept nowhere."""

    INVOICED = "invoiced"
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


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, actor: Actor) -> InvoiceQuerySet:
        return self if actor.clinics is None else self.filter(clinic__in=actor.clinics)

    def summed(self) -> InvoiceQuerySet:
        """With `total`, `paid` (after refunds), `refunded` in minor units and the `status` they come to."""
        lines, moved = InvoiceLine.objects.all(), Instalment.objects.all()
        sums = {"total": _sum(lines), "paid": _sum(moved), "refunded": -_sum(moved.filter(amount__lt=0))}
        standing = Case(
            When(closed_at__isnull=False, refunded__gt=0, then=Value(InvoiceStatus.REFUNDED)),
            When(closed_at__isnull=False, paid=0, then=Value(InvoiceStatus.VOID)),
            When(paid__gte=F("total"), then=Value(InvoiceStatus.PAID)),
            When(paid__gt=0, then=Value(InvoiceStatus.PARTIALLY_PAID)),
            default=Value(InvoiceStatus.INVOICED),
        )
        follows = {"status": standing}
        return self.annotate(**sums).annotate(**follows)


def _sum(rows: models.QuerySet[models.Model]) -> Coalesce:
    mine = rows.order_by().filter(invoice=OuterRef("pk")).values("invoice").annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(mine), 0, output_field=models.BigIntegerField())


class Invoice(Identified, Versioned):
    """What was sold to somebody at once. What it comes to, what is paid and how it stands follow from its lines and
    instalments (`summed`), so that they can't disagree with them. Once closed nothing more is owed or can be used.
    """

    number = models.CharField(max_length=24, unique=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="invoices")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="invoices")
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = InvoiceQuerySet.as_manager()

    # by `summed`
    total: int
    paid: int
    refunded: int
    status: str

    def __str__(self) -> str:
        return self.number


class InvoiceLine(Row):
    """Something on an invoice; `amount` is for all of the `quantity`. Written with the invoice, and never again."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    what = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField(default=1)
    amount = models.PositiveBigIntegerField()

    class Meta:
        constraints = (AppendOnly(name="invoice_line_append_only"),)

    def __str__(self) -> str:
        return f"{self.quantity} {self.what}"


class Instalment(Row):
    """Money that came in for an invoice, or (below zero) went back. A mistake is mended by another one."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="instalments")
    amount = models.BigIntegerField()
    method = models.CharField(max_length=9, choices=Method.choices)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(condition=~Q(amount=0), name="instalment_amount"),
            models.CheckConstraint(condition=~Q(method=Method.PACKAGE), name="instalment_method"),
            AppendOnly(name="instalment_append_only"),
        )

    def __str__(self) -> str:
        return f"{self.amount} {self.method}"


class CreditQuerySet(models.QuerySet["Credit"]):
    def free(self) -> CreditQuerySet:
        """Those that no visit draws on."""
        return self.filter(~Exists(Payment.objects.live().filter(credit=OuterRef("pk"))))


class Credit(Identified):
    """One prepaid visit: its number in the sale, the service, and its part of the price in minor units.

    A visit draws on it by its payment, one at a time; it must begin before `usable_until` (in whole minutes since 1970
    UTC).
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credits", db_index=False)
    number = models.PositiveSmallIntegerField()
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    amount = models.PositiveBigIntegerField()
    usable_until = models.IntegerField()

    objects = CreditQuerySet.as_manager()

    class Meta:
        ordering = ("invoice", "number")
        constraints = (models.UniqueConstraint(fields=["invoice", "number"], name="credit_once"),)

    def __str__(self) -> str:
        return f"{self.number} of {self.invoice_id}"


class PaymentQuerySet(models.QuerySet["Payment"]):
    def live(self) -> PaymentQuerySet:
        return self.exclude(status=PaymentStatus.VOID)


class Payment(Identified, Versioned):
    """What one booking costs and how far it is paid, in minor units; the two shares always add up to the total.

    Of what is only requested nobody has a share yet. A `credit` pays all of it, and is free again once this is void;
    which one it was stays known.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="payments")
    status = models.CharField(max_length=14, choices=PaymentStatus.choices, default=PaymentStatus.PENDING)
    method = models.CharField(max_length=9, choices=Method.choices, default=Method.CASH)
    currency = models.CharField(max_length=3)
    total = models.PositiveBigIntegerField()
    paid = models.PositiveBigIntegerField(default=0)
    provider_share = models.PositiveBigIntegerField(null=True)
    clinic_share = models.PositiveBigIntegerField(null=True)
    credit = models.ForeignKey(Credit, on_delete=models.PROTECT, null=True, related_name="payments")
    created_at = models.DateTimeField()

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(total=F("provider_share") + F("clinic_share"))
                | Q(provider_share__isnull=True, clinic_share__isnull=True, paid=0)
                | Q(provider_share__isnull=True, clinic_share__isnull=True, credit__isnull=False),
                name="payment_shares_add_up",
            ),
            models.CheckConstraint(condition=Q(paid__lte=F("total")), name="payment_not_overpaid"),
            models.CheckConstraint(
                condition=Q(credit__isnull=True) & ~Q(method=Method.PACKAGE)
                | Q(credit__isnull=False, method=Method.PACKAGE, status=PaymentStatus.PAID, paid=F("total"))
                | Q(credit__isnull=False, method=Method.PACKAGE, status=PaymentStatus.VOID, paid=0),
                name="payment_by_credit",
            ),
            models.UniqueConstraint(
                fields=["credit"], condition=~Q(status=PaymentStatus.VOID), name="payment_credit_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.total} {self.currency} {self.status}"
