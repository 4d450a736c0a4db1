"""What is asked for, as values. The edges fill them in; nothing in them has been checked yet."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from orderly.appointments.choices import VisitType
from orderly.core.edits import UNSET, Details, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A service for somebody at a time: `start` in whole minutes since 1970 UTC.

    `resources` are assets that must be among those used; `minutes` replaces the usual length. Claims that it is
    `ignoring` don't stand in its way: those of an appointment that is to move.
    """

    clinic: UUID
    service: UUID
    start: int
    provider: UUID | None = None
    patient: UUID | None = None
    resources: frozenset[UUID] = frozenset()
    minutes: int | None = None
    ignoring: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest(Wish):
    """A wish to be booked. A reason for overbooking or for a record made afterwards asks for just that.

    `visit` is the visit's type; of those who come without having booked no notice is asked.
    """

    source: str
    visit: VisitType = VisitType.SCHEDULED
    referral: str = ""
    notes: str = ""
    hold: UUID | None = None
    overbook_reason: str = ""
    afterwards_reason: str = ""
    cover: UUID | None = None
    """The credit that pays for it."""
    tell: bool | None = None
    """Whether the patient is to be told of it; None where nobody was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkIn:
    """Somebody who is here without having booked. No service means the clinic's general one, no provider anybody.

    A reason to overbook asks for the named provider at once, whoever else they are seeing.
    """

    clinic: UUID
    patient: UUID
    service: UUID | None = None
    provider: UUID | None = None
    visit: VisitType = VisitType.WALK_IN
    notes: str = ""
    overbook_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """What the desk checked of somebody who came, and how they are reached if they said so; None stays as it is."""

    checked: frozenset[str] = frozenset()
    mobile: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where an appointment is to go; what is None stays as it is."""

    start: int
    provider: UUID | None = None
    resources: frozenset[UUID] | None = None
    minutes: int | None = None
    overbook_reason: str = ""
    anybody: bool = False
    """A request is nobody's in particular any more."""
    tell: bool | None = None
    """As in a booking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which free times to list: local days [first, last) of the clinic; no provider means every provider. `minutes`
    and `ignoring` as in a wish.
    """

    clinic: UUID
    service: UUID
    first: date
    last: date
    provider: UUID | None = None
    patient: UUID | None = None
    step: int | None = None
    weekdays: frozenset[int] | None = None
    near: int | None = None
    one_a_day: bool = False
    minutes: int | None = None
    ignoring: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(Details):
    """What was noted about an appointment; what isn't given stays."""

    notes: str | Unset = UNSET
    referral: str | Unset = UNSET
    source: str | Unset = UNSET
