"""CAL-4 and APT-9 in a browser: figures that move by themselves, and the list they lead to."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from orderly.appointments.actions.book import book
from orderly.appointments.models import Appointment
from orderly.core import clock
from orderly.patients.models import Patient
from orderly.people.queries import actor_for
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.factories import at, booking, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def booked(cast: Cast, wall: str, days: int = 0) -> Appointment:
    """By a colleague, on the clinic's today or some days later; of a time that has passed, afterwards."""
    day = cast.tomorrow + timedelta(days=days - 1)
    patient = Patient.objects.get(last_name="Karimova")
    start = at(cast.clinic, day, wall)
    request = booking(cast.clinic, cast.service, cast.smith, patient, start, afterwards_reason="Seen without booking")
    return book(request, actor=actor_for(cast.colleague), now=clock.now())


def test_what_a_colleague_books_shows_by_itself(open_desk: Callable[..., Desk], cast: Cast) -> None:
    """CAL-4: counted, opened as a list, and its change of state shown there too."""
    page = (desk := open_desk()).page
    page.goto(f"{desk.url}/dashboard/{cast.clinic.pk}/")
    count = page.locator("#tile-waiting strong")
    expect(count).to_have_text("0")
    made = booked(cast, "09:00")
    expect(count).to_have_text("1")
    page.locator("#tile-waiting").click()
    page.get_by_role("button", name="Aziza Karimova").click()
    desk.panel.get_by_text(made.number).first.wait_for()
    desk.panel.get_by_role("button", name="Arrived").first.click()
    expect(page.locator(f"#row-{made.pk} .badge-status")).to_have_text("Arrived")


def test_finding_in_the_list(open_desk: Callable[..., Desk], cast: Cast) -> None:
    """APT-9: the address follows the filters, and never has the words."""
    desk = open_desk(make_user("clinic_admin", cast.clinic, name="Ada Boss"))
    page = desk.page
    booked(cast, "10:00", days=1)
    page.goto(f"{desk.url}/lists/{cast.clinic.pk}/appointments")
    rows = page.locator("#found tbody tr")
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Today", exact=True).click()
    expect(rows).to_have_count(0)
    page.locator("#days").fill("31/02/2026")
    page.keyboard.press("Enter")
    page.locator("#days-wrong .field-errors").wait_for()
    page.get_by_role("button", name="Tomorrow", exact=True).click()
    expect(rows).to_have_count(1)
    page.locator("#q").fill("aliev")
    expect(rows).to_have_count(0)
    page.locator("#q").fill("karim")
    expect(rows).to_have_count(1)
    assert page.url.endswith("/appointments?when=tomorrow")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as XLSX").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    expect(page.locator("html.is-leaving")).to_have_count(0)
    page.get_by_text("My filters").click()
    page.locator("#keep-name").fill("Tomorrow's")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator(".kept a")).to_have_text("Tomorrow's")


def test_who_is_expected_arrives_with_one_press(open_desk: Callable[..., Desk], cast: Cast) -> None:
    """CAL-4"""
    desk = open_desk()
    made = booked(cast, "10:00", days=1)
    desk.page.goto(f"{desk.url}/lists/{cast.clinic.pk}/arrivals?within=72")
    desk.page.locator(f"#coming-{made.pk} [data-arrive]").click()
    desk.toast(f"{made.number}: Arrived")
    expect(desk.page.locator(f"#coming-{made.pk}")).to_have_count(0)
