"""The booking form step by step, and whatever people do to a form besides filling it in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from orderly.appointments.models import Appointment
from orderly.calendars.models import Claim, Hold
from orderly.catalogue.models import Need, Offering
from orderly.core import clock
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.factories import at, make_asset

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]


def begun(desk: Desk, patient: str) -> Desk:
    """A new booking, with its first free time held."""
    desk.page.locator("[data-new]").first.click()
    desk.choose(patient)
    desk.held()
    return desk


def test_five_steps(open_desk: Open, cast: Cast) -> None:
    """APT-1, AVL-4: each opens the next; what is changed in one keeps what can stay in the others."""
    for name in ("Chair 1", "Chair 2"):
        make_asset(cast.clinic, "chair", name=name)
    Need.objects.create(phase=cast.long.phases.get(), role="resource", kind="chair")
    Offering.objects.create(service=cast.long, provider=cast.smith)
    desk = open_desk()
    desk.page.locator("[data-new]").first.click()
    desk.panel.get_by_text("Free times are shown as soon as the patient is chosen.").wait_for()
    desk.choose("aziza")
    desk.held()
    desk.page.locator("#booking-service").select_option("Massage")
    desk.page.locator("#thing-1").select_option("Chair 2")
    confirm = desk.panel.locator(".confirm")
    expect(confirm).to_contain_text("Massage")
    expect(confirm).to_contain_text("Dr Alan Smith · Chair 2")
    friday = cast.tomorrow + timedelta(days=2)
    desk.panel.locator(f".week [data-day='{friday}']").click()
    expect(desk.page.locator("#booking-day")).to_have_value(str(friday))
    desk.panel.locator(".clocks [data-time='14:00']").click()
    expect(confirm).to_contain_text("14:00–15:00")
    desk.page.locator("#booking-provider").select_option("Dr Bella Young")
    expect(confirm).to_contain_text("Dr Bella Young · Chair 2")
    desk.page.locator("#booking-provider").select_option("Any provider")
    desk.panel.get_by_label("Decide later who it will be").check()
    expect(confirm).to_contain_text("a request, for now with")
    assert Hold.objects.get().start == at(cast.clinic, friday, "14:00")
    desk.page.locator("#book").click()
    desk.toast("Booked: AP-")
    made = Appointment.objects.get()
    assert (made.service, made.start, made.status) == (cast.long, at(cast.clinic, friday, "14:00"), "requested")
    assert (made.provider, Hold.objects.count()) == (None, 0)


def test_a_time_that_ran_out_is_held_again(open_desk: Open, cast: Cast) -> None:
    """AVL-6: the form says so and offers it."""
    cast.clinic.hold_minutes = 1
    cast.clinic.save()
    desk = open_desk()
    desk.page.clock.install()
    desk.click(0, "10:00")
    desk.held()
    Claim.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    desk.page.clock.fast_forward(61_000)
    desk.panel.get_by_text("No longer held.").wait_for()
    desk.button("Hold again").click()
    expect(desk.panel.locator(".countdown")).to_contain_text("0:5")
    assert Hold.objects.filter(claim__expires_at__gt=clock.now()).count() == 1


def test_one_form_books_once_whatever_is_pressed(open_desk: Open, cast: Cast) -> None:
    """ACC-5, APT-1: a double click, Enter twice, the way back, and the same time in a second window."""
    desk, other = open_desk(), open_desk()
    other.page.route("**/feed?*", lambda _: None)  # it points before it hears that the time is held
    begun(desk, "kari")
    other.click(0, "09:00")
    other.panel.get_by_text("You are holding 09:00–09:30 yourself, in another window.").wait_for()
    other.choose("aliev")
    desk.page.locator("#book").focus()
    desk.page.evaluate("document.getElementById('booking').requestSubmit()")
    desk.page.locator("#book").dblclick(force=True, no_wait_after=True)
    desk.toast("Booked: AP-")
    desk.page.go_back()
    desk.page.go_forward()
    assert Appointment.objects.count() == 1
    other.page.locator("#book").click()
    other.panel.get_by_text("is busy 09:00–09:30").wait_for()
    assert Appointment.objects.count() == 1


def test_who_was_opened_last_is_at_hand(open_desk: Open, cast: Cast) -> None:
    """PAT-6"""
    desk = open_desk()
    begun(desk, "kari")
    desk.button("Change").click()
    desk.panel.get_by_text("Last opened by you").wait_for()
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Enter")
    desk.panel.locator("[data-chosen]", has_text="Aziza Karimova").wait_for()
