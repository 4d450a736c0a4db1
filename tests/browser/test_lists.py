"""SET-8, PAT-1: the region chosen narrows the districts, in a form that is kept by the administrator's lists."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator

from orderly.patients.models import ListItem, Patient
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def offered(select: Locator) -> list[str]:
    return select.locator("optgroup:not([disabled]) option").all_text_contents()


def test_a_region_has_its_own_districts(open_desk: Callable[..., Desk], cast: Cast, site: str) -> None:
    page = open_desk(make_user("clinic_admin", cast.clinic)).page
    page.goto(f"{site}/reference/{cast.clinic.pk}/")
    for name in ("Toshkent", "Buxoro"):
        page.get_by_label("New region").fill(name)
        page.keyboard.press("Enter")
        page.locator(f"input[value={name}]").wait_for()
    for region, name in (("Toshkent", "Chilonzor"), ("Buxoro", "Kogon")):
        group = page.locator(".under-region", has_text=f"of {region}")
        group.locator("summary").click()
        group.get_by_label("New district").fill(name)
        page.keyboard.press("Enter")
        page.locator(f".under-region details[open] input[value={name}]").wait_for()
    assert ListItem.objects.count() == 4
    patient = Patient.objects.get(last_name="Karimova")
    page.goto(f"{site}/patients/{cast.clinic.pk}/{patient.pk}/edit")
    region, district = page.get_by_label("Region"), page.get_by_label("District")
    assert offered(district) == ["Chilonzor", "Kogon"]
    district.select_option("Kogon")
    assert region.input_value() == "Buxoro"
    region.select_option("Toshkent")
    assert (district.input_value(), offered(district)) == ("", ["Chilonzor"])
    district.select_option("Chilonzor")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Chilonzor, Toshkent").wait_for()
