"""Requests that come to nothing: what the desk is told, and that it can go on from where it was."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from orderly.appointments.models import Appointment
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.browser.visits import made, stands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]

ASKED = "No answer. Check the connection and try again."
ONCE = "No answer: nothing may have been saved. Try again, it won't be done twice."
BROKEN = (
    "Something went wrong and nothing was saved. If it happens again, tell your administrator this number: 4711-0815"
)


def failing(desk: Desk) -> str:
    line = desk.panel.locator(".failed")
    line.wait_for()
    return line.locator("p").inner_text()


def lose_the_answer(route: Route) -> None:
    """The server does what it was asked, and nobody hears of it."""
    route.fetch()
    route.abort()


def test_a_panel_that_cannot_be_loaded_says_so(open_desk: Open, cast: Cast) -> None:
    desk = open_desk()
    desk.page.context.set_offline(True)
    desk.click(0, "10:00")
    expect(desk.panel.get_by_role("alert")).to_have_text(ASKED)
    assert (desk.focused(), desk.violations()) == ("Try again", [])
    desk.button("Try again").click()
    expect(desk.panel.get_by_role("alert")).to_have_text(ASKED)
    desk.page.context.set_offline(False)
    desk.button("Try again").click()
    desk.choose("aziza")
    desk.page.context.set_offline(True)
    desk.page.keyboard.press("Escape")
    desk.page.locator("[data-new]").first.click()
    desk.panel.get_by_text(ASKED).wait_for()
    desk.panel.locator(".buttons [data-close]").click()
    expect(desk.panel).to_be_hidden()


def test_a_booking_without_an_answer_keeps_what_was_typed(open_desk: Open, cast: Cast) -> None:
    """ACC-5: cut off, lost on the way back, or broken at the server: the form stays, and books once."""
    desk = open_desk()
    desk.click(0, "10:00")
    desk.choose("aziza")
    desk.held()
    desk.page.context.set_offline(True)
    desk.page.locator("#book").click()
    assert (failing(desk), desk.violations()) == (ONCE, [])
    desk.page.context.set_offline(False)
    page = '<p>Sorry</p><p class="reference">4711-0815</p>'
    desk.page.route("**/book", lambda route: route.fulfill(status=502, body=page), times=1)
    desk.page.locator("#book").click()
    expect(desk.panel.locator(".failed p")).to_have_text(BROKEN)
    desk.page.route("**/book", lose_the_answer, times=1)
    desk.page.locator("#book").click()
    expect(desk.panel.locator(".failed p")).to_have_text(ONCE)
    assert (desk.panel.locator(".person strong").inner_text(), desk.value("time")) == ("Aziza Karimova", "10:00")
    desk.button("Try again").click()
    desk.toast("Booked: AP-")
    assert Appointment.objects.count() == 1


def test_a_time_that_could_not_be_held_is_asked_for_again(open_desk: Open, cast: Cast) -> None:
    """Nor is Book deaf while it waits for free times that don't come."""
    desk = open_desk()
    desk.page.locator("[data-new]").first.click()
    desk.page.route("**/hold", lambda route: route.abort(), times=1)
    desk.choose("aziza")
    assert failing(desk) == ONCE
    desk.button("Try again").click()
    desk.held()
    expect(desk.panel.locator(".failed")).to_have_count(0)
    desk.page.locator("#book").click()
    desk.toast("Booked: AP-")


def test_outside_the_panel_it_is_said_at_the_edge(open_desk: Open, cast: Cast) -> None:
    """And taking back what was done says so too."""
    desk = open_desk()
    desk.click(0, "10:00")
    desk.choose("aziza")
    desk.held()
    desk.page.locator("#book").click()
    desk.toast("Booked: AP-")
    desk.page.route("**/undo", lambda route: route.abort(), times=1)
    desk.page.locator("#toasts").get_by_role("button", name="Undo").click()
    desk.toast(ONCE)
    desk.page.locator("#toasts").get_by_role("button", name="Try again").click()
    desk.toast("Undone")
    assert Appointment.objects.get().status == "cancelled"


def test_signed_out_in_the_middle_of_a_booking(open_desk: Open, cast: Cast) -> None:
    """ACC-5: the sign-in says that nothing was booked, and the form comes back on its day as it was."""
    desk = open_desk()
    desk.click(0, "10:00")
    desk.choose("aziza")
    desk.held()
    desk.panel.get_by_text("How it came in, notes").click()
    with desk.page.expect_response("**/keep"):
        desk.page.locator("#notes").fill("Afraid of needles")
        desk.page.locator("#referral").focus()
    desk.page.context.clear_cookies(name="sessionid")
    desk.page.locator("#book").click()
    desk.page.get_by_text("nothing was booked or changed").wait_for()
    assert desk.violations() == []
    desk.page.locator("#id_login").fill(cast.receptionist.email)
    desk.page.locator("#id_password").fill("correct horse")
    desk.page.keyboard.press("Enter")
    desk.held()
    assert desk.shows(cast.tomorrow)
    assert (desk.panel.locator(".person strong").inner_text(), desk.value("time"), desk.value("notes")) == (
        "Aziza Karimova",
        "10:00",
        "Afraid of needles",
    )
    desk.page.locator("#book").click()
    desk.toast("Booked: AP-")
    assert Appointment.objects.get().notes == "Afraid of needles"


def test_a_drag_without_an_answer_goes_back_and_can_be_sent_again(open_desk: Open, cast: Cast) -> None:
    """CAL-2: lost on the way, or broken at the server, whose page is never shown in the panel."""
    visit = made(cast, "Karimova", "10:00")
    desk = open_desk()
    for answer in (lambda route: route.abort(), lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>")):
        desk.page.route("**/move/to", answer)
        desk.drag("Karimova", 1, "15:00")
        desk.toast(ONCE)
        assert desk.boxes() == ["10:00 Aziza Karimova"]
        desk.page.unroute("**/move/to")
    expect(desk.panel).to_be_hidden()
    desk.page.locator("#toasts").get_by_role("button", name="Try again").last.click()
    desk.toast("15:00")
    assert stands(visit) == ("Bella Young", "15:00", 30)
