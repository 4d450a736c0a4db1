"""What is asked for, as values. Nothing in them has been checked yet."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from orderly.engine.succession import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A service for somebody, with a provider or with whoever it may be."""

    patient: UUID
    service: UUID
    provider: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartySearch:
    """When all of `steps` can be had: on the clinic's local days [first, last), one after the other with at most `wait`
    minutes between them, or all at once.
    """

    clinic: UUID
    steps: tuple[Wanted, ...]
    first: date
    last: date
    order: Order = Order.GIVEN
    wait: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(Wanted):
    """A step with its time (in whole minutes since 1970 UTC), provider, and the chairs and helpers among those used."""

    provider: UUID
    start: int
    resources: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRequest:
    """Steps to be booked as one; `notes` are kept with each of them, `tell` is whether they are to be told, None where
    nobody was asked. What is offered instead keeps to `order` and `wait`, as in a search.
    """

    clinic: UUID
    steps: tuple[Placed, ...]
    source: str
    order: Order = Order.GIVEN
    wait: int = 0
    notes: str = ""
    tell: bool | None = None
