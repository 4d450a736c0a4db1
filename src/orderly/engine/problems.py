"""Refusals as data: what is wrong, with which field, because of which resource and when."""

from dataclasses import dataclass
from enum import StrEnum

from orderly.engine.spans import Span


class Code(StrEnum):
    """What stands in the way. The edges put it into words."""

    OUTSIDE_HOURS = "outside_hours"
    CLOSED = "closed"
    TIME_OFF = "time_off"
    MAINTENANCE = "maintenance"
    PROVIDER_BUSY = "provider_busy"
    RESOURCE_BUSY = "resource_busy"
    PATIENT_BUSY = "patient_busy"
    HELD = "held"
    NOTICE = "notice"
    HORIZON = "horizon"
    PAST = "past"
    NOT_OFFERED = "not_offered"
    INACTIVE = "inactive"
    OVERBOOK_LIMIT = "overbook_limit"
    PACKAGE_UNUSABLE = "package_unusable"
    BAD_TRANSITION = "bad_transition"
    NOBODY_WAITING = "nobody_waiting"
    NOT_UNDOABLE = "not_undoable"
    NOT_TELLABLE = "not_tellable"
    CONTENDED = "contended"
    TOO_OFTEN = "too_often"
    MISSING = "missing"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason for a no. `span` is what blocks (instants); `params` are numbers and names to word it."""

    code: Code
    field: str = ""
    resource: int | None = None
    span: Span | None = None
    params: tuple[tuple[str, str | int], ...] = ()
