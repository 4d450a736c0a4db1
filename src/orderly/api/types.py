"""The values that requests and answers are made of, strict where pydantic would guess."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, StrictBool, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from orderly.core.clock import minute
from orderly.core.text import is_clean
from orderly.engine.walltime import to_minute

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2200
# A `+` that nobody escaped arrives as a space.
TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d)(?:\.0+)?)?(Z|[-+ ]\d\d:\d\d)?", re.ASCII)
SHOWN_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:00(\.0+)?)?(Z|[-+]\d\d:\d\d)?$"
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
WALL_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def wrong(reason: str, **params: Any) -> PydanticCustomError:
    """A refusal of one value; `reason` is a word that the edge's wording knows."""
    return PydanticCustomError(reason, reason, params)  # type: ignore[arg-type]


def _time(value: Any) -> datetime:
    """An aware datetime, or a naive one: the clinic's wall time."""
    found = TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise wrong("time")
    if found[3] not in (None, "00"):
        raise wrong("seconds")
    offset = (found[4] or "").replace(" ", "+").replace("Z", "+00:00")
    try:
        at = datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}")
    except ValueError as error:
        raise wrong("time") from error
    return _in_range(at)


def _day(value: Any) -> date:
    try:
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError as error:
        raise wrong("date") from error


def _in_range(value: Any) -> Any:
    if value.year < FIRST_YEAR:
        raise wrong("too_early")
    if value.year > LAST_YEAR:
        raise wrong("too_late")
    return value


def _wall_clock(value: Any) -> int:
    found = WALL_CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise wrong("wall_clock")
    return int(found[1]) * 60 + int(found[2])


def _uuid(value: Any) -> UUID:
    """Written the usual way only: pydantic also takes URNs, braces and bytes."""
    if isinstance(value, UUID):
        return value
    try:
        if not isinstance(value, str) or len(value) != 36:
            raise ValueError
        return UUID(value)
    except ValueError as error:
        raise wrong("uuid") from error


def split(value: Any) -> Any:
    """In a query, `1,2` means the same as giving the parameter twice."""
    return [part for one in value for part in one.split(",")] if isinstance(value, list) else value


class Text:
    """Text of so many characters, trimmed, without control characters (line breaks only where `lines`) and direction
    overrides: `Annotated[str, Text(200)]`.
    """

    def __init__(self, longest: int, *, shortest: int = 0, lines: bool = False) -> None:
        self.longest, self.shortest, self.lines = longest, shortest, lines

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        trimmed = core_schema.str_schema(
            strict=True, strip_whitespace=True, min_length=self.shortest or None, max_length=self.longest
        )
        return core_schema.no_info_after_validator_function(self._check, trimmed)

    def _check(self, value: str) -> str:
        if not is_clean(value, lines=self.lines):
            raise wrong("characters")
        return value


Id = Annotated[UUID, BeforeValidator(_uuid)]
Yes = StrictBool
Time = Annotated[
    datetime,
    BeforeValidator(_time),
    WithJsonSchema({"type": "string", "pattern": SHOWN_TIME, "description": "without an offset: the clinic's time"}),
]
Day = Annotated[
    date, BeforeValidator(_day), AfterValidator(_in_range), WithJsonSchema({"type": "string", "format": "date"})
]
BirthDay = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
WallClock = Annotated[
    int, BeforeValidator(_wall_clock), WithJsonSchema({"type": "string", "pattern": f"^{WALL_CLOCK.pattern}$"})
]
Reason = Annotated[str, Text(200, shortest=1)]
Note = Annotated[str, Text(200)]


def minute_of(zone: str, at: datetime) -> int:
    """The instant as whole minutes since 1970 UTC; a time without offset is read on the clinic's clock."""
    if at.tzinfo is None:
        return to_minute(zone, at.date(), at.hour * 60 + at.minute)
    return minute(at)


def moment(zone: str, at: datetime | None) -> str | None:
    """An instant to the second, on the clinic's clock."""
    return None if at is None else at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
