"""CAL-5, CAL-6, OPS-2: of every page there is, by axe against WCAG 2.2 AA; nothing is wider than the screen, no button
has its words cut off, and nothing in a row lies over what stands beside it.

Two walks see both themes, both directions and both sizes of screen: what hangs on one of them hangs on no other. The
long words of Russian are looked at on a narrow screen too.
"""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from orderly.patients.models import Patient
from tests.browser.conftest import AXE, Cast
from tests.browser.desk import Desk
from tests.pages import House

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WIDE = {"viewport": {"width": 1440, "height": 900}}
WALKS = [
    pytest.param({**WIDE, "color_scheme": "light"}, "ru", id="light, left to right, on a desk"),
    pytest.param({**PHONE, "color_scheme": "dark"}, "ar", id="dark, right to left, on a telephone"),
]
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
CROWDED = (Path(__file__).parent / "crowded.js").read_text()
# What is drawn after the page has come.
LATE = {"/calendar/": "[data-loaded]"}


@pytest.fixture
def house(cast: Cast) -> House:
    return House(cast.clinic, cast.smith, Patient.objects.get(last_name="Karimova"), cast.tomorrow)


class Walk:
    """A browser for each of those who look, with one page open."""

    def __init__(self, chromium: Browser, site: str, house: House, look: dict[str, Any], language: str) -> None:
        self.site, self.size = site, look["viewport"]
        self.pages: dict[str, Page] = {}
        for who, client in house.clients().items():
            context = chromium.new_context(**look, timezone_id="Asia/Tashkent")
            context.add_init_script(AXE)
            session = client.cookies.get("sessionid")
            cookies = {"django_language": language, **({"sessionid": session.value} if session else {})}
            context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
            self.pages[who] = context.new_page()

    def wrong(self, who: str, path: str) -> list[Any]:
        page = self.pages[who]
        page.set_viewport_size(self.size)
        page.goto(self.site + path)
        self._settled(page, path)
        wide = ["too wide"] if page.evaluate(TOO_WIDE) else []
        found = [*Desk(page, self.site, AXE).violations(), *wide, *page.evaluate(CROWDED)]
        page.set_viewport_size(PHONE["viewport"])
        found += page.evaluate(CROWDED)
        return found

    def _settled(self, page: Page, path: str) -> None:
        for start, drawn in LATE.items():
            if path.startswith(start):
                page.locator(drawn).first.wait_for(state="attached")
        for drawer in page.locator("details.drawer").all():
            drawer.locator("summary").click()
            drawer.locator(".drawer-body > *").first.wait_for()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("look", "language"), WALKS)
def test_nothing_is_in_the_way_of_anybody(
    chromium: Browser, site: str, house: House, look: dict[str, Any], language: str
) -> None:
    walk = Walk(chromium, site, house, look, language)
    found = {path: walk.wrong(who, path) for who, path in house.every()}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
