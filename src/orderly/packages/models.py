from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Case, Count, F, Max, Q, Value, When

from orderly.billing.models import Invoice, PaymentStatus
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.models import Identified, Row, Versioned
from orderly.journal.actor import Actor
from orderly.packages.choices import CLOSED, STORED, USING, PurchaseStatus
from orderly.patients.models import Patient


class PackageQuerySet(models.QuerySet["Package"]):
    def visible_to(self, actor: Actor) -> PackageQuerySet:
        """One for all clinics is everybody's to see."""
        return self if actor.clinics is None else self.filter(Q(clinic__in=actor.clinics) | Q(clinic__isnull=True))

    def of_clinic(self, clinic: Clinic) -> PackageQuerySet:
        """Its own, and those for all clinics that have its currency."""
        return self.filter(Q(clinic=clinic) | Q(clinic__isnull=True, currency=clinic.currency))


class Package(Identified, Versioned):
    """So many sessions of some services for one price (minor units), to be used within some days of the purchase.

    Without a clinic it is sold and used in all that have its currency.
    """

    name = models.CharField(max_length=200)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, null=True, blank=True, related_name="packages")
    currency = models.CharField(max_length=3)
    price = models.PositiveBigIntegerField()
    validity_days = models.PositiveSmallIntegerField()
    active = models.BooleanField(default=True)

    objects = PackageQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(condition=Q(validity_days__gte=1, validity_days__lte=3660), name="package_validity"),
        )

    def __str__(self) -> str:
        return self.name


class PackageService(Row):
    """How many sessions of a service are in it; their numbers follow the order."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="services", db_index=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    sessions = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["package", "service"], name="package_service_once"),
            models.CheckConstraint(condition=Q(sessions__gte=1), name="package_sessions"),
        )

    def __str__(self) -> str:
        return f"{self.sessions} of {self.service_id}"


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    def visible_to(self, actor: Actor) -> PurchaseQuerySet:
        """What was sold in the actor's clinics, and, of those patients at whom the actor may look, what can be used in
        all.
        """
        if actor.clinics is None:
            return self
        theirs = Patient.objects.viewable_by(actor).values("pk")
        return self.filter(Q(clinic__in=actor.clinics) | Q(everywhere=True, patient__in=theirs))

    def valid_in(self, clinic: Clinic) -> PurchaseQuerySet:
        """Those whose sessions can take place there."""
        return self.filter(Q(clinic=clinic) | Q(everywhere=True, invoice__currency=clinic.currency))

    def standing(self, states: Iterable[str]) -> PurchaseQuerySet:
        """Of those that are `counted` those in these states. What is stored leaves out most before they are counted."""
        wanted = frozenset(states)
        stored = (wanted & STORED) | (STORED - CLOSED if wanted - STORED else frozenset())
        found = {"status__in": sorted(stored), "state__in": sorted(wanted)}
        return self.filter(**found)

    def counted(self, now: datetime) -> PurchaseQuerySet:
        """With `total`, `used`, `booked` and `left` sessions, `usable_until` (in minutes), and the `state` it is in.

        A visit draws on a session by a payment that isn't void; whether it has used it is the visit's state.
        """
        using = Q(invoice__credits__payments__appointment__status__in=USING)
        drawn = Q(invoice__credits__payments__status=PaymentStatus.PAID)
        counts = {
            "total": Count("invoice__credits", distinct=True),
            "used": Count("invoice__credits__payments", filter=drawn & using, distinct=True),
            "booked": Count("invoice__credits__payments", filter=drawn & ~using, distinct=True),
            "usable_until": Max("invoice__credits__usable_until"),
        }
        state = Case(
            When(status__in=CLOSED, then=F("status")),
            When(used=F("total"), then=Value(PurchaseStatus.COMPLETED)),
            When(usable_until__lte=minute(now), then=Value(PurchaseStatus.EXPIRED)),
            default=F("status"),
        )
        follows = {"left": F("total") - F("used") - F("booked"), "state": state}
        return self.annotate(**counts).annotate(**follows)


class Purchase(Identified, Versioned):
    """A package as it was sold to a patient: its sessions are the credits of the invoice, in their order.

    `status` is only what somebody did; `counted` says how it stands. `everywhere`: it is used in all clinics of its
    currency, else only in the one that sold it. The last day on which a session can take place is `expires_on`.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="purchases")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="purchases")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="purchases")
    everywhere = models.BooleanField(default=False)
    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="purchase")
    status = models.CharField(max_length=16, choices=PurchaseStatus.choices)
    sold_on = models.DateField()
    expires_on = models.DateField()

    objects = PurchaseQuerySet.as_manager()

    # by `counted`
    total: int
    used: int
    booked: int
    left: int
    usable_until: int
    state: str

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(status__in=sorted(STORED)), name="purchase_status"),
            models.CheckConstraint(condition=Q(expires_on__gte=F("sold_on")), name="purchase_validity"),
        )

    def __str__(self) -> str:
        return f"purchase {self.pk}"

    def valid_in(self, clinic: Clinic) -> bool:
        """Whether its sessions can take place there."""
        return self.clinic_id == clinic.pk or (self.everywhere and self.invoice.currency == clinic.currency)
