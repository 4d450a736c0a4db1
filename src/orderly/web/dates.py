"""Dates as people type and read them: in digits, in the order of their language. 2024-12-20 is read in every one."""

import re
from datetime import date
from typing import Final

from django.utils.translation import get_language

from orderly.calendars.rules import EARLIEST, LATEST
from orderly.engine.walltime import local

# What is between the numbers, where it says more than the language does: 20.12.2024 is never the month 20.
DAY_FIRST: Final = "."
PATTERNS: Final = {"en": "%m/%d/%Y", "ru": "%d.%m.%Y", "ar": "%d/%m/%Y"}
MONTH_FIRST: Final = frozenset({"en"})
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


def written(day: date) -> str:
    """A date in digits, with four for the year."""
    return day.strftime(PATTERNS.get(language(), "%Y-%m-%d"))


def typed(text: str) -> date:
    """The date somebody typed, in any digits. Raises ValueError where it isn't one or the year hasn't four digits."""
    found = NUMBERS.fullmatch(text)
    if found is None:
        raise ValueError(text)
    first, mark, second, third = found.groups()
    if len(first) == 4:
        return date(int(first), int(second), int(third))
    if len(third) != 4:
        raise ValueError(text)
    month_first = mark != DAY_FIRST and language() in MONTH_FIRST
    day, month = (second, first) if month_first else (first, second)
    return date(int(third), int(month), int(day))
