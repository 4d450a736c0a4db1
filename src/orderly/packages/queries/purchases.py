"""What has become of a purchase's sessions, which purchases can pay for a visit, and which session a visit is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum

from orderly.appointments.models import Appointment
from orderly.billing.models import Credit, Payment, PaymentStatus
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.journal.actor import Actor
from orderly.packages.choices import USING, PurchaseStatus
from orderly.packages.models import Purchase

DRAWN: Final = Q(invoice__credits__payments__status=PaymentStatus.PAID)
USED: Final = Q(invoice__credits__payments__appointment__status__in=USING)


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a purchase, and the visit that draws on it if one does."""

    credit: Credit
    appointment: Appointment | None

    @property
    def used(self) -> bool:
        return self.appointment is not None and self.appointment.status in USING


@dataclass(frozen=True, slots=True)
class Tally:
    """How many sessions of a service (or in all) there are, are used and are booked."""

    total: int
    used: int
    booked: int

    @property
    def left(self) -> int:
        return self.total - self.used - self.booked


@dataclass(frozen=True, slots=True)
class Place:
    """Which session of which purchase a visit draws on."""

    purchase: UUID
    package: str
    number: int
    total: int
    used: int
    booked: int


def sessions_of(purchase: Purchase) -> list[Session]:
    """All of them by number, with their visits and who gives those. Five queries at most."""
    return sessions_by([purchase])[purchase.pk]


def sessions_by(purchases: Iterable[Purchase]) -> dict[UUID, list[Session]]:
    """As above, by purchase; as many queries for many as for one."""
    ids = {one.invoice_id: one.pk for one in purchases}
    shown = Appointment.objects.select_related("provider", "proposed_provider", "clinic", "service", "patient").defer(
        "clinic__logo"
    )
    live = Payment.objects.live().prefetch_related(Prefetch("appointment", shown))
    rows = Credit.objects.filter(invoice__in=ids).select_related("service").order_by("number")
    found: dict[UUID, list[Session]] = {pk: [] for pk in ids.values()}
    for credit in rows.prefetch_related(Prefetch("payments", live)):
        visit = next((one.appointment for one in credit.payments.all()), None)
        found[ids[credit.invoice_id]].append(Session(credit, visit))
    return found


def versions(purchases: Collection[Purchase]) -> dict[UUID, int]:
    """By purchase: it has changed when it has, or a visit that draws on one of its sessions, or did. One query."""
    mine = Payment.objects.filter(credit__invoice__in=[one.invoice_id for one in purchases]).order_by()
    changes = Sum(F("version") + F("appointment__version"))
    drawn = dict(mine.values_list("credit__invoice").annotate(changes=changes))
    return {one.pk: one.version + drawn.get(one.invoice_id, 0) for one in purchases}


def tallies(sessions: Sequence[Session]) -> dict[UUID, Tally]:
    """By service, in the order of their numbers."""
    found: dict[UUID, Tally] = {}
    for one in sessions:
        so_far = found.get(one.credit.service_id, Tally(0, 0, 0))
        booked = one.appointment is not None and not one.used
        found[one.credit.service_id] = Tally(so_far.total + 1, so_far.used + one.used, so_far.booked + booked)
    return found


def refundable(sessions: Iterable[Session], paid: int) -> int:
    """What is left of what was `paid` for a purchase (minor units) once its used sessions are taken off, each at its
    part of the price.
    """
    return max(0, paid - sum(one.credit.amount for one in sessions if one.used))


def usable(patient: UUID, clinic: Clinic, *, now: datetime, service: UUID | None = None) -> QuerySet[Purchase]:
    """The patient's purchases that a visit in this clinic can draw on by now, `counted`, the first to expire first;
    with a service those that have a session of it left. `free` is how many.
    """
    mine = Purchase.objects.valid_in(clinic).filter(patient=patient, status=PurchaseStatus.ACTIVE).counted(now)
    free = Credit.objects.free().filter(invoice=OuterRef("invoice"), usable_until__gt=minute(now))
    if service is not None:
        free = free.filter(service=service)
    count = free.order_by().values("invoice").annotate(count=Count("pk")).values("count")
    return mine.annotate(free=Subquery(count)).filter(free__gt=0).select_related("package").order_by("expires_on", "pk")


def sold_to(patient: UUID, *, actor: Actor, now: datetime) -> QuerySet[Purchase]:
    """What a patient bought, as far as it is the actor's to see, `counted`, the newest first."""
    rows = Purchase.objects.visible_to(actor.within("packages:view")).filter(patient=patient)
    return rows.counted(now).select_related("package").order_by("-pk")


def places(payments: Collection[Payment]) -> dict[UUID, Place]:
    """By payment, for those that a session pays. One query, none where there are none."""
    prepaid = {one.credit_id for one in payments if one.credit_id}
    if not prepaid:
        return {}
    used = Count("invoice__credits__payments", filter=DRAWN & USED, distinct=True)
    drawn = Count("invoice__credits__payments", filter=DRAWN, distinct=True)
    credits = Credit.objects.filter(pk__in=prepaid)
    counts = {"total": Count("invoice__credits", distinct=True), "used": used, "booked": drawn - used}
    named = ("invoice__purchase", "invoice__purchase__package__name", "number")
    rows = credits.annotate(**counts).values_list("pk", *named, *counts)
    found = {pk: Place(*rest) for pk, *rest in rows}
    return {one.pk: found[one.credit_id] for one in payments if one.credit_id}


def drawing(appointments: Iterable[Appointment]) -> dict[UUID, Place]:
    """By appointment, for those that draw on a session: what was called off without using one doesn't any more. One
    query, none where there are none.
    """
    live = {one.pk: one.payment for one in appointments if one.payment.status != PaymentStatus.VOID}
    found = places(live.values())
    return {pk: found[payment.pk] for pk, payment in live.items() if payment.pk in found}
