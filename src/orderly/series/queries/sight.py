"""The calendars around the visits of a series, and what they say about each."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from orderly.appointments.inputs import Wish
from orderly.appointments.queries.slots import MOST_DAYS, Outlook, outlook
from orderly.engine.problems import Code, Problem
from orderly.engine.spans import Span
from orderly.engine.walltime import day_start, local
from orderly.series.choices import LEFT_OUT, State
from orderly.series.models import Occurrence

NEAR: Final = 7  # days to either side in which another time is looked for
STRETCH: Final = MOST_DAYS - 2 * NEAR
OWN, OTHERS = 3, 2  # other times of the provider, and other providers, that are offered


class By(NamedTuple):
    """Who gives a visit (None: anybody who can), and how long it is to be; None: as long as it usually is with them."""

    provider: UUID | None
    minutes: int | None = None


class Offered(NamedTuple):
    """A time that could be had; `provider` is None for the one who was wished for."""

    start: int
    end: int
    provider: UUID | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A day of the rule, and the visit it would become; `start` and `end` in whole minutes since 1970 UTC, also of what
    is left out. `instead` is what could be had, first with the provider who was wished for; `decided`, that it isn't
    where the rule has it because somebody said so. `occurrence` is what it is now, of a series that exists.
    """

    day: date
    start: int
    end: int
    state: State
    by: By
    problems: tuple[Problem, ...] = ()
    instead: tuple[Offered, ...] = ()
    decided: bool = False
    occurrence: Occurrence | None = None

    @property
    def blocked(self) -> bool:
        """Whether nothing can be written before something else is decided. What is new is left out on a closed day;
        what is there can't be.
        """
        return self.state is State.CONFLICT or (self.state is State.CLOSED and self.occurrence is not None)


class Sight:
    """Reads a stretch of days at once, and each of them once: the number of queries hangs on how far the visits reach
    and who gives them, not on how many there are. `wish` is what they have in common.
    """

    def __init__(self, wish: Wish, zone: str, first: date, *, now: datetime) -> None:
        self._wish, self._zone, self._first, self._now = wish, zone, first, now
        self._read: dict[tuple[int, By], Outlook] = {}

    def planned(
        self, day: date, start: int, by: By, *, decided: bool = False, occurrence: Occurrence | None = None
    ) -> Planned:
        """A visit at `start`, free or not. That a day is closed matters where the rule means it; whoever decides for
        one is told that it can't be.
        """
        against, end = self._around(start, by).against(start), start + self.length(start, by)
        state = State.CONFLICT if against else State.FREE
        if not decided and any(problem.code is Code.CLOSED for problem in against):
            state = State.CLOSED
        return Planned(day, start, end, state, by, against, decided=decided, occurrence=occurrence)

    def length(self, start: int, by: By) -> int:
        """How long a visit there would be; nothing where none could be."""
        offers = self._around(start, by).offers
        return offers[0].plan.length if offers else by.minutes or 0

    def settled(self, rows: list[Planned]) -> list[Planned]:
        """None in another's way: of two that overlap the later one is a conflict."""
        kept = {id(row): row for row in rows}
        before: Planned | None = None
        for row in sorted((row for row in rows if row.state is State.FREE), key=lambda row: row.start):
            if before is not None and row.start < before.end + self._gap(row):
                busy = Problem(Code.PATIENT_BUSY, "patient", span=(before.start, before.end))
                kept[id(row)] = replace(row, state=State.CONFLICT, problems=(busy,))
            else:
                before = row
        return list(kept.values())

    def with_alternatives(self, rows: list[Planned]) -> list[Planned]:
        """Each that is blocked with what could be had, on no day before the series nor on another's; the first of these
        are in nobody's way, nor in each other's.
        """
        taken = [(row.start, row.end) for row in rows if row.state is State.FREE]
        days = Counter(self._day(row.start) for row in rows if row.state not in LEFT_OUT or row.blocked)
        found = []
        for row in rows:
            if row.blocked:
                others = days - Counter([self._day(row.start)])
                row = replace(row, instead=self._instead(row, taken, others.keys()))
                taken += [(one.start, one.end) for one in row.instead[:1]]
                days.update(self._day(one.start) for one in row.instead[:1])
            found.append(row)
        return found

    def _instead(self, row: Planned, taken: Iterable[Span], days: Collection[date]) -> tuple[Offered, ...]:
        """Some with the same provider, and some with others."""
        gap = self._gap(row)
        busy = [(start - gap, end + gap) for start, end in taken]
        own = [one._replace(provider=None) for one in self._free(row, row.by, NEAR, busy, days)[:OWN]]
        anybody = By(None, row.by.minutes)
        others = self._others(row, anybody, 0, busy, days) or self._others(row, anybody, NEAR, busy, days)
        return (*own, *others[:OTHERS])

    def _others(
        self, row: Planned, anybody: By, reach: int, busy: Iterable[Span], days: Collection[date]
    ) -> list[Offered]:
        """With each of them only their best."""
        best: dict[UUID | None, Offered] = {}
        for one in self._free(row, anybody, reach, busy, days):
            if one.provider != row.by.provider:
                best.setdefault(one.provider, one)
        return list(best.values())

    def _free(self, row: Planned, by: By, reach: int, busy: Iterable[Span], days: Collection[date]) -> list[Offered]:
        """The same time first, then the same day, then the nearest; of these the nearest time of day."""
        day, wall = local(self._zone, row.start)
        first, last = max(self._first, day - timedelta(days=reach)), day + timedelta(days=reach + 1)
        seen = self._around(row.start, by)
        names = {giver.resource: pk for pk, giver in seen.stage.givers.items()}
        slots = seen.free((day_start(self._zone, first), day_start(self._zone, last)))
        free = [slot for slot in slots if not any(slot[0] < end and start < slot[1] for start, end in busy)]
        free = [slot for slot in free if self._day(slot[0]) not in days]
        free.sort(key=lambda slot: (*self._far(slot[0], day, wall), slot[0], slot[2]))
        return [Offered(start, end, names.get(provider)) for start, end, provider in free]

    def _day(self, start: int) -> date:
        return local(self._zone, start)[0]

    def _far(self, start: int, day: date, wall: int) -> tuple[int, int]:
        there, clock = local(self._zone, start)
        return abs((there - day).days), abs(clock - wall)

    def _gap(self, row: Planned) -> int:
        terms = self._around(row.start, row.by).stage.terms
        return terms.buffer_before + terms.buffer_after

    def _around(self, start: int, by: By) -> Outlook:
        number = (local(self._zone, start)[0] - self._first).days // STRETCH
        if (number, by) not in self._read:
            low = self._first + timedelta(days=number * STRETCH - NEAR)
            window = day_start(self._zone, low), day_start(self._zone, low + timedelta(days=MOST_DAYS))
            wish = replace(self._wish, provider=by.provider, minutes=by.minutes)
            self._read[number, by] = outlook(wish, window, now=self._now)
        return self._read[number, by]


def conflicts(rows: Iterable[Planned]) -> dict[int, tuple[Problem, ...]]:
    """What stands against each row that can't be had, by its place."""
    return {nth: row.problems for nth, row in enumerate(rows) if row.blocked}


def kept(rows: Iterable[Planned]) -> list[int]:
    """The places of those that are to be booked."""
    return [nth for nth, row in enumerate(rows) if row.state not in LEFT_OUT]
