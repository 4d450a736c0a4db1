"""What is asked for, as values. Nothing in them has been checked yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeAlias
from uuid import UUID

from orderly.series.choices import Scope


class Instead(NamedTuple):
    """Another time for a visit, in whole minutes since 1970 UTC, with the one who gives the others or somebody else."""

    start: int
    provider: UUID | None = None


Decided: TypeAlias = Mapping[date, Instead | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRequest:
    """Visits on the days that `rule` (an RRULE with its end) means from `first` on, at minute `wall` of each.

    `decided` says by day where a visit goes instead; None skips it. `tell` is whether the patient is to be told of all
    of them at once, where that was asked.
    """

    clinic: UUID
    service: UUID
    patient: UUID
    provider: UUID
    first: date
    wall: int
    rule: str
    minutes: int | None = None
    decided: Decided = field(default_factory=dict)
    source: str = "phone"
    referral: str = ""
    notes: str = ""
    tell: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesChange:
    """What is to be different; what is None stays. `rule` is an RRULE without an end.

    `decided` says by the visit's present day where it goes instead; None leaves it as it is. `tell` as in a request.
    """

    scope: Scope
    wall: int | None = None
    rule: str | None = None
    provider: UUID | None = None
    minutes: int | None = None
    decided: Decided = field(default_factory=dict)
    tell: bool | None = None
