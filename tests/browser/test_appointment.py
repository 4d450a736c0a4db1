"""One appointment: its steps through the day, moving it by dialog and by dragging."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.actions.progress import arrive
from orderly.appointments.models import Appointment
from orderly.core import clock
from orderly.engine.walltime import local
from orderly.patients.models import Patient
from orderly.people.queries import actor_for
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.factories import at, booking

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]


@pytest.fixture
def visit(cast: Cast) -> Appointment:
    """Aziza Karimova with Dr Smith, tomorrow at 10:00."""
    return made(cast, "Karimova", "10:00")


def made(cast: Cast, name: str, time: str) -> Appointment:
    patient = Patient.objects.get(last_name=name)
    request = booking(cast.clinic, cast.service, cast.smith, patient, at(cast.clinic, cast.tomorrow, time))
    return book(request, actor=actor_for(cast.colleague), now=clock.now())


def stands(visit: Appointment) -> tuple[str, str, int]:
    """Provider, wall time and length as the database has them now."""
    visit.refresh_from_db()
    assert visit.provider is not None
    _, wall = local("Asia/Tashkent", visit.start)
    return visit.provider.name, f"{wall // 60:02}:{wall % 60:02}", visit.end - visit.start


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


def test_move_by_choosing_a_free_time(open_desk: Open, cast: Cast, visit: Appointment) -> None:
    """APT-6, CAL-5: the equal of dragging, by keyboard."""
    desk = open_desk()
    desk.box("Karimova").focus()
    desk.page.keyboard.press("Enter")
    desk.button("Move").focus()
    desk.page.keyboard.press("Enter")
    desk.panel.locator("#move-provider").select_option(str(cast.young.pk))
    desk.panel.locator("#move-provider:has(option[selected]:text('Dr Bella Young'))").wait_for()
    desk.panel.locator("[data-time='14:15']").click()
    desk.page.keyboard.press("Enter")
    desk.toast("14:15")
    assert stands(visit) == ("Bella Young", "14:15", 30)


def test_dragging_moves_and_resizing_extends(open_desk: Open, visit: Appointment) -> None:
    """CAL-2, APT-3, APT-6"""
    desk = open_desk()
    desk.drag("Karimova", 1, "11:30")
    desk.toast("11:30")
    assert stands(visit) == ("Bella Young", "11:30", 30)
    desk.page.wait_for_timeout(100)
    box = desk.box("Karimova").bounding_box()
    assert box is not None
    desk.page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 2)
    desk.page.mouse.down()
    desk.page.mouse.move(box["x"] + 40, box["y"] + box["height"] + 10, steps=3)
    desk.page.mouse.move(box["x"] + 40, box["y"] + box["height"] + 22, steps=3)
    desk.page.mouse.up()
    desk.page.locator("#toasts p").nth(1).wait_for()
    assert stands(visit) == ("Bella Young", "11:30", 45)


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


def test_a_refused_drag_is_taken_back_and_says_why(open_desk: Open, cast: Cast, visit: Appointment) -> None:
    """CAL-2, AVL-5"""
    made(cast, "Aliev", "14:00")
    desk = open_desk()
    desk.drag("Karimova", 0, "14:00")
    desk.panel.get_by_text("Dr Alan Smith is busy 14:00–14:30.").wait_for()
    assert desk.value("time") == "14:00"
    assert stands(visit) == ("Alan Smith", "10:00", 30)
    assert desk.boxes() == ["10:00 Aziza Karimova", "14:00 Bekzod Aliev"]
    desk.panel.locator(".alternatives button").first.click()
    desk.page.keyboard.press("Enter")
    desk.toast("13:30")
    assert stands(visit) == ("Alan Smith", "13:30", 30)


def test_a_stale_drag_is_refused_and_the_newer_state_shown(open_desk: Open, cast: Cast, visit: Appointment) -> None:
    """APT-6"""
    desk = open_desk()
    desk.page.route("**/position", lambda route: route.abort())  # so that the screen can't learn of it in time
    desk.page.route("**/feed?*", lambda route: route.abort())
    arrive(visit.pk, actor=actor_for(cast.colleague), now=clock.now())
    desk.drag("Karimova", 1, "15:00")
    desk.panel.get_by_text("Somebody changed this appointment meanwhile.").wait_for()
    assert desk.panel.locator(".badge-status").inner_text() == "Arrived"
    assert stands(visit) == ("Alan Smith", "10:00", 30)
    desk.page.unroute_all()


def test_what_may_not_be_changed_has_no_buttons(open_desk: Open, cast: Cast, visit: Appointment) -> None:
    """ACC-3: billing looks, the desk works."""
    cast.receptionist.memberships.update(role="billing")
    desk = open_desk()
    desk.drag("Karimova", 1, "15:00")
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
    assert desk.loaded(days[2]).page.url.endswith(f"?day={days[2]}")
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
