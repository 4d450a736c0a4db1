"""APT-13 in a browser: from the sick call to visits that are with somebody else."""

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
from tests.factories import at, booking

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def booked(cast: Cast, name: str, wall: str) -> Appointment:
    """With Dr Smith, on the day after tomorrow."""
    start = at(cast.clinic, cast.tomorrow + timedelta(days=1), wall)
    request = booking(cast.clinic, cast.service, cast.smith, Patient.objects.get(last_name=name), start)
    return book(request, actor=actor_for(cast.colleague), now=clock.now())


def test_a_sick_day(open_desk: Callable[..., Desk], cast: Cast) -> None:
    """APT-13: noted from the menu, one row pinned to another time, one kept for later, the rest moved."""
    first, second = booked(cast, "Karimova", "10:00"), booked(cast, "Aliev", "11:00")
    page = (desk := open_desk()).page
    page.get_by_role("button", name="Signed in as Nilufar").click()
    page.get_by_role("button", name="Provider away…").click()
    expect(page.locator("#away-provider")).to_be_focused()
    page.locator("#away-provider").select_option(label="Dr Alan Smith")
    for field in ("first", "last"):
        page.locator(f"#away-{field}").fill(str(cast.tomorrow + timedelta(days=1)))
    page.locator("#away-start").fill("")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan?rule=*")
    after = page.locator(f"#line-{first.pk} .plan-after")
    expect(after).to_contain_text("10:00 Dr Bella Young")
    page.locator(f"#pin-{second.pk}").select_option(label="10:15, Dr Bella Young")
    expect(after).to_contain_text("09:45 Dr Bella Young")
    page.locator(f"#take-{second.pk}").uncheck()
    page.get_by_role("button", name="Move what is ticked").click()
    page.get_by_role("status").get_by_text("1 appointment was moved.").wait_for()
    expect(page.locator("#stranded li")).to_have_count(1)
    moved = Appointment.objects.get(pk=first.pk)
    assert (moved.provider, moved.start) == (cast.young, first.start - 15)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator("#stranded li")).to_have_count(2)
    page.get_by_role("status").get_by_text("Undone.").wait_for()
    moved.refresh_from_db()
    assert (moved.provider, moved.start) == (first.provider, first.start)
    page.get_by_role("button", name="Bekzod Aliev", exact=True).click()
    desk.panel.get_by_text(second.number).first.wait_for()
