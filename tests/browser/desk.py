"""The calendar and its panel, as somebody at the desk uses them."""

from __future__ import annotations

from datetime import date
from typing import Any

from playwright.sync_api import Locator, Page

from orderly.clinics.models import Clinic

SLOT, SLOT_MINUTES, FIRST_MINUTE = 24, 15, 8 * 60  # as in calendar/grid.js
# What axe didn't object to is ten times as much, and takes longer to get out of the page than to find.
FOUND = """tags => axe.run(document, {runOnly: tags})
    .then(({violations}) => violations.map(({id, nodes}) => [id, nodes.map(({html}) => html)]))"""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Desk:
    def __init__(self, page: Page, url: str, axe: str) -> None:
        self.page, self.url, self.axe_source = page, url, axe
        self.panel = page.locator("#panel")

    def visit(self, clinic: Clinic, day: date) -> Desk:
        self.page.goto(f"{self.url}/calendar/{clinic.pk}/?day={day}")
        return self.loaded(day)

    def loaded(self, day: date) -> Desk:
        self.page.wait_for_selector(f"[data-loaded='{day}']", state="attached")
        return self

    def in_arabic(self, day: date) -> Desk:
        """Choose the language, and wait for the page that has it."""
        self.page.get_by_role("button", name="Language").click()
        self.page.get_by_role("button", name="العربية").click()
        self.page.wait_for_selector(f"html[dir=rtl] [data-loaded='{day}']", state="attached")
        return self

    def shows(self, day: date) -> bool:
        """Whether the address names this day."""
        return f"day={day}" in self.page.url

    def place(self, column: int, clock: str) -> tuple[float, float]:
        """Where on the screen a time of a column is, a little below its beginning."""
        day = self.page.locator(".ec-body .ec-day").nth(column).bounding_box()
        assert day is not None
        hours, minutes = clock.split(":")
        down = (int(hours) * 60 + int(minutes) - FIRST_MINUTE) / SLOT_MINUTES * SLOT
        return day["x"] + day["width"] / 2, day["y"] + down + 4

    def click(self, column: int, clock: str) -> None:
        self.page.mouse.click(*self.place(column, clock))

    def drag(self, patient: str, column: int, clock: str, *, fixed: bool = False) -> None:
        """Take an appointment by its first line to another time: as soon as it may be taken, or although it may not."""
        ready = ".ec-event" if fixed else ".ec-draggable:not(.is-saving)"
        box = self.box(patient).and_(self.page.locator(ready))
        width = box.evaluate("box => box.offsetWidth")
        box.hover(position={"x": width / 2, "y": 4})
        self.page.mouse.down()
        x, y = self.place(column, clock)
        self.page.mouse.move(x, y - 10, steps=4)
        self.page.mouse.move(x, y, steps=4)
        self.page.mouse.up()

    def box(self, text: str) -> Locator:
        """The appointment or hold in the columns that shows this text."""
        return self.page.locator(".ec-event.box", has_text=text)

    def boxes(self) -> list[str]:
        """What the columns show: time and patient of each box."""
        found = self.page.locator(".ec-event.box").all()
        return [
            f"{one.locator('.box-time').inner_text()[:5]} {one.locator('.box-patient').inner_text()}" for one in found
        ]

    def held(self) -> None:
        """Wait until the time in the form is held."""
        self.panel.locator(".held").wait_for()

    def choose(self, typed: str) -> None:
        """Type into the patient search and take the first found."""
        self.page.locator("#patient-q").fill(typed)
        self.panel.locator("[role=option]").first.wait_for()
        self.page.keyboard.press("Enter")
        self.panel.locator("[data-chosen]").wait_for()

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name, exact=True)

    def value(self, field: str) -> str:
        return self.panel.locator(f"[name={field}]").first.input_value()

    def toast(self, text: str) -> None:
        self.page.locator("#toasts", has_text=text).wait_for()

    def focused(self) -> str:
        """The id of the element with the focus, else its text."""
        focused = "const e = document.activeElement; return e.id || e.innerText"
        return str(self.page.evaluate(f"(() => {{ {focused} }})()"))

    def violations(self) -> list[tuple[str, Any]]:
        """What axe finds against WCAG 2.2 AA: the rule and where."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(self.axe_source)
        return [(rule, where) for rule, where in self.page.evaluate(FOUND, WCAG)]
