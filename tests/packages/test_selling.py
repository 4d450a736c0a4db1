"""PKG-1, PKG-2, BIL-1, BIL-2: packages as they are defined, sold, paid and called off."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from orderly.appointments.actions import progress
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.models import Appointment
from orderly.billing.models import Credit, Instalment, Invoice, InvoiceLine
from orderly.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused, Stale
from orderly.core.money import LARGEST
from orderly.dossier.actions.merge import merge
from orderly.dossier.actions.unmerge import unmerge
from orderly.engine.money import parts
from orderly.journal.actions import deliver, sequence
from orderly.journal.models import Entry
from orderly.packages.actions.close import cancel_purchase
from orderly.packages.actions.define import add_package, change_package, contents
from orderly.packages.actions.sell import pay, sell
from orderly.packages.inputs import PackageDetails, Sessions, Sum
from orderly.packages.models import Package, Purchase
from orderly.packages.reactions import note_completed
from orderly.people.permissions import Role
from orderly.wiring import REACTIONS
from tests.factories import NOW, make_actor, make_clinic, make_patient, make_service
from tests.packages.shop import Shop, count


def wrong(refused: Refused) -> set[tuple[str, str]]:
    return {(one.field, str(dict(one.params).get("reason", one.code))) for one in refused.problems}


@given(st.integers(0, LARGEST), st.integers(1, 500))
@settings(max_examples=200, deadline=None)
def test_the_parts_of_a_price_add_up(total: int, sessions: int) -> None:
    """PKG-3: and differ by no more than rounding makes them, but for the last."""
    found = parts(total, sessions)
    assert (len(found), sum(found), min(found) >= 0) == (sessions, total, True)
    assert all(abs(one * sessions - total) < sessions for one in found[:-1])


def test_a_package_is_defined_and_changed(shop: Shop) -> None:
    """PKG-1: name, services with sessions, price, validity, clinic, active; the clinic's currency."""
    change = PackageDetails(price=5, services=(Sessions(service=shop.exercise.pk, sessions=2),), active=False)
    package = change_package(shop.package.pk, change, actor=shop.chief, now=NOW, version=1)
    assert (package.currency, package.price, package.active, package.version) == ("GBP", 5, False, 2)
    assert contents(package) == (Sessions(service=shop.exercise.pk, sessions=2),)
    fact = Entry.objects.get(fact="package_changed")
    massage, exercise = str(shop.massage.pk), str(shop.exercise.pk)
    before = [{"service": massage, "sessions": 10}, {"service": exercise, "sessions": 5}]
    after = [{"service": exercise, "sessions": 2}]
    assert fact.changes == {"price": [100_000, 5], "active": [True, False], "services": [before, after]}
    with pytest.raises(Stale):
        change_package(package.pk, change, actor=shop.chief, now=NOW, version=1)
    with pytest.raises(Conflict):
        shop.sell(package=package, paid=0)
    shop.exercise.clinics.clear()
    again = change_package(package.pk, PackageDetails(active=True), actor=shop.chief, now=NOW, version=2)
    lone = PackageDetails(services=(Sessions(service=shop.massage.pk, sessions=2),))
    assert (again.version, change_package(package.pk, lone, actor=shop.chief, now=NOW, version=3).version) == (3, 4)


@pytest.mark.parametrize(
    ("fields", "against"),
    [
        ({"name": ""}, {("name", "missing")}),
        ({"price": -1}, {("price", "between")}),
        ({"validity_days": 0}, {("validity_days", "between")}),
        ({"currency": "EUR"}, {("currency", "clinics_currency")}),
        ({"currency": "XXY"}, {("currency", "unknown")}),
        ({"services": ()}, {("services", "missing")}),
        ({"services": "twice"}, {("services", "twice")}),
        ({"services": "none"}, {("services.0.sessions", "between")}),
        ({"services": "foreign"}, {("services.0.service", "not_found")}),
    ],
    ids=str,
)
def test_what_a_package_cannot_be(shop: Shop, fields: dict[str, Any], against: set[tuple[str, str]]) -> None:
    """PKG-1."""
    one = Sessions(service=shop.massage.pk, sessions=1)
    foreign = Sessions(service=make_service(make_clinic()).pk, sessions=1)
    lists = {"twice": (one, one), "none": (Sessions(service=one.service, sessions=0),), "foreign": (foreign,)}
    if isinstance(fields.get("services"), str):
        fields = {"services": lists[fields["services"]]}
    usual = {"name": "N", "price": 1, "validity_days": 1, "services": (one,), "clinic": shop.clinic.pk}
    for verb in (
        lambda: add_package(PackageDetails(**{**usual, **fields}), actor=shop.chief, now=NOW),
        lambda: change_package(shop.package.pk, PackageDetails(**fields), actor=shop.chief, now=NOW),
    ):
        with pytest.raises(Invalid) as refused:
            verb()
        assert wrong(refused.value) == against
    with pytest.raises(Invalid) as refused:
        add_package(PackageDetails(clinic=shop.clinic.pk), actor=shop.chief, now=NOW)
    assert {field for field, _ in wrong(refused.value)} == {"name", "price", "validity_days", "services"}
    assert Package.objects.count() == 1


def test_who_may_do_what(shop: Shop) -> None:
    """PKG-1, PKG-2: and whose it isn't sees nothing."""
    purchase, patient, clinic = shop.sell(paid=0), shop.patient.pk, shop.clinic.pk
    details, money = PackageDetails(name="Other"), Sum(amount=1, method="cash")
    verbs: dict[str, Any] = {
        "manage": lambda who: change_package(shop.package.pk, details, actor=who, now=NOW),
        "sell": lambda who: sell(shop.package.pk, patient, clinic=clinic, actor=who, now=NOW),
        "take": lambda who: pay(purchase.pk, money, actor=who, now=NOW),
        "refund": lambda who: cancel_purchase(purchase.pk, "moved away", actor=who, now=NOW),
    }
    allowed = {
        Role.READ_ONLY: set(),
        Role.DOCTOR: set(),
        Role.FRONT_DESK: {"sell", "take"},
        Role.CLINIC_ADMIN: {"manage", "sell", "take", "refund"},
        Role.BILLING: {"sell", "take", "refund"},
    }
    for role, may in allowed.items():
        who = make_actor(role, shop.clinic)
        for name in verbs.keys() - may:
            with pytest.raises(Forbidden):
                verbs[name](who)
        for name in sorted(may - {"refund"}):
            verbs[name](who)
    for verb in verbs.values():
        with pytest.raises(NotFound):
            verb(make_actor(Role.CLINIC_ADMIN, make_clinic()))
    verbs["refund"](make_actor(Role.BILLING, shop.clinic))


def test_calling_it_off_gives_money_back_and_ends_its_use(shop: Shop) -> None:
    """PKG-2, BIL-2: visits are listed first; what was used stays used; money that went back is a line of its own."""
    purchase = shop.sell()
    used, booked = shop.book(purchase, shop.time("10:00")), shop.book(purchase, shop.time("11:00"))
    progress.complete(used.pk, actor=shop.chief, now=NOW)
    back = Sum(amount=80_000, method="transfer")
    with pytest.raises(Conflict) as refused:
        cancel_purchase(purchase.pk, "moved", actor=shop.chief, now=NOW, refund=back)
    assert dict(refused.value.problems[0].params)["count"] == 1
    for money in (Sum(amount=100_001, method="card"), Sum(amount=-1, method="card"), Sum(amount=1, method="package")):
        with pytest.raises(Invalid):
            cancel_purchase(purchase.pk, "moved", actor=shop.chief, now=NOW, refund=money, visits=True)
    cancel_purchase(purchase.pk, "moved", actor=shop.chief, now=NOW, refund=back, visits=True)
    assert count(purchase) == ("refunded", 15, 1, 0, 14)
    invoice = Invoice.objects.summed().get()
    assert (invoice.total, invoice.paid, invoice.refunded, invoice.status) == (100_000, 20_000, 80_000, "refunded")
    assert Appointment.objects.get(pk=booked.pk).status == "cancelled"
    for verb in (
        lambda: shop.book(purchase, shop.time("12:00")),
        lambda: progress.reopen(used.pk, "not done", actor=shop.chief, now=NOW),
        lambda: progress.reopen(booked.pk, "come", actor=shop.chief, now=NOW),
        lambda: pay(purchase.pk, Sum(amount=1, method="cash"), actor=shop.chief, now=NOW),
        lambda: cancel_purchase(purchase.pk, "again", actor=shop.chief, now=NOW),
    ):
        with pytest.raises(Conflict, match="package_unusable"):
            verb()
    assert count(purchase) == ("refunded", 15, 1, 0, 14)


@pytest.mark.django_db
def test_what_was_used_by_missing_it_is_not_given_back_by_a_closed_sale() -> None:
    """PKG-6, BIL-2: what the clinic calls off uses nothing, however late; who missed a session that was paid back since
    can't come after all, nor what was cancelled late.
    """
    shop = Shop(massages=3, exercises=0, no_show_uses_session=True, late_cancel_uses_session=True)
    purchase = shop.sell()
    missed, late, _ = (shop.book(purchase, shop.time(clock)) for clock in ("10:00", "11:00", "12:00"))
    progress.no_show(missed.pk, actor=shop.chief, now=NOW)
    cancel(late.pk, "other", actor=shop.chief, now=NOW)
    assert count(purchase) == ("active", 3, 2, 1, 0)
    back = Sum(amount=100_000, method="card")
    cancel_purchase(purchase.pk, "moved", actor=shop.chief, now=NOW, refund=back, visits=True)
    assert count(purchase) == ("refunded", 3, 2, 0, 1)
    for verb in (
        lambda: progress.arrive(missed.pk, actor=shop.chief, now=NOW),
        lambda: progress.reopen(missed.pk, "come", actor=shop.chief, now=NOW),
        lambda: progress.reopen(late.pk, "come", actor=shop.chief, now=NOW),
    ):
        with pytest.raises(Conflict, match="package_unusable"):
            verb()
    assert Invoice.objects.get(pk=purchase.invoice_id).version == 2


def test_the_status_of_an_invoice_follows_from_its_rows(shop: Shop) -> None:
    """BIL-1."""
    statuses = []
    for paid, close in ((0, False), (1, False), (100_000, False), (0, True)):
        purchase = shop.sell(paid=paid)
        if close:
            cancel_purchase(purchase.pk, "a mistake", actor=shop.chief, now=NOW)
        statuses.append(Invoice.objects.summed().get(pk=purchase.invoice_id).status)
    assert statuses == ["invoiced", "partially_paid", "paid", "void"]
    for rows in (InvoiceLine.objects.all(), Instalment.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(amount=5)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete("default")


def test_what_costs_nothing_is_active_at_once(shop: Shop) -> None:
    """PKG-2."""
    purchase = shop.sell(package=shop.define([(shop.massage, 2)], price=0), paid=0)
    visit = shop.book(purchase, shop.time("10:00"))
    assert (count(purchase), set(Credit.objects.values_list("amount", flat=True))) == (("active", 2, 0, 1, 1), {0})
    progress.no_show(visit.pk, actor=shop.chief, now=NOW)
    assert count(purchase)[3:] == (0, 2)


def test_only_those_whom_the_desk_may_look_at_buy(shop: Shop) -> None:
    """PKG-2."""
    with pytest.raises(NotFound, match="patient"):
        shop.sell(make_patient(make_clinic()), paid=0)
    shop.patient.resource.active = False
    shop.patient.resource.save()
    with pytest.raises(Conflict):
        shop.sell(paid=0)


def test_what_was_sold_goes_with_the_record_it_belongs_to(shop: Shop) -> None:
    """PKG-3: and back, but for what the survivor has drawn on."""
    keep, other = make_patient(shop.clinic), shop.patient
    used, unused = shop.sell(), shop.sell()
    merge(keep.pk, other.pk, {}, actor=shop.chief, now=NOW)
    shop.book(used, shop.time("10:00"), patient=keep)
    assert set(Purchase.objects.values_list("patient", "invoice__patient")) == {(keep.pk, keep.pk)}
    unmerge(keep.pk, actor=shop.chief, now=NOW)
    owners = dict(Purchase.objects.values_list("pk", "patient"))
    assert owners == {used.pk: keep.pk, unused.pk: other.pk}
    assert owners == dict(Purchase.objects.values_list("pk", "invoice__patient"))


def test_what_both_have_drawn_on_is_not_torn_apart(shop: Shop) -> None:
    """PKG-3: nor is a session drawn on again by a visit of somebody else's."""
    keep, other, purchase = make_patient(shop.clinic), shop.patient, shop.sell()
    theirs = shop.book(purchase, shop.time("10:00"))
    merge(keep.pk, other.pk, {}, actor=shop.chief, now=NOW)
    own = shop.book(purchase, shop.time("11:00"), patient=keep)
    with pytest.raises(Conflict) as refused:
        unmerge(keep.pk, actor=shop.chief, now=NOW)
    assert wrong(refused.value) == {("patient", "drawn_by_both")}
    cancel(theirs.pk, "other", actor=shop.chief, now=NOW)
    unmerge(keep.pk, actor=shop.chief, now=NOW)
    assert set(Purchase.objects.values_list("patient", "invoice__patient")) == {(keep.pk, keep.pk)}
    with pytest.raises(Conflict, match="package_unusable"):
        progress.reopen(theirs.pk, "come", actor=shop.chief, now=NOW)
    assert Appointment.objects.get(pk=own.pk).patient_id == keep.pk


def test_the_last_completion_is_told_once(shop: Shop) -> None:
    """PKG-6: by the worker, from the journal."""
    purchase = shop.sell(package=shop.define([(shop.massage, 2)]))
    visits = [shop.book(purchase, shop.time(clock)) for clock in ("10:00", "11:00")]
    for nth, visit in enumerate(visits):
        progress.complete(visit.pk, actor=shop.chief, now=NOW + timedelta(minutes=nth))
    for entry in Entry.objects.filter(fact="appointment_completed").order_by("pk"):
        note_completed(entry, NOW)
    told = Entry.objects.filter(fact="purchase_completed").values_list("subject", "ids__appointment")
    assert list(told) == [(purchase.pk, str(visits[1].pk))]
    completions = Entry.objects.filter(fact="appointment_completed").order_by("pk")
    note_completed(completions[1], NOW)
    assert len(told.all()) == 1
    progress.reopen(visits[0].pk, "not yet", actor=shop.chief, now=NOW)
    note_completed(completions[1], NOW)
    progress.complete(visits[0].pk, actor=shop.chief, now=NOW)
    note_completed(completions.all()[2], NOW)
    assert [visit for _, visit in told.all()] == [str(visits[1].pk), str(visits[0].pk)]


@pytest.mark.django_db
@pytest.mark.parametrize("late", [False, True], ids=["no-show", "late cancel"])
def test_missing_the_last_session_completes_it(late: bool) -> None:
    """PKG-6: by the clinic's rules."""
    shop = Shop(massages=1, exercises=0, no_show_uses_session=True, late_cancel_uses_session=True)
    visit = shop.book(shop.sell(), shop.time("10:00"))
    if late:
        cancel(visit.pk, "other", actor=shop.chief, now=NOW)
    else:
        progress.no_show(visit.pk, actor=shop.chief, now=NOW)
    sequence(REACTIONS, now=NOW)
    deliver(REACTIONS, now=NOW)
    assert Entry.objects.get(fact="purchase_completed").ids["appointment"] == str(visit.pk)
