"""How packages sell, how many are used to the end, how long that takes, and who gives the sessions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Final
from uuid import UUID

from django.db.models import Count, F, Max, Sum

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.billing.models import Invoice, PaymentStatus
from orderly.clinics.models import Clinic
from orderly.core.errors import Forbidden, NotFound
from orderly.engine.walltime import day_start, local
from orderly.journal.actor import Actor
from orderly.packages.choices import CLOSED, USING, PurchaseStatus
from orderly.packages.models import Purchase, PurchaseQuerySet
from orderly.resources.models import Provider

ANALYTICS: Final = "booking:view_analytics"
FINANCE: Final = "reports:finance"
CALLED_OFF: Final = "called_off"
ENDED: Final = (PurchaseStatus.COMPLETED, PurchaseStatus.EXPIRED, CALLED_OFF)


@dataclass(slots=True)
class Sold:
    """What became of the purchases of a package (or of all) that were made in the period.

    `days` is how long each completed one took, from the sale to its last session. Money in minor units by currency:
    `price` of those that weren't called off, and what was `received` for all, after refunds.
    """

    package: UUID | None = None
    name: str = ""
    states: Counter[str] = field(default_factory=Counter)
    total: int = 0
    used: int = 0
    days: list[int] = field(default_factory=list)
    price: Counter[str] = field(default_factory=Counter)
    received: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.states.total()

    @property
    def running(self) -> int:
        return self.count - self.ended

    @property
    def ended(self) -> int:
        return sum(self.states[one] for one in ENDED)

    @property
    def completion(self) -> float | None:
        """Of those that have come to their end, the share whose sessions were all used."""
        return round(self.states[PurchaseStatus.COMPLETED] / self.ended, 4) if self.ended else None

    @property
    def usage(self) -> float | None:
        """Of the sessions that were sold, the share that was used so far."""
        return round(self.used / self.total, 4) if self.total else None

    @property
    def median_days(self) -> float | None:
        return float(median(self.days)) if self.days else None


@dataclass(frozen=True, slots=True)
class Giver:
    """Sessions of packages that a provider gave in the period, to how many patients, and their minutes together."""

    provider: UUID
    name: str
    sessions: int
    patients: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Report:
    """`packages` (the most sold first) and what they come to are None for whom only their own figures are; money is
    only counted for who may see it (`finance`).
    """

    packages: list[Sold] | None
    together: Sold | None
    givers: list[Giver]
    finance: bool


def report(clinic: Clinic, first: date, last: date, *, actor: Actor, now: datetime) -> Report:
    """Of purchases made, and sessions given, in the clinic on its days [first, last). Five queries at most.

    Errors: NotFound; Forbidden (`booking:view_analytics`; a doctor's covers what they gave themselves).
    """
    if not actor.belongs_to(clinic.pk):
        raise NotFound("clinic")
    if not actor.may_own(ANALYTICS, clinic.pk):
        raise Forbidden(ANALYTICS)
    finance = actor.may(FINANCE, clinic.pk)
    if not actor.may(ANALYTICS, clinic.pk):
        return Report(None, None, _givers(clinic, first, last, own=actor.person()), finance)
    packages, together = _sold(clinic, first, last, now)
    if finance:
        _add_money(clinic, first, last, packages, together)
    ordered = sorted(packages.values(), key=lambda one: (-one.count, one.name, str(one.package)))
    return Report(ordered, together, _givers(clinic, first, last), finance)


def _sold(clinic: Clinic, first: date, last: date, now: datetime) -> tuple[dict[UUID, Sold], Sold]:
    mine = _purchases(clinic, first, last)
    ends = _last_sessions(mine)
    found: dict[UUID, Sold] = {}
    together = Sold()
    for one in mine.counted(now).select_related("package"):
        for sold in (found.setdefault(one.package_id, Sold(one.package_id, one.package.name)), together):
            sold.states[CALLED_OFF if one.state in CLOSED else one.state] += 1
            sold.total += one.total
            sold.used += one.used
            if one.state == PurchaseStatus.COMPLETED:
                sold.days.append((local(clinic.timezone, ends[one.pk])[0] - one.sold_on).days)
    return found, together


def _last_sessions(purchases: PurchaseQuerySet) -> dict[UUID, int]:
    """When the last session that was used began, by purchase, in whole minutes since 1970 UTC."""
    used = Appointment.objects.filter(status__in=USING, payment__credit__invoice__purchase__in=purchases)
    drawn = used.exclude(payment__status=PaymentStatus.VOID).order_by()
    return dict(drawn.values_list("payment__credit__invoice__purchase").annotate(last=Max("start")))


def _add_money(clinic: Clinic, first: date, last: date, packages: Mapping[UUID, Sold], together: Sold) -> None:
    mine = _purchases(clinic, first, last).values("invoice")
    for one in Invoice.objects.filter(pk__in=mine).summed().select_related("purchase"):
        for sold in (packages[one.purchase.package_id], together):
            sold.price[one.currency] += 0 if one.closed_at else one.total
            sold.received[one.currency] += one.paid


def _purchases(clinic: Clinic, first: date, last: date) -> PurchaseQuerySet:
    return Purchase.objects.filter(clinic=clinic, sold_on__gte=first, sold_on__lt=last)


def _givers(clinic: Clinic, first: date, last: date, *, own: UUID | None = None) -> list[Giver]:
    """Visits that took place and that a package paid for; those who gave most first."""
    start, end = day_start(clinic.timezone, first), day_start(clinic.timezone, last)
    rows = Appointment.objects.filter(clinic=clinic, start__gte=start, start__lt=end, status=Status.COMPLETED)
    if own is not None:
        rows = rows.filter(provider__user=own)
    given = rows.filter(payment__credit__isnull=False).exclude(payment__status=PaymentStatus.VOID).order_by()
    sums = given.values_list("provider").annotate(
        sessions=Count("pk"), patients=Count("patient", distinct=True), minutes=Sum(F("end") - F("start"))
    )
    counted = list(sums)
    names = {one.pk: str(one) for one in Provider.objects.filter(pk__in=[row[0] for row in counted])}
    givers = [Giver(provider, names[provider], *rest) for provider, *rest in counted]
    return sorted(givers, key=lambda one: (-one.sessions, one.name, str(one.provider)))
