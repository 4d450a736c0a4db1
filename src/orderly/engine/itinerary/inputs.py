"""What an itinerary is asked for with: sessions in order, what is booked already, rules, a wish."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from orderly.engine.ranking import Slot


class Wish(StrEnum):
    """What is best among itineraries that leave out equally few sessions."""

    SOONEST = "soonest"
    """The earliest last date, then the earliest dates in sum, and of those the fewest changes of provider."""

    SAME_HANDS = "same_hands"
    """The fewest changes of provider from one session to the next."""

    FEWEST_TRIPS = "fewest_trips"
    """The fewest days on which the person comes only for this."""

    PREFERRED_TIMES = "preferred_times"
    """The fewest minutes in sum away from the preferred time of day."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session to be placed. `slots` are the free times of its service, by start, then provider.

    `providers`: only these (None: anybody). `pinned`: this time or none. `kept`: where it was before, to be changed
    only if something is gained by it that counts more.
    """

    number: int
    slots: Sequence[Slot]
    providers: frozenset[int] | None = None
    pinned: Slot | None = None
    kept: Slot | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """A session of the same course that has its time already."""

    number: int
    start: int
    end: int
    provider: int


@dataclass(frozen=True, slots=True)
class Rules:
    """Between `first` and `last` (both included, dates of `zone`), on `weekdays` (0 = Sunday; None: any).

    `preferred`: wall minute of day. `gap`: days at least from the date of one session to that of the next; 0 lets them
    follow each other on one day. `per_week`: so many in a calendar week at most, which begins on the weekday
    `week_starts`. `window`: how many days are looked through from the first date a session may have.
    `comes`: days on which the person is here anyway.
    """

    zone: str
    first: date
    last: date
    weekdays: frozenset[int] | None = None
    preferred: int | None = None
    gap: int = 1
    per_week: int | None = None
    week_starts: int = 0
    window: int = 90
    comes: frozenset[date] = field(default=frozenset())
