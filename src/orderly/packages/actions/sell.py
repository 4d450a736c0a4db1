"""Selling a package: an invoice, the sessions on it as credits, the purchase; and taking money for it."""

from datetime import datetime, timedelta
from uuid import UUID

from orderly.billing.actions.credits import lock_invoice, unusable
from orderly.billing.actions.invoices import Line, issue, prepay, receive, summed
from orderly.billing.models import Invoice
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.database import writing
from orderly.core.edits import save
from orderly.core.errors import Conflict, NotFound
from orderly.engine.problems import Code, Problem
from orderly.engine.walltime import local
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.packages.actions.write import end_of_day, ids_of, locked
from orderly.packages.choices import CLOSED, PurchaseStatus
from orderly.packages.facts import PurchasePaid, PurchaseSold
from orderly.packages.inputs import Sum
from orderly.packages.models import Package, Purchase
from orderly.patients.actions import register_with
from orderly.patients.models import Patient

SELL, TAKE = "packages:sell", "billing:take_payment"


def sell(
    package: UUID, patient: UUID, *, clinic: UUID, actor: Actor, now: datetime, first: Sum | None = None
) -> Purchase:
    """Sell it as it is now; later changes of the package change nothing sold. It waits for its payment, of which
    `first` is an instalment.

    Errors: NotFound ("clinic", "package", "patient"); Forbidden (`packages:sell`, and `billing:take_payment` for an
    instalment); Conflict for a package that isn't sold there or a patient who is inactive; Invalid for a wrong
    instalment.
    """
    if not actor.belongs_to(clinic):
        raise NotFound("clinic")
    actor.require(SELL, clinic)
    with writing():
        place = Clinic.objects.defer("logo").get(pk=clinic)
        found, who = _package(package, place, actor), _patient(patient, actor)
        register_with(who.pk, clinic, actor=actor, now=now)
        purchase = _write(found, who, place, now)
        shown = {"status": (None, purchase.status), "expires_on": (None, purchase.expires_on.isoformat())}
        fact = PurchaseSold(subject=purchase.pk, clinic=clinic, ids=ids_of(purchase), changes=shown)
        record(fact, actor=actor, now=now)
        if first is not None:
            purchase = pay(purchase.pk, first, actor=actor, now=now)
    return purchase


def pay(purchase: UUID, money: Sum, *, actor: Actor, now: datetime, version: int | None = None) -> Purchase:
    """Take an instalment. Paid in full the purchase is active; by the clinic's rule from the first one on.

    Errors: NotFound, Forbidden (`billing:take_payment`), Stale; Conflict for one that was called off; Invalid for more
    than is due.
    """
    with writing():
        found = locked(purchase, TAKE, actor=actor, version=version)
        invoice = lock_invoice(found.invoice_id)
        if found.status in CLOSED:
            raise Conflict(unusable("closed", "purchase"))
        old = summed(invoice.pk).paid
        paid = receive(invoice.pk, money.amount, money.method, by=actor.user, now=now)
        changes: dict[str, tuple[object, object]] = {"paid": (old, paid.paid)}
        status = _standing(paid, found.clinic)
        if status != found.status:
            changes["status"] = (found.status, str(status))
            found.status = status
        save(found, ["status"])
        fact = PurchasePaid(subject=found.pk, clinic=found.clinic_id, ids=ids_of(found), changes=changes)
        record(fact, actor=actor, now=now)
    return found


def _package(package: UUID, clinic: Clinic, actor: Actor) -> Package:
    found = Package.objects.visible_to(actor).filter(pk=package).first()
    if found is None:
        raise NotFound("package")
    if not found.active:
        raise Conflict(Problem(Code.INACTIVE, "package"))
    if not Package.objects.of_clinic(clinic).filter(pk=package).exists():
        raise Conflict(Problem(Code.NOT_OFFERED, "package"))
    return found


def _patient(patient: UUID, actor: Actor) -> Patient:
    """Locked, as merging locks them: what is sold to a record goes with it, or isn't sold."""
    if not Patient.objects.viewable_by(actor).filter(pk=patient).exists():
        raise NotFound("patient")
    found = Patient.objects.select_for_update(no_key=True).get(pk=patient)
    if found.merged_into_id:
        raise NotFound("patient")
    if not found.resource.active:
        raise Conflict(Problem(Code.INACTIVE, "patient"))
    return found


def _write(package: Package, patient: Patient, clinic: Clinic, now: datetime) -> Purchase:
    """Valid until the end of the clinic's day, so many days from this one."""
    today, _ = local(clinic.timezone, minute(now))
    expires_on = today + timedelta(days=package.validity_days)
    sold = package.services.values_list("service", "sessions")
    sessions = [service for service, count in sold for _ in range(count)]
    invoice = issue(clinic, patient.pk, [Line(what=package.name, amount=package.price)], now=now)
    prepay(invoice, sessions, package.price, usable_until=end_of_day(clinic.timezone, expires_on))
    return Purchase.objects.create(
        package=package,
        patient=patient,
        clinic=clinic,
        everywhere=package.clinic_id is None,
        invoice=invoice,
        status=PurchaseStatus.AWAITING_PAYMENT if package.price else PurchaseStatus.ACTIVE,
        sold_on=today,
        expires_on=expires_on,
    )


def _standing(invoice: Invoice, clinic: Clinic) -> PurchaseStatus:
    enough = 1 if clinic.package_from_first_instalment else invoice.total
    return PurchaseStatus.ACTIVE if invoice.paid >= enough else PurchaseStatus.AWAITING_PAYMENT
