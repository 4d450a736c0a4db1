"""RRULE text and the rule it stands for. Whatever isn't among the few parts that are understood is refused, by name."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from orderly.engine.recurrence import Frequency, Pattern, Weekday

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST_INTERVAL: Final = 366
MOST: Final = 100
NTH: Final = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
NUMBER: Final = re.compile(r"[+-]?\d{1,3}", re.ASCII)


class RuleError(ValueError):
    """A rule that can't be used: `part` is the part of it, `reason` a word that the edge's wording knows."""

    def __init__(self, reason: str, part: str = "") -> None:
        super().__init__(reason, part)
        self.reason, self.part = reason, part


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A pattern and its end, if it has one: so many times, or the last day on which it may be."""

    pattern: Pattern
    count: int | None = None
    until: date | None = None


def read(text: str) -> Recurrence:
    """The rule that an RRULE value says. Raises RuleError with the first part that is wrong, unknown or missing."""
    said = _parts(text)
    if "FREQ" not in said:
        raise RuleError("rule_missing", "FREQ")
    found = {name: _value(name, value) for name, value in said.items()}
    if "COUNT" in found and "UNTIL" in found:
        raise RuleError("rule_end")
    pattern = Pattern(
        found["FREQ"],
        found.get("INTERVAL", 1),
        found.get("BYDAY", ()),
        found.get("BYMONTHDAY", ()),
        found.get("BYSETPOS", ()),
    )
    _check(pattern)
    return Recurrence(pattern, found.get("COUNT"), found.get("UNTIL"))


def written(pattern: Pattern, count: int | None = None) -> str:
    """The pattern as RRULE text, in one form for one meaning."""
    parts = [f"FREQ={pattern.frequency}"]
    if pattern.interval > 1:
        parts.append(f"INTERVAL={pattern.interval}")
    if pattern.weekdays:
        parts.append("BYDAY=" + ",".join(f"{nth or ''}{WEEKDAYS[day]}" for nth, day in pattern.weekdays))
    for name, numbers in (("BYMONTHDAY", pattern.month_days), ("BYSETPOS", pattern.positions)):
        if numbers:
            parts.append(f"{name}={','.join(map(str, numbers))}")
    if count is not None:
        parts.append(f"COUNT={count}")
    return ";".join(parts)


def _parts(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in found:
            raise RuleError("rule_part", part[:40])
        found[name] = value
    return found


def _value(name: str, text: str) -> Any:
    if name not in READERS:
        raise RuleError("rule_unknown", name[:40])
    try:
        return READERS[name](text)
    except ValueError as error:
        raise RuleError("rule_part", f"{name}={text}"[:40]) from error


def _number(text: str, least: int, most: int) -> int:
    if not NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise ValueError(text)
    return int(text)


def _numbers(most: int) -> Callable[[str], tuple[int, ...]]:
    """Several, none of them 0, each once, in order."""

    def read_all(text: str) -> tuple[int, ...]:
        found = {_number(one, -most, most) for one in text.split(",")}
        if 0 in found:
            raise ValueError(text)
        return tuple(sorted(found))

    return read_all


def _weekdays(text: str) -> tuple[Weekday, ...]:
    found = [NTH.fullmatch(one) for one in text.split(",")]
    if not all(found):
        raise ValueError(text)
    return _tidy((int(one[1] or 0), WEEKDAYS.index(one[2])) for one in found if one)


def _tidy(weekdays: Iterable[Weekday]) -> tuple[Weekday, ...]:
    return tuple(sorted(set(weekdays), key=lambda one: (one[1], one[0])))


def _day(text: str) -> date:
    """A day, as an UNTIL of wall times: an instant would end somewhere else for every clinic."""
    if len(text) != len("20260302"):
        raise ValueError(text)
    return datetime.strptime(text, "%Y%m%d").date()


READERS: Final[dict[str, Callable[[str], Any]]] = {
    "FREQ": Frequency,
    "INTERVAL": lambda text: _number(text, 1, LONGEST_INTERVAL),
    "BYDAY": _weekdays,
    "BYMONTHDAY": _numbers(31),
    "BYSETPOS": _numbers(31),
    "COUNT": lambda text: _number(text, 1, MOST),
    "UNTIL": _day,
}


def _check(pattern: Pattern) -> None:
    """Parts that RFC 5545 doesn't let stand together."""
    monthly = pattern.frequency is Frequency.MONTHLY
    if any(nth for nth, _ in pattern.weekdays) and not monthly:
        raise RuleError("rule_part", "BYDAY")
    if pattern.month_days and not monthly:
        raise RuleError("rule_part", "BYMONTHDAY")
    if pattern.positions and not (monthly and (pattern.weekdays or pattern.month_days)):
        raise RuleError("rule_part", "BYSETPOS")
