"""What patients can be filtered by, wherever there is a list of them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """Whom a list shows: those who are offered for new bookings, those who aren't any more, or both."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFilter:
    """Empty means: whatever it is. Ages are full years, both included; days are the clinic's, the last not included."""

    words: str = ""
    gender: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    region: str = ""
    district: str = ""
    registered_from: date | None = None
    registered_to: date | None = None
    visited_from: date | None = None
    visited_to: date | None = None
    booked: bool | None = None
    """Whether they have an appointment that isn't over and still stands."""
    standing: Standing = Standing.ACTIVE
