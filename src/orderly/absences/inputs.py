"""What is asked for, as values. Nothing in them has been checked yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

DAYS = 14
MOST_DAYS = 60
MOST = 80
"""Appointments that are rearranged at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A provider, and a start in whole minutes since 1970 UTC."""

    provider: UUID
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rearrangement:
    """What is to be rearranged in a clinic: these appointments; or all that a rule strands; or all that is stranded.

    Other times are looked for so many `days` to either side. For those in `keep` the same provider was asked for. What
    is in `pinned` goes to that spot, or (None) stays as it is, and the rest is arranged around it. What both say of
    others counts for nothing.
    """

    clinic: UUID
    appointments: frozenset[UUID] | None = None
    rule: UUID | None = None
    days: int = DAYS
    keep: frozenset[UUID] = frozenset()
    pinned: Mapping[UUID, Spot | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """Where an appointment is to go, as it was proposed; `version` is the one it was seen in. `resources` are the
    chairs, rooms and helpers it goes with, where that isn't left to the move.
    """

    appointment: UUID
    start: int
    provider: UUID
    resources: frozenset[UUID] | None = None
    version: int | None = None
