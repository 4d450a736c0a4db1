"""The patients' screens in a browser: found as one types, opened, edited, registered and booked from any page."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from orderly.patients.models import Patient
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LOOKS = [({}, "en"), ({"color_scheme": "dark"}, "ar"), (PHONE, "ar"), ({**PHONE, "color_scheme": "dark"}, "ru")]


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


def test_registered_from_anywhere_and_booked_at_once(open_desk: Open, cast: Cast) -> None:
    """PAT-2: `p`, some words, Enter; Enter again books."""
    desk = open_desk()
    page = desk.page
    page.keyboard.press("p")
    desk.panel.get_by_label("First name").fill("Zoe")
    desk.panel.get_by_label("Last name").fill("Ray")
    desk.panel.get_by_label("Birth date").fill("20.12.1990")
    desk.panel.get_by_label("Gender").select_option("female")
    desk.panel.get_by_label("Mobile").fill("90 111 22 33")
    page.keyboard.press("Enter")
    desk.toast("Registered: Zoe Ray")
    page.keyboard.press("Enter")
    desk.panel.locator("[data-chosen]", has_text="Zoe Ray").wait_for()


@pytest.mark.parametrize(("look", "language"), LOOKS)
def test_nothing_is_in_the_way_of_anybody(
    open_desk: Open, cast: Cast, look: dict[str, Any], language: str, site: str
) -> None:
    """CAL-5, CAL-6, OPS-2, PAT-6, PAT-7"""
    desk = open_desk(make_user("clinic_admin", cast.clinic, name="Ada Boss"), **look)
    page, patients = desk.page, f"{site}/patients/{cast.clinic.pk}/"
    page.context.add_cookies([{"name": "django_language", "value": language, "url": site}])
    one = Patient.objects.get(last_name="Karimova")
    found: dict[str, Any] = {}
    for address in ("", "?gender=male&age_from=3", "?age_from=x", "add", f"{one.pk}/", f"{one.pk}/edit"):
        page.goto(patients + address)
        for drawer in page.locator("details.drawer").all():
            drawer.locator("summary").click()
            drawer.locator(".drawer-body > *").first.wait_for()
        found[address] = desk.violations()
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address
    assert {address: rules for address, rules in found.items() if rules} == {}
