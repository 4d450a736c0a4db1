"""PAT-5: two records made one, by keyboard, with a choice; and taken apart again."""

from collections.abc import Callable

import pytest

from orderly.patients.models import Patient
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.factories import make_patient, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_merged_with_a_choice_and_taken_apart(open_desk: Callable[..., Desk], cast: Cast, site: str) -> None:
    kept = Patient.objects.get(last_name="Karimova")
    said = {"first_name": "Азиза", "last_name": "Каримова", "birth_date": kept.birth_date, "email": "a@example.org"}
    other = make_patient(cast.clinic, mobile="+998901112233", **said)
    page = open_desk(make_user("clinic_admin", cast.clinic)).page
    page.goto(f"{site}/patients/{cast.clinic.pk}/{kept.pk}/")
    page.get_by_role("link", name="Merge with…").click()
    page.get_by_role("link", name="Compare with Азиза Каримова").wait_for()
    page.get_by_role("combobox", name="Another record").fill("азиза")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/merge?with={other.pk}")
    page.get_by_role("group", name="Mobile").get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Merge").click()
    page.get_by_text("The two are one record now.").wait_for()
    kept.refresh_from_db()
    assert (kept.first_name, kept.mobile, kept.email) == ("Aziza", "+998901112233", "a@example.org")
    page.get_by_role("link", name="Take apart again…").click()
    page.get_by_role("button", name="Take apart").click()
    page.get_by_text("is a record of its own again").wait_for()
    kept.refresh_from_db()
    assert (kept.mobile, kept.email) == ("+998901234567", "")
