"""The patients' screens in a browser: found as one types, opened, edited, registered and booked from any page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from orderly.patients.models import Patient
from tests.browser.conftest import Cast
from tests.browser.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]


def people(page: Page) -> list[str]:
    return page.locator(".person-link").all_inner_texts()


def test_from_a_key_to_the_saved_record(open_desk: Open, cast: Cast) -> None:
    """PAT-3, PAT-6, PAT-7: `/`, some letters, Enter; a bad phone is said beside the field and nothing else is lost."""
    page = open_desk().page
    page.keyboard.press("/")
    page.wait_for_url("**/patients/**")
    page.keyboard.type("karim")
    page.locator("#results[data-address]", has_text="1 patient").wait_for()
    assert people(page) == ["Aziza Karimova"]
    assert "karim" not in page.url
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Aziza Karimova").wait_for()
    page.wait_for_load_state("domcontentloaded")  # the heading can stand there before the keys are listened to
    page.keyboard.press("e")
    page.wait_for_url("**/edit")
    page.get_by_label("Middle name").fill("Rustamovna")
    page.get_by_label("Mobile").fill("12")
    page.keyboard.press("Enter")
    page.locator("#errors-mobile").wait_for()
    assert page.evaluate("document.activeElement.name") == "mobile"
    page.get_by_label("Mobile").fill("90 765 43 21")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Aziza Rustamovna Karimova").wait_for()
    assert Patient.objects.get(last_name="Karimova").mobile == "+998907654321"


def test_filters_stand_in_the_address_and_can_be_taken_off(open_desk: Open, cast: Cast, site: str) -> None:
    """PAT-6"""
    page = open_desk().page
    page.goto(f"{site}/patients/{cast.clinic.pk}/")
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Age from").fill("200")
    page.keyboard.press("Tab")
    page.locator("[name=age_from][aria-invalid=true]").wait_for()
    page.get_by_label("Age from").fill("30")
    page.keyboard.press("Tab")
    page.locator(".chip", has_text="Age from: 30").wait_for()
    page.wait_for_url("**/?age_from=30")
    page.locator(".chip", has_text="Age from: 30").click()
    page.locator(".chip").first.wait_for(state="detached")
    page.wait_for_url(f"**/patients/{cast.clinic.pk}/")
    page.locator("#find").press("ArrowDown")
    assert page.evaluate("document.activeElement.className") == "person-link"


def fill_in(desk: Desk) -> None:
    desk.panel.get_by_label("First name").fill("Zoe")
    desk.panel.get_by_label("Last name").fill("Ray")
    desk.panel.get_by_label("Birth date").fill("20.12.1990")
    desk.panel.get_by_label("Gender").select_option("female")
    desk.panel.get_by_label("Mobile").fill("90 111 22 33")


def test_registered_from_anywhere_and_booked_at_once(open_desk: Open, cast: Cast) -> None:
    """PAT-2: `p`, some words, Enter; Enter again books. Enter never makes a second record of somebody."""
    desk = open_desk()
    page = desk.page
    page.keyboard.press("p")
    fill_in(desk)
    page.keyboard.press("Enter")
    desk.toast("Registered: Zoe Ray")
    page.keyboard.press("Enter")
    desk.panel.locator("[data-chosen]", has_text="Zoe Ray").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    fill_in(desk)
    page.keyboard.press("Enter")
    desk.panel.locator(".alike [data-book]:focus").wait_for()
    desk.panel.get_by_label("Mobile").press("Enter")
    desk.panel.locator(".alike [data-book]:focus").wait_for()
    page.keyboard.press("Enter")
    desk.panel.locator("[data-chosen]", has_text="Zoe Ray").wait_for()
    assert Patient.objects.filter(last_name="Ray").count() == 1
