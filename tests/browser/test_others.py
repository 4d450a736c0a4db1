"""Two people at the same calendar, and a browser far from the clinic."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from orderly.appointments.models import Appointment
from orderly.core import clock
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.factories import at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]


def test_others_holds_and_bookings_appear_by_themselves(open_desk: Open, cast: Cast) -> None:
    """CAL-3, AVL-6"""
    mine, theirs = open_desk(), open_desk(cast.colleague)
    theirs.click(0, "10:00")
    theirs.held()
    mine.box("Being booked by Timur").wait_for()
    theirs.choose("karimova")
    theirs.page.keyboard.press("Enter")
    mine.box("Aziza Karimova").wait_for()
    assert mine.boxes() == ["10:00 Aziza Karimova"]


def test_a_lost_connection_shows_and_catches_up(open_desk: Open, cast: Cast) -> None:
    """CAL-3"""
    mine, theirs = open_desk(), open_desk(cast.colleague)
    mine.page.context.set_offline(True)
    mine.page.locator("#linked", has_text="Connection lost").wait_for()
    theirs.click(0, "10:00")
    theirs.held()
    theirs.choose("karimova")
    theirs.page.keyboard.press("Enter")
    theirs.toast("Booked")
    mine.page.context.set_offline(False)
    mine.box("Aziza Karimova").wait_for()
    assert mine.page.locator("#linked").inner_text() == ""


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_the_clinics_clock_counts_not_the_browsers(open_desk: Open, cast: Cast, zone: str) -> None:
    """CAL-1: what is shown, clicked and dragged is the clinic's wall time."""
    desk = open_desk(timezone_id=zone)
    desk.click(0, "16:30")
    desk.held()
    assert desk.value("time") == "16:30"
    desk.choose("karimova")
    desk.page.keyboard.press("Enter")
    desk.box("Aziza Karimova").wait_for()
    assert desk.boxes() == ["16:30 Aziza Karimova"]
    desk.drag("Karimova", 1, "09:15")
    desk.toast("09:15")
    assert Appointment.objects.get().start == at(cast.clinic, cast.tomorrow, "09:15")
    desk.page.keyboard.press("t")
    assert desk.loaded(cast.tomorrow - timedelta(days=1)).shows(cast.tomorrow - timedelta(days=1))


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_the_line_of_the_present_is_the_clinics(open_desk: Open, cast: Cast, zone: str) -> None:
    """CAL-1: the clinic is moved to where it is noon or a little later."""
    now = clock.now()
    cast.clinic.timezone = f"Etc/GMT{now.hour - 12:+}"
    cast.clinic.save()
    desk = open_desk(day=now.date(), timezone_id=zone)
    line = desk.page.locator(".ec-now-indicator").bounding_box()
    assert line
    wanted = desk.place(0, f"12:{now.minute:02}")[1] - 4
    assert abs(line["y"] - wanted) < 5  # two minutes are three pixels
