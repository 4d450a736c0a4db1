"""A family is booked together in a browser, from the mother's page to the three numbers."""

from collections.abc import Callable

import pytest

from orderly.engine.walltime import local
from orderly.parties.models import Party
from orderly.parties.queries.members import of_party
from orderly.patients.models import Patient
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.factories import make_patient

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_mother_and_two_children_one_after_the_other(open_desk: Callable[..., Desk], cast: Cast, site: str) -> None:
    """APT-14: found by keys and a press each; nothing a screen reader would stumble over."""
    mother = Patient.objects.get(last_name="Karimova")
    for name in ("Dildora", "Eldor"):
        make_patient(cast.clinic, first_name=name, last_name="Karimov", guardian=mother)
    desk = open_desk()
    page = desk.page
    page.goto(f"{site}/patients/{cast.clinic.pk}/{mother.pk}/")
    page.get_by_role("link", name="Book together…").click()
    page.get_by_role("button", name="Dildora Karimov family").click()
    page.locator("#row-2", has_text="Dildora").wait_for()
    page.locator("#add-somebody").click()
    page.locator("#row-3").wait_for()
    page.locator("#person-3-q:focus").wait_for()
    page.keyboard.type("eld")
    page.locator("#person-3-list [aria-selected=true]", has_text="Eldor").wait_for()
    page.keyboard.press("Enter")
    page.locator("#row-3 .chosen:visible", has_text="Eldor").wait_for()
    for nth in (1, 2, 3):
        page.locator(f"#provider-{nth}").select_option(label="Dr Alan Smith")
    page.get_by_label("From").fill(str(cast.tomorrow))
    page.get_by_role("button", name="Find times").click()
    page.locator("[name=chosen]:focus").wait_for()
    page.keyboard.press("ArrowDown")
    assert desk.violations() == []
    page.get_by_role("button", name="Book all of it").click()
    page.get_by_role("heading", name="All of it is booked").wait_for()
    made = of_party(Party.objects.get(kind="family").pk)
    desk.toast(", ".join(one.number for one in made))
    assert [local(cast.clinic.timezone, one.start)[1] for one in made] == [555, 585, 615]
    page.get_by_role("button", name="10:15–10:45 Eldor Karimov").click()
    desk.panel.locator(".company", has_text="Aziza Karimova").wait_for()
    assert desk.violations() == []
    desk.panel.get_by_text("All of them are undone at once.").wait_for()
    page.keyboard.press("u")
    desk.toast("Undone.")
    assert {one.status for one in of_party(made[0].member.party_id)} == {"cancelled"}
    page.locator("#found").get_by_text("Something has been changed. Find the times again.").wait_for()
