"""One appointment: its steps through the day."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from orderly.appointments.models import Appointment
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.browser.visits import made, stands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]


@pytest.fixture
def visit(cast: Cast) -> Appointment:
    """Aziza Karimova with Dr Smith, tomorrow at 10:00."""
    return made(cast, "Karimova", "10:00")


def test_through_the_day_and_back(open_desk: Open, visit: Appointment) -> None:
    """APT-4: only the buttons its status allows; the history says who did what."""
    desk = open_desk()
    desk.box("Karimova").click()
    for button, status in (("Arrived", "Arrived"), ("Start", "In progress"), ("Completed", "Completed")):
        desk.button(button).click()
        desk.panel.locator(".badge-status", has_text=status).wait_for()
    desk.button("Reopen").first.click()
    desk.page.keyboard.type("wrong button")
    desk.page.keyboard.press("Enter")
    desk.panel.locator(".badge-status", has_text="In progress").wait_for()
    assert desk.panel.locator(".actions .buttons button:visible").all_inner_texts() == [
        "Completed",
        "Not started yet",
        "Move",
        "Pin",
    ]
    assert [text.split("\n")[0] for text in desk.panel.locator(".story li").all_inner_texts()] == [
        "Completed → In progress wrong button",
        "In progress → Completed",
        "Arrived → In progress",
        "Confirmed → Arrived",
        "Booked",
    ]


def test_cancelled_is_struck_through(open_desk: Open, visit: Appointment) -> None:
    """APT-7, CAL-2"""
    desk = open_desk()
    desk.box("Karimova").click()
    desk.button("Cancel appointment").first.click()
    assert desk.focused() == "cancel-reason"
    desk.page.locator("#cancel-reason").select_option("patient_ill")
    desk.page.locator("#cancel-note").fill("flu")
    desk.page.keyboard.press("Enter")
    desk.page.locator(".box.is-cancelled").wait_for()
    line = desk.page.locator(".box.is-cancelled .box-patient").evaluate("e => getComputedStyle(e).textDecorationLine")
    visit.refresh_from_db()
    assert (line, visit.cancel_reason and visit.cancel_reason.code, visit.cancel_note) == (
        "line-through",
        "patient_ill",
        "flu",
    )


def test_undone_by_one_key(open_desk: Open, visit: Appointment) -> None:
    """CAL-9: what was dragged goes back, and so does a step, from the card that shows it."""
    desk = open_desk()
    desk.drag("Karimova", 1, "11:30")
    desk.toast("11:30")
    desk.page.keyboard.press("u")
    desk.toast("Undone.")
    assert stands(visit) == ("Alan Smith", "10:00", 30)
    desk.box("Karimova").click()
    desk.button("Arrived").click()
    desk.panel.locator(".undo", has_text="Confirmed → Arrived").wait_for()
    desk.panel.locator("#panel-title").press("u")
    desk.panel.locator(".badge-status", has_text="Confirmed").wait_for()
    assert desk.panel.locator(".undo").count() == 0


def test_what_may_not_be_changed_has_no_buttons(open_desk: Open, cast: Cast, visit: Appointment) -> None:
    """ACC-3: billing looks, the desk works."""
    cast.receptionist.memberships.update(role="billing")
    desk = open_desk()
    desk.drag("Karimova", 1, "15:00", fixed=True)
    desk.box("Karimova").click()
    desk.panel.locator(".facts").wait_for()
    assert desk.panel.get_by_role("button").all_inner_texts() == [""]
    assert desk.page.get_by_role("button", name="New booking").count() == 0
    assert stands(visit) == ("Alan Smith", "10:00", 30)


def test_days_by_keys_and_by_the_address(open_desk: Open, cast: Cast) -> None:
    """CAL-1, CAL-5"""
    desk = open_desk()
    days = [cast.tomorrow + timedelta(days=n) for n in (-1, 0, 1)]
    desk.page.keyboard.press("ArrowRight")
    assert desk.loaded(days[2]).shows(days[2])
    desk.page.keyboard.press("t")
    desk.loaded(days[0])
    assert desk.page.locator(".ec-now-indicator").count() in (0, 1)
    desk.page.go_back()
    desk.loaded(days[2])
    desk.page.keyboard.press("ArrowLeft")
    desk.loaded(days[1])
    desk.page.locator("#day").fill(str(days[0]))
    desk.loaded(days[0])
    desk.page.keyboard.press("?")
    desk.page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
