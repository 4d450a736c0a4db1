"""A clinic that sells ten massages and five exercises for 1000.00, and somebody who buys them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from orderly.appointments.models import Appointment
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.packages.actions.define import add_package
from orderly.packages.actions.draw import book_session
from orderly.packages.actions.sell import sell
from orderly.packages.inputs import PackageDetails, Sessions, Sum
from orderly.packages.models import Package, Purchase
from orderly.patients.models import Patient
from tests.factories import MONDAY, NOW, at, booking, make_actor, make_clinic, make_patient, make_provider, make_service


class Shop:
    """Open every day from 6 to 22; its provider gets 40 percent."""

    def __init__(self, *, massages: int = 10, exercises: int = 5, **clinic: Any) -> None:
        self.clinic: Clinic = make_clinic(**clinic)
        self.massage: Service = make_service(self.clinic, horizon_days=365, price=9000)
        self.exercise: Service = make_service(self.clinic, horizon_days=365)
        hours, everyday = (6 * 60, 22 * 60), 127
        self.provider = make_provider(
            self.clinic, service=self.massage, hours=hours, weekdays=everyday, share_percent=40
        )
        self.exercise.offerings.create(provider=self.provider)
        self.patient = make_patient(self.clinic)
        self.chief = make_actor("clinic_admin", self.clinic)
        self.package = self.define(((self.massage, massages), (self.exercise, exercises)))

    def define(self, contents: Sequence[tuple[Service, int]], **more: Any) -> Package:
        services = tuple(Sessions(service=service.pk, sessions=count) for service, count in contents if count)
        details = {"name": "Back and neck", "price": 100_000, "validity_days": 90, "clinic": self.clinic.pk, **more}
        return add_package(PackageDetails(services=services, **details), actor=self.chief, now=NOW)

    def sell(self, patient: Patient | None = None, *, paid: int | None = None, **more: Any) -> Purchase:
        """Paid in full, unless said otherwise."""
        package = more.pop("package", self.package)
        amount = package.price if paid is None else paid
        first = Sum(amount=amount, method="card") if amount else None
        buyer = (patient or self.patient).pk
        given = {"clinic": self.clinic.pk, "actor": self.chief, "now": NOW, "first": first, **more}
        return sell(package.pk, buyer, **given)

    def time(self, clock: str, days: int = 0) -> int:
        return at(self.clinic, MONDAY + timedelta(days=days), clock)

    def book(
        self,
        purchase: Purchase | UUID,
        start: int,
        *,
        service: Service | None = None,
        patient: Patient | None = None,
        actor: Actor | None = None,
        now: datetime = NOW,
        **more: Any,
    ) -> Appointment:
        """A massage, unless said otherwise."""
        asked = booking(
            self.clinic, service or self.massage, more.pop("provider", self.provider), patient or self.patient, start
        )
        sold = purchase if isinstance(purchase, UUID) else purchase.pk
        return book_session(asked, sold, actor=actor or self.chief, now=now)


def count(purchase: Purchase, now: datetime = NOW) -> tuple[str, int, int, int, int]:
    """Its state, and its sessions: in all, used, booked, left."""
    found = Purchase.objects.counted(now).get(pk=purchase.pk)
    return found.state, found.total, found.used, found.booked, found.left
