"""Takes the pictures of docs/screens from a running demo: see docs/guide/reception.md for where they are shown.

    .venv/bin/orderly demo
    .venv/bin/python scripts/screens.py http://127.0.0.1:8000 [name …]

It asks for the day the demo is busy on: the next weekday, so that a weekend shows no empty columns.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SCREENS = ROOT / "docs" / "screens"
PASSWORD = "orderly-demo"
ENGLISH, ARABIC = "anna@london.example", "fatima@dubai.example"  # each reads their own language
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LARGEST = 200_000  # bytes of one picture
SATURDAY = 5


def weekday() -> date:
    """Today, or the Monday after a weekend."""
    today = date.today()
    return today + timedelta(days=max(0, 7 - today.weekday())) if today.weekday() >= SATURDAY else today


def calendar(page: Page, view: str) -> None:
    page.goto(f"{page.url.split('?')[0]}?day={weekday()}&view={view}")
    page.locator("[data-loaded]").first.wait_for(state="attached")


def day(page: Page) -> None:
    calendar(page, "day")


def month(page: Page) -> None:
    calendar(page, "month")


def agenda(page: Page) -> None:
    calendar(page, "agenda")


def appointment(page: Page) -> None:
    """What may be done with one appointment."""
    calendar(page, "agenda")
    page.locator("[data-appointment]").first.click()
    page.locator("#panel [data-appointment]").first.wait_for()


def booking(page: Page) -> None:
    """A patient found, and what stands in the form before Enter books it."""
    calendar(page, "month")
    page.keyboard.press("n")
    page.locator("#patient-q").fill("ol")
    page.locator("#panel [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("#panel [data-chosen]").wait_for()


def elsewhere(name: str) -> Callable[[Page], None]:
    """A page that the bar leads to."""

    def taken(page: Page) -> None:
        page.goto(page.locator(f"a[href*='/{name}/']").first.evaluate("link => link.href"))

    return taken


@dataclass(frozen=True)
class Picture:
    take: Callable[[Page], None]
    size: dict[str, int]
    theme: str = "light"
    who: str = ENGLISH


PICTURES = {
    "day": Picture(day, WIDE),
    "booking": Picture(booking, WIDE),
    "appointment": Picture(appointment, PHONE),
    "today": Picture(elsewhere("dashboard"), WIDE),
    "month-dark": Picture(month, WIDE, theme="dark"),
    "day-arabic": Picture(day, WIDE, who=ARABIC),
    "agenda-phone": Picture(agenda, PHONE),
    "patients": Picture(elsewhere("patients"), WIDE),
}


def taken(browser: Browser, site: str, name: str, picture: Picture) -> int:
    context = browser.new_context(
        viewport=picture.size, color_scheme=picture.theme, timezone_id="Europe/London", locale="en-GB"
    )
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(site)
    page.locator("[name=login]").fill(picture.who)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar/**", wait_until="domcontentloaded", timeout=30_000)
    picture.take(page)
    page.wait_for_timeout(700)  # what comes afterwards: figures, the mark of now
    path = SCREENS / f"{name}.png"
    page.screenshot(path=path)
    context.close()
    return path.stat().st_size


def main() -> int:
    site, names = sys.argv[1], sys.argv[2:] or list(PICTURES)
    SCREENS.mkdir(exist_ok=True)
    command = [sys.executable, str(ROOT / "scripts" / "chromium.py")]
    chromium = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        sizes = {name: taken(browser, site, name, PICTURES[name]) for name in names}
    for name, size in sizes.items():
        print(f"{name}: {size} bytes{', too large' if size > LARGEST else ''}")
    return int(any(size > LARGEST for size in sizes.values()))


if __name__ == "__main__":
    sys.exit(main())
