"""The flow board, the wall and checking in, as people use them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from orderly.appointments.actions.check_in import make_link
from orderly.appointments.actions.screens import add_screen
from orderly.appointments.models import Visit
from orderly.calendars.models import Rule
from orderly.core import clock
from orderly.people.queries import actor_for
from tests.browser.conftest import AXE, Cast
from tests.browser.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def all_day(cast: Cast) -> Cast:
    """Open at whatever hour this runs, and in three languages."""
    Rule.objects.update(start=0, end=24 * 60)
    cast.clinic.languages = ["en", "ru", "ar"]
    cast.clinic.save()
    return cast


def guest(desk: Desk, path: str, **look: Any) -> Desk:
    """Somebody without any sign-in, beside the desk."""
    browser = desk.page.context.browser
    assert browser is not None
    page = browser.new_context(**look).new_page()
    page.goto(f"{desk.url}{path}")
    return Desk(page, desk.url, AXE)


def walk_in(desk: Desk, name: str) -> None:
    desk.page.keyboard.press("w")
    desk.panel.locator(".promise strong").wait_for()
    desk.choose(name)
    desk.page.keyboard.press("Enter")
    desk.toast("Number")
    desk.page.keyboard.press("Escape")


def numbers(page: Page, lane: str) -> list[str]:
    return [one.strip().split()[-1] for one in page.locator(f".lane-{lane} .card-number").all_inner_texts()]


def test_walking_in_being_called_and_the_wall(open_desk: Open, all_day: Cast) -> None:
    """VIS-2: one key takes them in, another calls them, the wall says so; nobody's name is on it."""
    _, secret = add_screen(all_day.clinic.pk, "display", "Hall", actor=actor_for(all_day.receptionist), now=clock.now())
    desk = open_desk()
    page = desk.page
    page.goto(f"{desk.url}/queue/{all_day.clinic.pk}/")
    walk_in(desk, "karimova")
    page.locator(".lane-waiting .is-first").wait_for()
    Visit.objects.update(arrived_at=clock.now() - timedelta(minutes=16))
    walk_in(desk, "aliev")
    page.locator(".lane-waiting .is-long", has_text="Waiting long").wait_for()
    page.locator(".lane-waiting .flow-card").nth(1).wait_for()
    assert numbers(page, "waiting") == ["1", "2"]
    assert desk.violations() == []
    wall = guest(desk, f"/display/{all_day.clinic.pk}/{secret}/")
    assert wall.page.locator(".nexts li").all_inner_texts() == ["1", "2"]
    page.keyboard.press("c")
    page.locator(".lane-called .flow-card").wait_for()
    assert (numbers(page, "called"), numbers(page, "waiting")) == (["1"], ["2"])
    wall.page.locator("[data-number='1']").wait_for()
    assert re.search("Karimova|Aliev|Consultation", wall.page.content()) is None
    assert wall.violations() == []


def test_a_patient_checks_in_on_a_telephone(open_desk: Open, all_day: Cast) -> None:
    """VIS-3: in Arabic, by the button alone; the board hears of it by itself."""
    desk = open_desk(**PHONE, color_scheme="dark")
    page = desk.page
    actor, today = actor_for(all_day.receptionist), clock.now()
    walk_in(desk, "karimova")
    visit = Visit.objects.select_related("appointment").get()
    visit.appointment.status = "confirmed"
    visit.appointment.save(update_fields=["status"])
    Visit.objects.update(arrived_at=None)
    page.goto(f"{desk.url}/queue/{all_day.clinic.pk}/")
    page.locator(".lane-tab[data-lane=expected]").click()
    page.locator(".lane-expected .flow-card").wait_for()
    assert desk.violations() == []
    assert page.evaluate("[innerWidth, document.documentElement.scrollWidth]") == [390, 390]
    small = "els => els.filter(e => e.offsetParent && e.offsetHeight < 44).map(e => e.outerHTML.slice(0, 90))"
    assert page.locator("#flow button, .flow-bar button, .flow-bar select, .flow-bar a").evaluate_all(small) == []
    secret = make_link(visit.appointment_id, actor=actor, now=today)
    phone = guest(desk, f"/check-in/{secret}/", **PHONE)
    phone.page.get_by_role("button", name="العربية").click()
    phone.page.locator("html[dir=rtl]").wait_for()
    assert phone.violations() == []
    phone.page.locator(".guest-button").click()
    phone.page.locator(".guest-number", has_text="1").wait_for()
    assert phone.violations() == []
    page.locator(".lane-tab[data-lane=waiting] b", has_text="1").wait_for()


def test_the_desk_checks_and_a_kiosk_asks(open_desk: Open, all_day: Cast) -> None:
    """VIS-3, and nothing that WCAG 2.2 AA forbids on the card, the kiosk and the screens' own page."""
    desk = open_desk()
    page = desk.page
    page.goto(f"{desk.url}/queue/{all_day.clinic.pk}/screens")
    page.locator("#screen-name").fill("Door")
    page.locator("#screen-kind").select_option("kiosk")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#made-address").input_value()
    assert desk.violations() == []
    kiosk = guest(desk, "/kiosk/" + link.split("/kiosk/")[1])
    kiosk.page.locator("#birth-date").fill("01051990")
    kiosk.page.locator("#proof").fill("0000")
    kiosk.page.keyboard.press("Enter")
    kiosk.page.get_by_role("alert").wait_for()
    assert kiosk.violations() == []
    page.goto(f"{desk.url}/queue/{all_day.clinic.pk}/")
    walk_in(desk, "karimova")
    page.locator(".lane-waiting .card-name").click()
    desk.panel.get_by_label("Identity checked").check()
    assert desk.violations() == []
    desk.panel.locator(".check-in").get_by_role("button", name="Save").click()
    desk.panel.locator(".checked", has_text="Identity checked").wait_for()
