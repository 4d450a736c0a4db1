"""PKG-2, PKG-3, PKG-7: packages on the desk's screens."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orderly.appointments.actions.progress import complete
from orderly.appointments.models import Appointment
from orderly.billing.models import Instalment
from orderly.journal.models import Entry
from orderly.packages.actions.define import add_package
from orderly.packages.inputs import PackageDetails, Sessions
from orderly.packages.models import Package, Purchase
from orderly.packages.queries import versions
from orderly.people.queries import actor_for
from orderly.web.packages.forms import typed_amount
from tests.factories import NOW, make_actor, make_clinic, make_patient, make_user
from tests.web import purchases
from tests.web.desk import Desk, errors, text

pytestmark = pytest.mark.django_db
AMOUNT = 'aria-describedby="amount-hint amount-wrong" aria-invalid="true"'


def defined(desk: Desk, sessions: int = 10) -> Package:
    services = (Sessions(service=desk.service.pk, sessions=sessions),)
    details = PackageDetails(name="Ten", clinic=desk.clinic.pk, price=9000, validity_days=90, services=services)
    return add_package(details, actor=make_actor("clinic_admin", desk.clinic), now=NOW)


def sell(desk: Desk, amount: str = "90.00", **more: str) -> Purchase:
    """By the form, as it would be sent."""
    form = {"package": defined(desk).pk, "method": "card", "amount": amount, "token": str(desk.clinic.pk), **more}
    answer = desk.post("package-sell", desk.clinic.pk, desk.patient.pk, **form)
    assert answer.status_code == 302, errors(answer)
    return Purchase.objects.latest("pk")


def test_selling_and_paying_each_once(desk: Desk) -> None:
    """A form that is sent twice sells once, and takes one payment."""
    package = defined(desk)
    address = ("package-sell", desk.clinic.pk, desk.patient.pk)
    assert "Ten 10 × Consultation until Sun 31 May 2026 £90.00" in text(desk.get(*address))
    form = {"package": package.pk, "method": "cash", "amount": "40", "token": str(desk.clinic.pk)}
    for wrong, said, beside in (
        ({"amount": "forty"}, "12.50", AMOUNT),
        ({"package": ""}, "Choose a package.", '<fieldset class="offers" aria-describedby="package-wrong">'),
        ({"amount": "90.01"}, "more than", AMOUNT),
        ({"method": "shells"}, "valid choice", 'value="40"'),
    ):
        refused = desk.post(*address, **{**form, **wrong, "token": ""})
        assert (refused.status_code, len(errors(refused)), said in errors(refused)[0]) == (422, 1, True)
        assert beside in refused.content.decode()
        assert ('value="forty"' in refused.content.decode()) == (wrong.get("amount") == "forty")
    assert not Purchase.objects.exists()
    answers = {desk.post(*address, **form)["Location"] for _ in range(2)}
    purchase = Purchase.objects.get()
    assert answers == {reverse("purchase", args=[desk.clinic.pk, purchase.pk])}
    page = text(desk.get("purchase", desk.clinic.pk, purchase.pk))
    for said in ("Ten Awaiting payment", "0 of 10 used", "Still to pay £50.00", "Paid £40.00 Cash, Mon 2 Mar 2026, "):
        assert said in page
    forty = desk.post("purchase-pay", desk.clinic.pk, purchase.pk, amount="forty", method="card", token="")
    assert (forty.status_code, errors(forty)) == (422, ["Write an amount such as 12.50."])
    assert 'value="forty" required aria-invalid="true" aria-describedby="amount-wrong"' in forty.content.decode()
    for _ in range(2):
        paid = desk.post(
            "purchase-pay", desk.clinic.pk, purchase.pk, amount="50,00", method="card", token=str(purchase.pk)
        )
        assert paid.status_code == 302
    assert list(Instalment.objects.values_list("amount", flat=True)) == [4000, 5000]
    nothing = desk.post("purchase-pay", desk.clinic.pk, purchase.pk, amount="0.00", method="card", token="")
    assert (nothing.status_code, errors(nothing)) == (422, ["Write an amount."])
    again = desk.post("purchase-pay", desk.clinic.pk, purchase.pk, amount="1", method="card", token="")
    assert (again.status_code, "more than there is" in " ".join(errors(again))) == (422, True)
    assert "Ten Active" in text(desk.get("purchase", desk.clinic.pk, purchase.pk))


def over(desk: Desk, purchase: Purchase, step: str, **form: Any) -> Any:
    """What comes of a form that ends or extends the purchase."""
    version = versions([purchase])[purchase.pk]
    return desk.post(f"purchase-{step}", desk.clinic.pk, purchase.pk, **{"version": version, "token": "", **form})


def test_calling_off_says_what_it_does_and_gives_back_what_is_left(desk: Desk) -> None:
    """PKG-2, BIL-2: visits are named, what goes back is proposed; once, however often it is sent."""
    purchase = sell(desk)
    for time in ("10:00", "14:00"):
        desk.post("booking-book", desk.clinic.pk, **desk.form(time, package=purchase.pk))
    complete(Appointment.objects.earliest("start").pk, actor=actor_for(desk.user), now=NOW)
    assert "Cancel the package" not in text(desk.get("purchase", desk.clinic.pk, purchase.pk))
    desk.client.force_login(make_user("billing", desk.clinic))
    barred = text(desk.get("purchase", desk.clinic.pk, purchase.pk))
    assert "You may not call them off." in barred
    desk.client.force_login(make_user("clinic_admin", desk.clinic, name="Bo Boss"))
    page = text(desk.get("purchase", desk.clinic.pk, purchase.pk))
    assert "This visit is called off with it: Mon 2 Mar 2026, 14:00 · Dr Smith Call it off too" in page
    assert "£90.00 was paid; without the sessions that have been used £81.00 is left." in page
    good = {"reason": "moved away", "amount": "81.00", "method": "card", "visits": "on", "tell": "true"}
    for wrong, status, said in (
        ({"reason": ""}, 422, "Write a reason."),
        ({"amount": "90.01"}, 422, "more than"),
        ({"amount": "much"}, 422, "12.50"),
        ({"visits": ""}, 409, "bookings that stand: 1"),
        ({"version": "1"}, 409, "Somebody changed it meanwhile."),
    ):
        refused = over(desk, purchase, "cancel", **{**good, **wrong})
        assert (refused.status_code, said in " ".join(errors(refused))) == (status, True)
        assert 'id="ending-form" class="deed-form" method' in refused.content.decode()
    assert [over(desk, purchase, "cancel", **good, token=str(purchase.pk)).status_code for _ in range(2)] == [302, 302]
    after = text(desk.get("purchase", desk.clinic.pk, purchase.pk))
    for said in ("Ten Refunded", "Given back £81.00 Card, ", "Called off moved away Bo Boss ", "1 of 10 used"):
        assert said in after
    assert ("Cancel the package" in after, "Extend" in after, "Auto-schedule" in after) == (False, False, False)
    assert list(Instalment.objects.values_list("amount", flat=True)) == [9000, -8100]
    off, told = Appointment.objects.latest("start"), Entry.objects.get(fact="purchase_cancelled").ids
    assert (off.status, told["appointments"], told["tell"]) == ("cancelled", [str(off.pk)], True)


def test_extending_on_the_page(desk: Desk) -> None:
    """PKG-2: by who manages packages; with what is wrong beside the field, and then with who did it and why."""
    purchase = sell(desk)
    assert "Extend" not in text(desk.get("purchase", desk.clinic.pk, purchase.pk))
    desk.client.force_login(make_user("clinic_admin", desk.clinic, name="Bo Boss"))
    for wrong, said in (({"until": ""}, "Choose a date."), ({"until": "2026-05-31"}, "later than it is now")):
        refused = over(desk, purchase, "extend", **{"until": "2026-07-01", "reason": "ill", **wrong})
        assert (refused.status_code, said in " ".join(errors(refused))) == (422, True)
    assert over(desk, purchase, "extend", until="2026-07-01", reason="was ill").status_code == 302
    page = text(desk.get("purchase", desk.clinic.pk, purchase.pk))
    for said in ("Valid until Wed 1 Jul 2026", "Extended was ill · was valid until Sun 31 May 2026 Bo Boss "):
        assert said in page


def test_of_another_clinics_visits_and_deeds_only_that_there_are_some() -> None:
    """PKG-2, SYS-1: neither when nor with whom, what became of it nor why; where one belongs all of that."""
    boss = Desk("clinic_admin")
    sold, far = purchases.sold(boss, 2), make_clinic(name="Far")
    purchases.draw(boss, sold, 1)
    over(boss, sold, "extend", until="2026-07-01", reason="was ill")
    Purchase.objects.update(everywhere=True)
    near = text(boss.get("purchase", boss.clinic.pk, sold.pk))
    for said in (
        "1 Consultation Dr Smith Mon 2 Mar 2026, 09:00 Confirmed",
        "with it: Mon 2 Mar 2026, 09:00 · Dr Smith",
    ):
        assert said in near
    boss.patient.registrations.create(clinic=far)
    Appointment.objects.update(clinic=far)
    called_off = text(boss.get("purchase", boss.clinic.pk, sold.pk))
    Appointment.objects.update(clinic=boss.clinic)
    boss.client.force_login(make_user("clinic_admin", far))
    page = text(boss.get("purchase", far.pk, sold.pk))
    assert "with it: in another clinic You may not" in called_off
    assert "Extended was valid until Sun 31 May 2026 Another clinic " in page
    for shown in (called_off, page):
        assert "1 Consultation in another clinic 2" in shown
        assert [one for one in ("Smith", "2 Mar 2026, 09:00", "Confirmed") if one in shown] == []


def test_money_and_buyers_are_for_those_who_may_see_them(desk: Desk) -> None:
    """PKG-2: money by its right; one for all clinics in another clinic only once its buyer is known there."""
    sold, elsewhere = sell(desk), make_clinic()
    Purchase.objects.update(everywhere=True)
    for role, shown in (("front_desk", True), ("doctor", False)):
        desk.client.force_login(make_user(role, desk.clinic))
        page = text(desk.get("purchase", desk.clinic.pk, sold.pk))
        assert ("0 of 10 used" in page, "£90.00" in page, "Invoice" in page) == (True, shown, shown)
    desk.client.force_login(make_user("front_desk", elsewhere))
    assert desk.get("purchase", elsewhere.pk, sold.pk).status_code == 404
    desk.patient.registrations.create(clinic=elsewhere)
    page = desk.get("purchase", elsewhere.pk, sold.pk)
    assert (page.status_code, "£90.00" in text(page)) == (200, False)


@pytest.mark.parametrize("currency", ["GBP", "EUR"])
def test_it_is_printed_on_the_paper_of_where_it_can_be_used(desk: Desk, currency: str) -> None:
    """DOC-1: in a clinic of another currency it is only looked at."""
    sold, elsewhere = sell(desk), make_clinic(currency=currency)
    Purchase.objects.update(everywhere=True)
    desk.patient.registrations.create(clinic=elsewhere)
    desk.client.force_login(make_user("front_desk", elsewhere))
    page = desk.get("purchase", elsewhere.pk, sold.pk).content.decode()
    paper = elsewhere if currency == "GBP" else desk.clinic
    assert f"{reverse('purchase-schedule', args=[sold.pk])}?clinic={paper.pk}" in page


def test_the_panel_offers_the_patients_own_packages_and_draws_on_one(desk: Desk) -> None:
    """PKG-3: a single visit unless one is chosen; the card, the patient's page and the purchase say where it stands."""
    purchase, other = sell(desk), make_patient(desk.clinic)
    offered = desk.post("booking-hold", desk.clinic.pk, **desk.form()).content.decode()
    assert "Ten: 10 left, until 31/05/2026" in offered
    assert "Single visit" in offered
    assert "Ten:" not in desk.post("booking-hold", desk.clinic.pk, **desk.form(patient=other.pk)).content.decode()
    foreign = desk.post("booking-book", desk.clinic.pk, **desk.form("11:00", patient=other.pk, package=purchase.pk))
    assert (foreign.status_code, errors(foreign)) == (409, ["The package is another patient's."])
    card = text(desk.post("booking-book", desk.clinic.pk, **desk.form("14:00", package=purchase.pk)))
    assert "Package Ten session 1 of 10" in card
    made = Appointment.objects.get()
    assert (made.payment.method, made.payment.status, made.payment.total) == ("package", "paid", 900)
    complete(made.pk, actor=actor_for(desk.user), now=NOW)
    for shown in (desk.get("appointment", made.pk), desk.get("patient", desk.clinic.pk, desk.patient.pk)):
        assert "1 of 10 used" in text(shown)
    page = text(desk.get("purchase", desk.clinic.pk, purchase.pk))
    assert "1 Consultation Dr Smith Mon 2 Mar 2026, 14:00 Completed 2 Consultation not booked" in page
    single = text(desk.post("booking-book", desk.clinic.pk, **desk.form("12:00")))
    assert "Package" not in single


def test_as_many_queries_for_many_packages_as_for_one(desk: Desk) -> None:
    counts = []
    for _ in range(3):
        purchase = sell(desk, token="")
        with CaptureQueriesContext(connection) as queries:
            desk.get("patient", desk.clinic.pk, desk.patient.pk)
            desk.get("purchase", desk.clinic.pk, purchase.pk)
        counts.append(len(queries))
    assert counts[1] == counts[2]


def test_who_may_not_sell_isnt_offered_to() -> None:
    desk = Desk("doctor")
    defined(desk)
    page = desk.get("patient", desk.clinic.pk, desk.patient.pk).content.decode()
    assert "No package has been bought." in page
    assert "Sell a package" not in page


@pytest.mark.parametrize("typed", ["12.50", " 12,5 ", "١٢٫٥٠", "۱۲٫۵", "١٢,٥"])
def test_an_amount_is_read_in_any_digits(typed: str) -> None:
    """OPS-2"""
    assert typed_amount(typed, "GBP") == 1250
