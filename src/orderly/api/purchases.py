"""Packages that were sold: their sessions, their payment, and visits that draw on them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BeforeValidator, Field, StrictInt

from orderly.api.appointments import Tell
from orderly.api.operations import reads, writes
from orderly.api.packages import ONE as PACKAGE
from orderly.api.packages import VIEW
from orderly.api.paging import Paged, piece
from orderly.api.refusals import together
from orderly.api.schemas import In, Money, MoneyIn, Out, Page
from orderly.api.setup_shared import minor, one_of
from orderly.api.shown import AppointmentOut, listed
from orderly.api.types import Day, Id, Reason, Time, Yes, minute_of, split
from orderly.appointments.models import Appointment
from orderly.billing.models import Invoice, Method
from orderly.core.errors import Forbidden, NotFound
from orderly.edge.actors import actor_of, now_of
from orderly.edge.readlog import looked
from orderly.edge.scope import clinic_for
from orderly.edge.versions import expected_version
from orderly.journal.actor import Actor
from orderly.packages.actions.close import REFUND
from orderly.packages.actions.close import cancel_purchase as call_off
from orderly.packages.actions.define import MANAGE
from orderly.packages.actions.draw import SCHEDULE, schedule
from orderly.packages.actions.extend import extend_purchase as extend
from orderly.packages.actions.sell import SELL, TAKE, pay, sell
from orderly.packages.choices import PurchaseStatus
from orderly.packages.inputs import Planned, Sum
from orderly.packages.models import Purchase
from orderly.packages.queries import Session, sessions_by, tallies, versions
from orderly.patients.models import Patient

router = Router(tags=["packages"])
ONE = "purchases/{uuid:purchase}"
MONEY = "billing:view"
MOST_AT_ONCE = 100

Received = Literal[Method.CASH, Method.CARD, Method.TRANSFER, Method.INSURANCE]


class InstalmentIn(In):
    amount: MoneyIn
    method: Received


class SaleIn(In):
    clinic: Id
    patient: Id
    instalment: InstalmentIn | None = Field(None, description="paid at once; needs `billing:take_payment`")


class CancelPurchaseIn(In):
    reason: Reason
    refund: InstalmentIn | None = Field(None, description="goes back; at most what was paid")
    visits: Yes = Field(False, description="cancels what is booked too; otherwise that stands in its way")
    tell: Tell = None


class ExtensionIn(In):
    until: Day = Field(description="the new last day, later than the one it has")
    reason: Reason


class PlannedIn(In):
    number: StrictInt
    start: Time
    provider: Id


class ScheduleIn(In):
    clinic: Id | None = Field(None, description="where they take place; default: where the package was sold")
    sessions: list[PlannedIn] = Field(min_length=1, max_length=MOST_AT_ONCE)
    tell: Tell = None


class PurchasesQuery(Paged):
    patient: Id | None = None
    clinic: Id | None = Field(None, description="those sold there; default: all that are one's own to see")
    status: Annotated[list[PurchaseStatus], BeforeValidator(split)] = []


class PrepaidSessionOut(Out):
    """`appointment` draws on it now. `amount` is only for who has `billing:view` where the package was sold."""

    number: int
    service: UUID
    amount: Money | None
    appointment: UUID | None
    used: bool


class TallyOut(Out):
    service: UUID
    total: int
    used: int
    booked: int
    left: int


class InvoiceOut(Out):
    id: UUID
    number: str
    status: str
    total: Money
    paid: Money


class PurchaseOut(Out):
    """`status` is completed once all sessions are used, and expired after `expires_on`. The invoice is only for who has
    `billing:view` where it was sold. `version` changes with its visits too.
    """

    id: UUID
    package: UUID
    patient: UUID
    clinic: UUID
    status: str
    total_sessions: int
    sessions_used: int
    sessions_booked: int
    sessions_left: int
    sold_on: str
    expires_on: str
    services: list[TallyOut]
    sessions: list[PrepaidSessionOut]
    invoice: InvoiceOut | None
    version: int


class Booked(Out):
    appointments: list[AppointmentOut]


@writes(router, "POST", f"{PACKAGE}/purchases", needs=SELL, status=201)
def sell_package(request: HttpRequest, package: UUID, body: SaleIn) -> PurchaseOut:
    """Sell a package to a patient: an invoice, and the sessions once it is paid."""
    actor, now = actor_of(request), now_of(request)
    clinic = clinic_for(actor, SELL, body.clinic, patient=body.patient)
    first = None if body.instalment is None else _sum(body.instalment, clinic.currency, "instalment.")
    sold = sell(package, body.patient, clinic=clinic.pk, actor=actor, now=now, first=first)
    return _one(sold.pk, actor, now)


@reads(router, "purchases", needs=VIEW, shows="patients")
def list_purchases(request: HttpRequest, asked: Query[PurchasesQuery]) -> Page[PurchaseOut]:
    """Sold packages, the newest first."""
    actor, now = actor_of(request), now_of(request)
    if asked.clinic is not None:
        clinic_for(actor, VIEW, asked.clinic)
    if not actor.may_anywhere(VIEW):
        raise Forbidden(VIEW)
    if asked.patient is not None and not Patient.objects.viewable_by(actor).filter(pk=asked.patient).exists():
        raise NotFound("patient")
    rows = Purchase.objects.visible_to(actor.within(VIEW)).counted(now)
    wanted = {"patient": asked.patient, "clinic": asked.clinic}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if asked.status:
        rows = rows.standing(asked.status)
    found, rest = piece(rows, ("-id",), asked, name="purchases")
    among = {one.patient_id for one in found}
    looked(request, "purchases", among=among, clinic=asked.clinic, patient=asked.patient, status=asked.status)
    return Page[PurchaseOut](items=_shown(found, actor), next=rest)


@reads(router, ONE, needs=VIEW, shows="patients")
def get_purchase(request: HttpRequest, purchase: UUID) -> PurchaseOut:
    """One sold package, with all its sessions."""
    actor = actor_of(request)
    found = seen(actor, purchase)
    looked(request, "purchases", found.patient_id, clinic=found.clinic_id)
    return _one(purchase, actor, now_of(request))


@writes(router, "POST", f"{ONE}/instalments", needs=TAKE, status=201, versioned=True)
def pay_purchase(request: HttpRequest, purchase: UUID, body: InstalmentIn) -> PurchaseOut:
    """Take money for it, at most what is due. Paid in full it can be used, by the clinic's rule from the first time."""
    actor, now, version = actor_of(request), now_of(request), expected_version(request)
    money = _sum(body, _currency(actor, purchase))
    pay(purchase, money, actor=actor, now=now, version=version)
    return _one(purchase, actor, now)


@writes(router, "POST", f"{ONE}/cancel", needs=REFUND, versioned=True)
def cancel_purchase(request: HttpRequest, purchase: UUID, body: CancelPurchaseIn) -> PurchaseOut:
    """Call it off, with or without giving money back. What was used stays used."""
    actor, now, version = actor_of(request), now_of(request), expected_version(request)
    refund = None if body.refund is None else _sum(body.refund, _currency(actor, purchase), "refund.")
    asked: dict[str, Any] = {"refund": refund, "visits": body.visits, "version": version, "tell": body.tell}
    call_off(purchase, body.reason, actor=actor, now=now, **asked)
    return _one(purchase, actor, now)


@writes(router, "POST", f"{ONE}/extend", needs=MANAGE, versioned=True)
def extend_purchase(request: HttpRequest, purchase: UUID, body: ExtensionIn) -> PurchaseOut:
    """Let it be used for longer; one that had expired can be used again."""
    actor, now, version = actor_of(request), now_of(request), expected_version(request)
    extend(purchase, body.until, body.reason, actor=actor, now=now, version=version)
    return _one(purchase, actor, now)


@writes(router, "POST", f"{ONE}/schedule", needs=SCHEDULE, status=201)
def schedule_sessions(request: HttpRequest, purchase: UUID, body: ScheduleIn) -> Booked:
    """Book these sessions: all of them, or none with the reasons for each that can't be had (`sessions.0` is the
    first) and the nearest times for the first whose time is in the way. One with a higher number can't be earlier.
    """
    actor, now = actor_of(request), now_of(request)
    zone = clinic_for(actor, SCHEDULE, body.clinic or seen(actor, purchase).clinic_id).timezone
    plan = [
        Planned(number=one.number, start=minute_of(zone, one.start), provider=one.provider) for one in body.sessions
    ]
    with together("sessions", zone):
        made = schedule(purchase, plan, clinic=body.clinic, actor=actor, now=now, tell=body.tell)
    rows = Appointment.objects.whole().in_bulk([one.pk for one in made])
    return Booked(appointments=listed(rows[one.pk] for one in made))


def seen(actor: Actor, purchase: UUID) -> Purchase:
    """Raises NotFound, and Forbidden without the right to look at it."""
    found = one_of(Purchase.objects.visible_to(actor).select_related("clinic", "invoice"), purchase)
    if not Purchase.objects.visible_to(actor.within(VIEW)).filter(pk=purchase).exists():
        raise Forbidden(VIEW)
    return found


def _currency(actor: Actor, purchase: UUID) -> str:
    return one_of(Purchase.objects.visible_to(actor).select_related("invoice"), purchase).invoice.currency


def _sum(said: InstalmentIn, currency: str, field: str = "") -> Sum:
    return Sum(amount=minor(f"{field}amount", said.amount, currency), method=said.method)


def _one(purchase: UUID, actor: Actor, now: datetime) -> PurchaseOut:
    [shown] = _shown([Purchase.objects.counted(now).get(pk=purchase)], actor)
    return shown


def _shown(purchases: list[Purchase], actor: Actor) -> list[PurchaseOut]:
    """However many they are, in as many queries as one."""
    sessions, version = sessions_by(purchases), versions(purchases)
    invoices = Invoice.objects.summed().in_bulk([one.invoice_id for one in purchases])
    money = {one.pk: invoices[one.invoice_id] for one in purchases if actor.may(MONEY, one.clinic_id)}
    return [_purchase(one, sessions[one.pk], money.get(one.pk), version[one.pk]) for one in purchases]


def _purchase(row: Purchase, sessions: list[Session], invoice: Invoice | None, version: int) -> PurchaseOut:
    return PurchaseOut(
        id=row.pk,
        package=row.package_id,
        patient=row.patient_id,
        clinic=row.clinic_id,
        status=row.state,
        total_sessions=row.total,
        sessions_used=row.used,
        sessions_booked=row.booked,
        sessions_left=row.left,
        sold_on=row.sold_on.isoformat(),
        expires_on=row.expires_on.isoformat(),
        services=[
            TallyOut(service=service, total=one.total, used=one.used, booked=one.booked, left=one.left)
            for service, one in tallies(sessions).items()
        ],
        sessions=[
            PrepaidSessionOut(
                number=one.credit.number,
                service=one.credit.service_id,
                amount=Money.of(one.credit.amount, invoice.currency) if invoice else None,
                appointment=one.appointment.pk if one.appointment else None,
                used=one.used,
            )
            for one in sessions
        ],
        invoice=_invoice(invoice) if invoice else None,
        version=version,
    )


def _invoice(row: Invoice) -> InvoiceOut:
    return InvoiceOut(
        id=row.pk,
        number=row.number,
        status=row.status,
        total=Money.of(row.total, row.currency),
        paid=Money.of(row.paid, row.currency),
    )
