"""Sign-in, languages, light and dark, phones; and nothing that WCAG 2.2 AA forbids on any of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.conftest import AXE, Cast
from tests.browser.desk import Desk
from tests.live.servers import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Desk]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def entrance(chromium: Browser, site: str) -> Iterator[Desk]:
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(site)
    yield Desk(page, site, AXE)
    context.close()


def test_signing_in_and_out(entrance: Desk, cast: Cast) -> None:
    """ACC-1"""
    page = entrance.page
    assert entrance.violations() == []
    page.get_by_label("E-mail").fill(cast.receptionist.email)
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    page.get_by_label("Password").fill("correct horse")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/calendar/{cast.clinic.pk}/")
    page.get_by_role("button", name="Signed in as Nilufar").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")


@pytest.mark.parametrize("look", [{}, {"color_scheme": "dark"}, PHONE, {**PHONE, "color_scheme": "dark"}])
def test_nothing_is_in_the_way_of_anybody(open_desk: Open, cast: Cast, look: dict[str, Any]) -> None:
    """CAL-5, CAL-6: every screen there is, in every look."""
    desk = open_desk(**look)
    page = desk.page
    found = {"day": desk.violations()}
    page.locator("[data-new]").click()
    page.locator("#patient-q").fill("a")
    desk.panel.locator("[role=option]").first.wait_for()
    found["matches"] = desk.violations()
    desk.choose("karimova")
    desk.held()
    found["booking"] = desk.violations()
    desk.button("Change").click()
    desk.button("Register new").click()
    desk.button("Register").click()
    desk.panel.locator("#new-mobile-errors").wait_for()
    found["register"] = desk.violations()
    desk.button("Back").click()
    desk.choose("karimova")
    desk.held()
    page.locator("#book").click()
    desk.panel.locator("[data-appointment]").wait_for()
    found["appointment"] = desk.violations()
    desk.button("Move").click()
    desk.panel.locator("[data-time]").first.wait_for()
    found["move"] = desk.violations()
    page.keyboard.press("Escape")
    page.locator("[data-view=agenda]").click()
    found["list"] = desk.violations()
    assert {screen: rules for screen, rules in found.items() if rules} == {}


def test_on_a_phone_everything_can_be_hit(open_desk: Open) -> None:
    """CAL-6: targets of 44 pixels, nothing wider than the screen, the panel over all of it."""
    desk = open_desk(**PHONE)
    desk.page.locator("[data-new]").click()
    desk.choose("karimova")
    desk.held()
    target = "(e.type === 'checkbox' ? e.closest('label') : e)"
    small = f"els => els.filter(e => e.offsetParent && {target}.offsetHeight < 44).map(e => e.outerHTML.slice(0, 90))"
    controls = "button:not(.ec button), select, input:not([type=hidden], #day), textarea"
    assert desk.page.locator(controls).evaluate_all(small) == []
    sizes = "[innerWidth, document.documentElement.scrollWidth, document.getElementById('panel').offsetWidth]"
    assert desk.page.evaluate(sizes) == [390, 390, 390]


def test_arabic_runs_from_right_to_left(open_desk: Open, cast: Cast) -> None:
    """OPS-2, CAL-6: switching the language keeps the day; arrows go where they point."""
    desk = open_desk().in_arabic(cast.tomorrow)
    first, second = (desk.page.locator(".ec-col-head").nth(n).bounding_box() for n in (0, 1))
    assert first
    assert second
    assert first["x"] > second["x"]
    desk.click(1, "10:30")
    desk.held()
    assert desk.value("provider") == str(cast.young.pk)
    desk.choose("karimova")
    desk.page.keyboard.press("Enter")
    desk.box("Aziza Karimova").wait_for()
    assert desk.violations() == []
    panel = desk.panel.bounding_box()
    assert panel
    assert panel["x"] == 0
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("ArrowLeft")
    desk.loaded(cast.tomorrow.fromordinal(cast.tomorrow.toordinal() + 1))


def test_the_theme_is_remembered(open_desk: Open, cast: Cast) -> None:
    desk = open_desk(color_scheme="dark")
    theme = "document.documentElement.dataset.bsTheme"
    assert desk.page.evaluate(theme) == "dark"
    desk.page.get_by_role("button", name="Dark or light").click()
    desk.page.reload()
    assert desk.page.evaluate(theme) == "light"


def test_what_takes_longer_is_seen_to_be_on_its_way(open_desk: Open, cast: Cast) -> None:
    """CAL-5: an answer, and the next page; a file that is saved is no page."""
    page = open_desk().page
    bar = "getComputedStyle(document.documentElement, '::before')"
    seen = f"{bar}.content !== 'none' && {bar}.visibility === 'visible'"
    assert page.evaluate(seen) is False
    held: list[Route] = []
    page.route("**/booking/*/**", lambda route: held.append(route))
    page.keyboard.press("n")
    wait_until(lambda: page.evaluate(seen))
    held.pop().continue_()
    page.locator("#patient-q").wait_for()
    assert page.evaluate(seen) is False
    page.evaluate("dispatchEvent(new Event('beforeunload'))")
    wait_until(lambda: page.evaluate(seen))
    page.evaluate("dispatchEvent(new Event('pageshow'))")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<a id=file href=/nothing download>File</a>')")
    page.evaluate("document.getElementById('file').dispatchEvent(new Event('click', {bubbles: true}))")
    page.evaluate("dispatchEvent(new Event('beforeunload'))")
    assert page.locator("html.is-leaving").count() == 0
