"""PKG-3, PKG-7: a package is sold, and a visit draws on it, in a browser."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from orderly.appointments.models import Appointment
from orderly.core import clock
from orderly.packages.actions.define import add_package
from orderly.packages.inputs import PackageDetails, Sessions
from orderly.patients.models import Patient
from tests.browser.conftest import Cast, sign_in
from tests.browser.desk import Desk
from tests.factories import make_actor, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]


def test_bought_drawn_on_and_used(open_desk: Open, cast: Cast) -> None:
    services = (Sessions(service=cast.long.pk, sessions=10),)
    ten = PackageDetails(name="Ten massages", clinic=cast.clinic.pk, price=9000, validity_days=90, services=services)
    add_package(ten, actor=make_actor("clinic_admin", cast.clinic), now=clock.now())
    aziza = Patient.objects.get(first_name="Aziza")
    desk = open_desk()
    page, patient = desk.page, reverse("patient", args=[cast.clinic.pk, aziza.pk])
    page.goto(desk.url + patient)
    page.get_by_role("link", name="Sell a package").click()
    page.get_by_text("Ten massages").click()
    page.get_by_label("Paid now (UZS)").fill("90.00")
    page.get_by_role("button", name="Sell", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ten massages Active")
    desk.visit(cast.clinic, cast.tomorrow)
    page.locator("[data-new]").first.click()
    desk.choose("aziza")
    desk.held()
    page.locator("#booking-service").select_option("Massage")
    page.locator("#booking-package").select_option(index=1)
    expect(desk.panel.locator(".confirm")).to_contain_text("paid by the package")
    page.locator("#book").click()
    desk.toast("Booked: AP-")
    expect(desk.panel).to_contain_text("session 1 of 10")
    desk.button("Arrived").click()
    desk.button("Completed").click()
    expect(desk.panel).to_contain_text("1 of 10 used")
    desk.panel.get_by_role("link", name="Ten massages").click()
    expect(page.locator(".session-line").first).to_contain_text("Completed")
    assert Appointment.objects.get().payment.method == "package"
    sign_in(page.context, make_user("clinic_admin", cast.clinic), desk.url)
    page.reload()
    page.get_by_role("button", name="Cancel the package").click()
    ending = page.locator("#ending-form")
    expect(ending.get_by_label("Reason")).to_be_focused()
    expect(ending.get_by_label("Give back (UZS)")).to_have_value("81.00")
    assert desk.violations() == []
    ending.get_by_label("Reason").fill("moved away")
    ending.get_by_role("button").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ten massages Refunded")
    expect(page.locator(".facts")).to_contain_text("moved away")
