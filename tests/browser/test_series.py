"""Repeating a visit at the desk: a conflict shows itself, its alternative is taken, all are booked."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from orderly.appointments.actions.book import book
from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from orderly.core import clock
from orderly.people.queries import actor_for
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.factories import at, booking, make_patient

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_series_with_a_conflict(open_desk: Callable[..., Desk], cast: Cast) -> None:
    """APT-8, by keyboard: the focus stays where it is while the list is drawn anew."""
    other, busy = make_patient(cast.clinic), cast.tomorrow + timedelta(days=2)
    taken = booking(cast.clinic, cast.service, cast.smith, other, at(cast.clinic, busy, "10:00"))
    book(taken, actor=actor_for(cast.colleague), now=clock.now())
    desk = open_desk()
    desk.click(0, "10:00")
    desk.choose("aziza")
    desk.held()
    desk.page.locator("#repeat").press("Enter")
    expect(desk.page.locator("#panel-title")).to_have_text("Repeat the visit")
    desk.page.locator("#series-unit").select_option("day")
    count = desk.page.get_by_label("Number of visits")
    count.fill("4")
    count.press("Tab")
    expect(desk.page.locator(".visit")).to_have_count(4)
    conflict = desk.page.locator(".visit.is-conflict")
    expect(conflict).to_contain_text("Dr Alan Smith is busy 10:00–10:30.")
    expect(desk.page.locator("#book")).to_be_disabled()
    choice = conflict.locator("select")
    choice.focus()
    choice.select_option(index=1)
    expect(desk.page.locator(".visit.is-free")).to_have_count(4)
    expect(desk.page.locator(f"#at-{busy}")).to_be_focused()
    desk.page.locator(f"#at-{busy}").select_option(index=0)
    expect(conflict).to_have_count(1)
    desk.page.get_by_role("button", name="Take what is proposed for each").press("Enter")
    expect(desk.page.locator(".visit.is-free")).to_have_count(4)
    expect(desk.page.locator("#book")).to_be_focused()
    desk.page.locator("#book").press("Enter")
    desk.toast("Booked: 4 visits")
    expect(desk.panel.locator(".chain")).to_contain_text("Visit 1 of 4 in a series")
    mine = Appointment.objects.exclude(patient=other).order_by("start").values_list("start", flat=True)
    days = [cast.tomorrow + timedelta(days=nth) for nth in range(4)]
    wanted = [at(cast.clinic, day, "10:00") for day in days]
    assert ([one for one in mine if one not in wanted], len(mine)) == ([at(cast.clinic, busy, "09:30")], 4)
    assert Hold.objects.count() == 0
    desk.page.keyboard.press("u")
    desk.toast("Undone.")
    assert set(Appointment.objects.exclude(patient=other).values_list("status", flat=True)) == {"cancelled"}
    assert desk.violations() == []
