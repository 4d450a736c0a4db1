"""Ranges of a clinic's days."""

from datetime import date

from orderly.api.invalid import TooMuch
from orderly.core.errors import invalid
from orderly.engine.problems import Code, Problem

MOST_DAYS = 92


def check_range(first: date, last: date, most: int = MOST_DAYS) -> None:
    """Days [first, last). Raises Invalid for an empty range, TooMuch for a long one."""
    if last <= first:
        raise invalid("to", "before_from")
    if (last - first).days > most:
        raise TooMuch(Problem(Code.INVALID, "to", params=(("reason", "too_far"), ("limit", most))))
