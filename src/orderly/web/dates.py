"""Dates as people type and read them: in digits, the day first. 2024-12-20 is read in every language.

The month is never read first, as it is in the United States: 03/04/1990 must not mean two birthdays in one clinic.
"""

import re
from datetime import date
from typing import Final

from django.utils.translation import get_language

from orderly.calendars.rules import EARLIEST, LATEST
from orderly.engine.walltime import local

PATTERNS: Final = {"en": "%d/%m/%Y", "ru": "%d.%m.%Y", "ar": "%d/%m/%Y"}
GAPS: Final = re.compile(r"\s*(?:[–—−…-]|\.\.+)\s*")
NUMBERS: Final = re.compile(r"\s*(\d{1,4})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{1,4})\s*")


def language() -> str:
    return (get_language() or "en").split("-")[0]


def clock(at: int, zone: str) -> str:
    """Minutes since 1970 as the time of day in a zone."""
    wall = local(zone, at)[1]
    return f"{wall // 60:02}:{wall % 60:02}"


def as_fields(zone: str, at: int) -> dict[str, str]:
    """Minutes since 1970 as the fields of a form."""
    return {"day": local(zone, at)[0].isoformat(), "time": clock(at, zone)}


def picked(text: str) -> date:
    """A day as addresses and date pickers write it. Raises ValueError where it isn't one, or beyond any calendar."""
    day = date.fromisoformat(text)
    if not EARLIEST <= day <= LATEST:
        raise ValueError(text)
    return day


def picked_or(text: str | None, otherwise: date) -> date:
    """The day in an address; `otherwise` where there is none or it can't be read."""
    try:
        return picked(text or "")
    except ValueError:
        return otherwise


def written(day: date) -> str:
    """A date in digits, with four for the year."""
    return day.strftime(PATTERNS.get(language(), "%Y-%m-%d"))


class NoSuchDay(ValueError):
    """Written as a date is, of a day that no calendar has."""


def typed(text: str) -> date:
    """The date somebody typed, in any digits. Raises ValueError where it isn't one or the year hasn't four digits,
    NoSuchDay for the 31st of February.
    """
    found = NUMBERS.fullmatch(text)
    if found is None:
        raise ValueError(text)
    first, _, second, third = found.groups()
    year, day = (first, third) if len(first) == 4 else (third, first)
    if len(year) != 4 or int(second) > 12:  # months come before days elsewhere
        raise ValueError(text)
    try:
        return date(int(year), int(second), int(day))
    except ValueError as error:
        raise NoSuchDay(text) from error


class Backwards(ValueError):
    """The second date comes before the first."""


def typed_days(text: str) -> tuple[date, date]:
    """One date, or the first and the last of several: 20.12.2024 – 24.12.2024. Raises ValueError, Backwards."""
    first, last = _ends(text)
    if not EARLIEST <= first <= LATEST or not EARLIEST <= last <= LATEST:
        raise ValueError(text)
    if last < first:
        raise Backwards(text)
    return first, last


def written_days(first: date, last: date) -> str:
    """As `typed_days` reads them."""
    return written(first) if first == last else f"{written(first)} – {written(last)}"


def _ends(text: str) -> tuple[date, date]:
    """A hyphen stands between dates, and in them too: whichever leaves a date on both sides is the gap."""
    if NUMBERS.fullmatch(text):
        return typed(text), typed(text)
    for gap in GAPS.finditer(text):
        sides = text[: gap.start()], text[gap.end() :]
        if all(NUMBERS.fullmatch(side) for side in sides):
            return typed(sides[0]), typed(sides[1])
    raise ValueError(text)
