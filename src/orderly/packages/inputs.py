"""A package as an administrator describes it, a sale and a plan as the desk asks for them. Nothing is checked yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from orderly.core.edits import UNSET, Details, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """So many sessions of a service."""

    service: UUID
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageDetails(Details):
    """What can be said of a package. `price` is in minor units of `currency`; no clinic means all of that currency."""

    name: str | Unset = UNSET
    clinic: UUID | Unset | None = UNSET
    currency: str | Unset = UNSET
    price: int | Unset = UNSET
    validity_days: int | Unset = UNSET
    services: tuple[Sessions, ...] | Unset = UNSET
    active: bool | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Money that changes hands, in minor units."""

    amount: int
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A session of a purchase, by its number, at a time (in whole minutes since 1970 UTC) with a provider."""

    number: int
    start: int
    provider: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """How what is left of a purchase is to be spread, between local days `start` and `end` (None: until it expires), in
    a `clinic` (None: the one that sold it).

    `weekdays` (0 = Sunday; None: any), `preferred`: wall minute of day, `gap`: days at least from one session to the
    next, `per_week`: at most. A provider for all, or by number; else anybody. Sessions that are `pinned` stay where
    they are said to be, those that are `kept` if nothing is lost by it.
    """

    start: date
    clinic: UUID | None = None
    end: date | None = None
    weekdays: frozenset[int] | None = None
    preferred: int | None = None
    gap: int = 1
    per_week: int | None = None
    provider: UUID | None = None
    providers: Mapping[int, UUID] = field(default_factory=dict)
    pinned: tuple[Planned, ...] = ()
    kept: tuple[Planned, ...] = ()
