"""Visits that draw on a purchase: one, or several at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.book import book
from orderly.appointments.actions.together import book_all
from orderly.appointments.actions.write import alone, told
from orderly.appointments.choices import Source
from orderly.appointments.inputs import BookingRequest
from orderly.appointments.models import Appointment
from orderly.billing.actions.credits import lock_invoice, unusable
from orderly.billing.models import Credit
from orderly.core.database import writing
from orderly.core.errors import CannotBookAll, Conflict, NotFound, missing
from orderly.engine.problems import Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.packages.actions.write import ids_of
from orderly.packages.choices import CLOSED, PurchaseStatus
from orderly.packages.facts import PurchaseScheduled
from orderly.packages.inputs import Planned
from orderly.packages.models import Purchase

SCHEDULE = "packages:schedule"


@dataclass(frozen=True, slots=True)
class _Wallet:
    """A purchase under the lock of its invoice, with the sessions nobody has drawn on and those that are booked."""

    purchase: Purchase
    free: Sequence[Credit]
    numbers: frozenset[int]


def book_session(request: BookingRequest, purchase: UUID, *, actor: Actor, now: datetime) -> Appointment:
    """Book a visit that the purchase pays for: it gets the lowest free number of its service.

    Errors: as for `book`; NotFound ("package_purchase") for one that isn't the actor's to see; Forbidden
    (`packages:schedule`); Conflict `package_unusable` with the rule that stands against it.
    """
    _authorise(actor, request.clinic)
    with writing():
        wallet = _opened(purchase, actor)
        against = _against(wallet.purchase, request.patient, request.clinic)
        mine = [one for one in wallet.free if one.service_id == request.service]
        if against is None and not mine:
            known = Credit.objects.filter(invoice=wallet.purchase.invoice_id, service=request.service)
            against = "none_left" if known.exists() else "service"
        if against is None and request.start >= mine[0].usable_until:
            against = "expired"
        if against is not None:
            raise Conflict(unusable(against))
        return book(replace(request, cover=mine[0].pk), actor=actor, now=now)


def schedule(
    purchase: UUID,
    sessions: Sequence[Planned],
    *,
    actor: Actor,
    now: datetime,
    clinic: UUID | None = None,
    source: str = Source.REPEAT,
    tell: bool | None = None,
) -> list[Appointment]:
    """Book these sessions of the purchase in a clinic (None: the one that sold it), all or none, in the order in which
    they are given. `tell` is whether the patient is told of all of them at once, where that was asked.

    Errors: NotFound, Forbidden (`packages:schedule`, `booking:create_appointment`); Invalid for no sessions;
    Conflict `package_unusable` where it can't be used there; CannotBookAll with the reasons of every one that can't be
    had, by its place in what was given.
    """
    if not sessions:
        raise missing("sessions")
    with writing():
        wallet = _opened(purchase, actor, field="")
        sold = wallet.purchase
        where = clinic or sold.clinic_id
        _authorise(actor, where)
        against = _against(sold, sold.patient_id, where)
        if against is not None:
            raise Conflict(unusable(against, "purchase"))
        _check_numbers(wallet, sessions)
        free = {credit.number: credit for credit in wallet.free}
        requests = [
            BookingRequest(
                clinic=where,
                patient=sold.patient_id,
                service=free[one.number].service_id,
                start=one.start,
                provider=one.provider,
                cover=free[one.number].pk,
                source=source,
                tell=alone(tell),
            )
            for one in sessions
        ]
        made = _all_of(requests, [free[one.number] for one in sessions], actor=actor, now=now)
        ids = {**ids_of(sold), "appointments": [str(one.pk) for one in made], **told(tell)}
        record(PurchaseScheduled(subject=sold.pk, clinic=where, ids=ids), actor=actor, now=now)
        return made


def _all_of(
    requests: Sequence[BookingRequest], credits: Sequence[Credit], *, actor: Actor, now: datetime
) -> list[Appointment]:
    """As `book_all`; that a package has expired by then is said beside whatever else is in the way."""
    expired = (unusable("expired"),)
    late = {nth: expired for nth, one in enumerate(requests) if one.start >= credits[nth].usable_until}
    try:
        return book_all(requests, actor=actor, now=now)
    except CannotBookAll as refused:
        against = {nth: tuple(dict.fromkeys((*late.get(nth, ()), *some))) for nth, some in refused.against.items()}
        wish = next((requests[nth] for nth, some in against.items() if some != expired), None)
        raise CannotBookAll(against, wish=wish) from refused


def _authorise(actor: Actor, clinic: UUID) -> None:
    if not actor.belongs_to(clinic):
        raise NotFound("clinic")
    actor.require(SCHEDULE, clinic)


def _opened(purchase: UUID, actor: Actor, field: str = "package_purchase") -> _Wallet:
    """The purchase as it is once its invoice is locked. NotFound."""
    seen = Purchase.objects.visible_to(actor).filter(pk=purchase)
    invoice = seen.values_list("invoice", flat=True).first()
    if invoice is None:
        raise NotFound(field)
    lock_invoice(invoice)
    free = list(Credit.objects.free().filter(invoice=invoice).order_by("number"))
    numbers = Credit.objects.filter(invoice=invoice).values_list("number", flat=True)
    return _Wallet(seen.get(), free, frozenset(numbers))


def _against(purchase: Purchase, patient: UUID | None, clinic: UUID) -> str | None:
    """Why it can't pay for anything of this patient's in this clinic."""
    rules = {
        "patient": purchase.patient_id != patient,
        "clinic": not purchase.everywhere and purchase.clinic_id != clinic,
        "closed": purchase.status in CLOSED,
        "unpaid": purchase.status == PurchaseStatus.AWAITING_PAYMENT,
    }
    return next((reason for reason, broken in rules.items() if broken), None)


def _check_numbers(wallet: _Wallet, sessions: Sequence[Planned]) -> None:
    """Raises CannotBookAll for numbers that aren't in the purchase, are drawn on already, or are named twice."""
    free = {credit.number for credit in wallet.free}
    against: dict[int, tuple[Problem, ...]] = {}
    for nth, one in enumerate(sessions):
        if one.number not in free:
            reason = "number_taken" if one.number in wallet.numbers else "number"
            against[nth] = (unusable(reason, "number"),)
        free.discard(one.number)
    if against:
        raise CannotBookAll(against)
