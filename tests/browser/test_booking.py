"""Booking at the desk, by mouse and by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from orderly.appointments.actions.book import book
from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from orderly.core import clock
from orderly.patients.models import Patient
from orderly.people.queries import actor_for
from tests.browser.conftest import Cast
from tests.browser.desk import Desk
from tests.factories import at, booking

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]


def booked() -> list[tuple[str, str, int]]:
    rows = Appointment.objects.order_by("start").values_list("patient__last_name", "provider__name", "start")
    return list(rows)


def taken_by_colleague(cast: Cast, time: str) -> Appointment:
    aliev = Patient.objects.get(last_name="Aliev")
    request = booking(cast.clinic, cast.service, cast.smith, aliev, at(cast.clinic, cast.tomorrow, time))
    return book(request, actor=actor_for(cast.colleague), now=clock.now())


COUNT = """
window.actions = [];
addEventListener("pointerdown", (e) => e.isTrusted && actions.push("click"), true);
addEventListener("keydown", (e) => e.isTrusted && e.key.length > 1 && actions.push(e.key), true);
"""


def test_three_actions_book_a_known_patient(open_desk: Open, cast: Cast) -> None:
    """APT-1, AVL-6, PAT-6, CAL-5: a click, a name with Enter, and Enter; counted where they arrive."""
    desk = open_desk()
    desk.page.evaluate(COUNT)
    desk.click(1, "10:30")
    desk.held()
    assert [desk.value(name) for name in ("day", "time", "provider")] == [
        cast.tomorrow.isoformat(),
        "10:30",
        str(cast.young.pk),
    ]
    assert desk.focused() == "patient-q"
    desk.page.locator(".box-mine", has_text="You are booking this").wait_for()
    desk.page.keyboard.type("kari")
    desk.panel.locator("[role=option]").first.wait_for()
    desk.page.keyboard.press("Enter")
    desk.panel.locator("[data-chosen]").wait_for()
    assert desk.focused() == "book"
    desk.page.keyboard.press("Enter")
    desk.toast("Booked: AP-")
    assert desk.page.evaluate("actions") == ["click", "Enter", "Enter"]
    assert booked() == [("Karimova", "Bella Young", at(cast.clinic, cast.tomorrow, "10:30"))]
    assert desk.panel.locator(".badge-status").inner_text() == "Confirmed"
    desk.box("Aziza Karimova").wait_for()
    assert desk.boxes() == ["10:30 Aziza Karimova"]
    assert Hold.objects.count() == 0


def test_by_keyboard_alone_with_a_new_patient(open_desk: Open, cast: Cast) -> None:
    """APT-1, CAL-5, PAT-2, PAT-3: step by step; nothing is held before there is a patient."""
    desk = open_desk()
    keys = desk.page.keyboard
    keys.press("n")
    desk.page.locator("#patient-q:focus").wait_for()
    assert (desk.value("provider"), Hold.objects.count()) == ("any", 0)
    keys.type("Umida Rashidova")
    desk.panel.locator(".matches-none").wait_for()
    keys.press("Enter")
    desk.panel.locator(".registering").wait_for()
    assert (desk.focused(), desk.value("first_name"), desk.value("last_name")) == (
        "new-first_name",
        "Umida",
        "Rashidova",
    )
    keys.press("Enter")
    desk.panel.locator("#new-mobile-errors").wait_for()
    assert desk.focused() == "new-birth_date"
    keys.type("20.12.1984")
    keys.press("Tab")
    keys.type("Female")
    keys.press("Tab")
    keys.type("90 111 22 33")
    keys.press("Enter")
    desk.held()
    assert (desk.focused(), desk.value("time")) == ("book", "09:00")
    assert "Umida Rashidova" in desk.panel.locator(".confirm").inner_text()
    keys.press("Enter")
    desk.toast("Booked: AP-")
    assert booked() == [("Rashidova", "Alan Smith", at(cast.clinic, cast.tomorrow, "09:00"))]
    keys.press("Escape")
    desk.panel.wait_for(state="hidden")
    assert Patient.objects.get(last_name="Rashidova").mobile == "+998901112233"


def test_somebody_with_the_same_number_is_shown_first(open_desk: Open, cast: Cast) -> None:
    """PAT-2, PAT-4"""
    desk = open_desk()
    desk.click(0, "11:00")
    desk.held()
    desk.page.locator("#patient-q").fill("Aziza Karimowa")
    desk.button("Register new").click()
    desk.page.locator("#new-birth_date").fill("1990-05-01")
    desk.page.locator("#new-gender").select_option("female")
    desk.page.locator("#new-mobile").fill("+998 90 123-45-67")
    desk.button("Register").click()
    desk.button("Use this one").click()
    desk.panel.locator("[data-chosen]", has_text="Aziza Karimova").wait_for()
    assert Patient.objects.count() == 2


def test_a_time_taken_meanwhile_is_refused_with_others_to_choose(open_desk: Open, cast: Cast) -> None:
    """AVL-5, APT-11: every reason, three other times, and nothing typed is lost."""
    desk = open_desk()
    desk.click(0, "10:00")
    desk.held()
    desk.choose("karimova")
    desk.panel.locator("summary").click()
    desk.page.locator("#notes").fill("Brings an X-ray")
    desk.held()
    Hold.objects.update(owner=cast.colleague)  # ours ran out and a colleague holds the time now
    desk.page.locator("#book").click()
    desk.panel.locator(".field-errors").first.wait_for()
    assert desk.panel.locator("#provider-errors").inner_text() == "Timur is booking 10:00–10:30 right now."
    others = desk.panel.locator(".alternatives button")
    assert [others.nth(n).get_attribute("data-time") for n in range(3)] == ["09:30", "10:30", "09:15"]
    assert desk.value("notes") == "Brings an X-ray"
    others.nth(1).click()
    desk.held()
    assert desk.value("time") == "10:30"
    desk.page.locator("#book").click()
    desk.toast("Booked: AP-")
    assert Appointment.objects.values_list("start", "notes").get() == (
        at(cast.clinic, cast.tomorrow, "10:30"),
        "Brings an X-ray",
    )


def test_overbooking_asks_for_a_reason(open_desk: Open, cast: Cast) -> None:
    """APT-3: only where the service allows it."""
    taken_by_colleague(cast, "10:00")
    desk = open_desk()
    desk.click(0, "10:30")
    desk.held()
    desk.choose("karimova")
    desk.page.locator("#booking-time").fill("10:15")
    desk.page.keyboard.press("Tab")
    desk.panel.locator("#overbook").wait_for()
    assert desk.panel.locator("#provider-errors").inner_text() == "Dr Alan Smith is busy 10:00–10:30."
    desk.page.locator("#overbook").fill("in pain")
    desk.page.keyboard.press("Enter")
    desk.toast("Booked: AP-")
    assert Appointment.objects.get(patient__last_name="Karimova").overbook_reason == "in pain"


def test_closing_the_panel_frees_the_time(open_desk: Open, cast: Cast) -> None:
    """AVL-6"""
    desk = open_desk()
    desk.click(0, "15:00")
    desk.held()
    desk.page.locator(".box-mine").wait_for()
    assert Hold.objects.count() == 1
    desk.page.keyboard.press("Escape")
    desk.page.locator(".box-mine").wait_for(state="detached")
    assert Hold.objects.count() == 0


def test_a_list_that_opened_by_itself_does_not_take_an_escape(open_desk: Open, cast: Cast) -> None:
    """One that was opened by typing closes first."""
    desk = open_desk()
    desk.click(0, "10:00")
    desk.choose("aziza")
    desk.page.keyboard.press("Escape")
    desk.page.locator("[data-new]").first.click()
    desk.panel.locator("#matches[data-recent] [role=option]").first.wait_for()
    desk.page.keyboard.press("Escape")
    expect(desk.panel).to_be_hidden()
    desk.page.locator("[data-new]").first.click()
    desk.page.locator("#patient-q").fill("bek")
    desk.panel.locator("#matches:not([data-recent]) [role=option]").first.wait_for()
    desk.page.keyboard.press("Escape")
    expect(desk.panel.locator("#matches [role=option]")).to_have_count(0)
    desk.page.keyboard.press("Escape")
    expect(desk.panel).to_be_hidden()


def test_a_time_given_back_late_is_seen_free_without_hearing_of_it(open_desk: Open, cast: Cast) -> None:
    """AVL-6: the calendar, asked when the panel closes, still says held; nobody else tells the page later."""
    desk = open_desk()
    desk.page.route_web_socket("**/*", lambda _: None)
    desk.page.reload()
    desk.loaded(cast.tomorrow)
    desk.page.route("**/let-go", lambda route: (desk.page.wait_for_timeout(300), route.continue_()))
    desk.click(0, "15:00")
    desk.held()
    desk.page.locator(".box-mine").wait_for()
    desk.page.keyboard.press("Escape")
    desk.page.locator(".box-mine").wait_for(state="detached")


def test_a_visit_of_yesterday_is_written_down_with_a_reason(open_desk: Open, cast: Cast) -> None:
    """APT-11"""
    yesterday = cast.tomorrow.fromordinal(cast.tomorrow.toordinal() - 2)
    desk = open_desk(day=yesterday)
    desk.click(0, "10:00")
    desk.panel.locator("#afterwards").wait_for()
    desk.choose("karimova")
    desk.page.locator("#afterwards").fill("power cut")
    desk.page.locator("#book").click()
    desk.toast("Booked: AP-")
    assert Appointment.objects.values_list("start", "afterwards_reason").get() == (
        at(cast.clinic, yesterday, "10:00"),
        "power cut",
    )
