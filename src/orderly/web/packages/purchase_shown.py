"""The page of a sold package: what it is, what is paid, what has become of each session, and what can be done to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from orderly.appointments.models import Appointment
from orderly.billing.actions.invoices import summed
from orderly.billing.models import Instalment, Invoice
from orderly.clinics.models import Clinic
from orderly.core import money
from orderly.core.clock import minute
from orderly.core.errors import NotFound
from orderly.edge.actors import actor_of, now_of
from orderly.edge.readlog import looked
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.journal.facts import kind
from orderly.journal.models import Entry
from orderly.packages.actions.close import REFUND
from orderly.packages.actions.define import MANAGE
from orderly.packages.actions.draw import SCHEDULE
from orderly.packages.actions.sell import TAKE
from orderly.packages.choices import CLOSED, PurchaseStatus
from orderly.packages.facts import PurchaseCancelled, PurchaseExtended
from orderly.packages.models import Purchase
from orderly.packages.queries import Session, refundable, sessions_of, versions
from orderly.web.answers import Errors
from orderly.web.frame import framed
from orderly.web.packages.forms import others
from orderly.web.packages.letter import of_ending
from orderly.web.who import ours, who_did
from orderly.web.words import METHOD

VIEW: Final = "packages:view"
MONEY: Final = "billing:view"
CANCEL: Final = "booking:cancel_appointment"
TOLD: Final = {
    kind(PurchaseCancelled): pgettext_lazy("package", "Called off"),
    kind(PurchaseExtended): pgettext_lazy("package", "Extended"),
}
PAYING, ENDING, EXTENDING = "paying", "ending", "extending"


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did to the purchase as a whole, and why as far as it was the reader's clinic's."""

    label: Promise | str
    at: datetime
    who: str
    reason: str
    before: date | None
    """Its last day until it was extended."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What calling it off would do: visits that are off with it, and what is proposed to go back (minor units)."""

    booked: list[Appointment]
    barred: bool
    """Whether one of these isn't the reader's to call off."""
    paid: int
    back: int
    method: str


def seen(request: HttpRequest, place: Clinic, purchase: UUID) -> Purchase:
    """One that was sold in the clinic, or that can be used everywhere and whose buyer is the actor's to see."""
    mine = Purchase.objects.visible_to(actor_of(request).within(VIEW))
    rows = mine.filter(Q(clinic=place) | Q(everywhere=True)).counted(now_of(request))
    found = (
        rows.select_related("package", "patient", "invoice", "clinic").defer("clinic__logo").filter(pk=purchase).first()
    )
    if found is None:
        raise NotFound
    return found


def shown(
    request: HttpRequest,
    place: Clinic,
    purchase: UUID,
    *,
    status: int = 200,
    part: str = "",
    errors: Errors | None = None,
) -> HttpResponse:
    """The page; of the form `part` with what was typed there, and what is wrong with it."""
    found, actor = seen(request, place, purchase), actor_of(request)
    looked(request, "purchases", found.patient_id, clinic=place.pk)
    invoice, sessions = summed(found.invoice_id), sessions_of(found)
    context: dict[str, Any] = {
        "sold": found,
        "sessions": sessions,
        "elsewhere": _elsewhere(sessions, actor),
        "version": versions([found])[found.pk],
        "deeds": _deeds(found, actor),
        "token": request.POST.get("token") or uuid4(),
        "part": part,
        "typed": request.POST if part else {},
        "errors": errors or {},
        "others": others(errors),
        **_money(found, invoice, actor),
        "paper": place if found.valid_in(place) else found.clinic,
        "may_plan": found.left and _plans(found, place, actor),
        **_possible(found, invoice, sessions, actor, now=now_of(request)),
    }
    there = {PAYING: "may_take", ENDING: "ending", EXTENDING: "may_extend"}
    context["astray"] = bool(part) and not context[there[part]]  # somebody did it meanwhile: its form is gone
    return framed(request, "packages/purchase.html", place, "patient-list", context, status=status)


def _elsewhere(sessions: Sequence[Session], actor: Actor) -> set[UUID]:
    """The visits to clinics that aren't the reader's: of these nothing is said but that there is one."""
    visits = [one.appointment for one in sessions if one.appointment is not None]
    return {one.pk for one in visits if not actor.belongs_to(one.clinic_id)}


def _money(found: Purchase, invoice: Invoice, actor: Actor) -> dict[str, Any]:
    due = 0 if invoice.closed_at else invoice.total - invoice.paid
    return {
        "invoice": invoice,
        "may_see_money": actor.may(MONEY, found.clinic_id),
        "moved": [(one, abs(one.amount), METHOD.get(one.method, one.method)) for one in invoice.instalments.all()],
        "due": due,
        "owed": money.text(due, invoice.currency),
        "methods": list(METHOD.items()),
        "may_take": bool(due) and actor.may(TAKE, found.clinic_id),
    }


def _possible(
    found: Purchase, invoice: Invoice, sessions: Sequence[Session], actor: Actor, *, now: datetime
) -> dict[str, Any]:
    stands = found.status not in CLOSED
    ending = _ending(invoice, sessions, actor) if stands and actor.may(REFUND, found.clinic_id) else None
    extends = stands and found.state != PurchaseStatus.COMPLETED and actor.may(MANAGE, found.clinic_id)
    today = local(found.clinic.timezone, minute(now))[0]
    return {
        "ending": ending,
        "letter": of_ending(found, ending.booked, now=now) if ending and not ending.barred else None,
        "back": money.text(ending.back, invoice.currency) if ending else "",
        "may_extend": extends,
        "earliest": max(today, found.expires_on + timedelta(days=1)),
    }


def _plans(found: Purchase, place: Clinic, actor: Actor) -> bool:
    stands = found.state not in (*CLOSED, PurchaseStatus.EXPIRED)
    return stands and found.valid_in(place) and actor.may(SCHEDULE, place.pk)


def _ending(invoice: Invoice, sessions: Sequence[Session], actor: Actor) -> Ending:
    booked = [one.appointment for one in sessions if one.appointment is not None and not one.used]
    barred = any(not actor.may(CANCEL, one.clinic_id) for one in booked)
    last: Instalment | None = invoice.instalments.last()
    return Ending(booked, barred, invoice.paid, refundable(sessions, invoice.paid), last.method if last else "")


def _deeds(found: Purchase, actor: Actor) -> list[Deed]:
    """The newest first. Two queries."""
    entries = list(Entry.objects.filter(subject=found.pk, fact__in=[*TOLD]).order_by("-pk"))
    who = who_did(entries, actor)
    why = {one.pk: one.note if ours(one, actor) else "" for one in entries}
    return [Deed(TOLD[one.fact], one.at, who[one.pk], why[one.pk], _before(one)) for one in entries]


def _before(entry: Entry) -> date | None:
    old, _new = entry.changes.get("expires_on", (None, None))
    return date.fromisoformat(old) if old else None
