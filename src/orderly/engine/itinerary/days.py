"""The days an itinerary may use, by number from the first, and what a visit on one of them leaves for the next."""

from bisect import bisect_right
from datetime import date, timedelta
from functools import cached_property
from typing import Final, NamedTuple

from orderly.engine.itinerary.inputs import Booked, Rules
from orderly.engine.walltime import day_start, local, weekday

WEEK: Final = 7


class Mark(NamedTuple):
    """How far a course has come: the next session may start at the instant `free_from`, on a day before `until`.

    `day` is that of the last session; before the first one it is in an earlier week.
    """

    free_from: int
    day: int
    until: int

    def joined(self, other: "Mark") -> "Mark":
        """After both."""
        return Mark(*map(max, self, other))


class Days:
    """Number 0 is the first date, `count` the first one too late."""

    def __init__(self, rules: Rules, booked: tuple[Booked, ...]) -> None:
        self.rules = rules
        self.count = max(0, (rules.last - rules.first).days + 1)
        self.starts = [day_start(rules.zone, self.date(day)) for day in range(self.count + rules.gap + 1)]
        self.booked = booked
        self.booked_on = {one: self._number(one.start) for one in booked}

    def date(self, day: int) -> date:
        return self.rules.first + timedelta(days=day)

    def number_of(self, instant: int) -> int:
        """The day of an instant not before the first day."""
        return min(bisect_right(self.starts, instant) - 1, self.count)

    def _number(self, instant: int) -> int:
        return (local(self.rules.zone, instant)[0] - self.rules.first).days

    @cached_property
    def start(self) -> Mark:
        """Before anything."""
        return Mark(self.starts[0], -WEEK, self.rules.window)

    def mark(self, day: int, end: int) -> Mark:
        """What a session on `day` until the instant `end` leaves."""
        return Mark(max(self.starts[day + self.rules.gap], end), day, day + self.rules.gap + self.rules.window)

    def mark_of(self, one: Booked) -> Mark:
        """What a booked session leaves, on whichever day it is."""
        day, gap = self.booked_on[one], self.rules.gap
        after = day_start(self.rules.zone, self.date(day + gap))
        return Mark(max(after, one.end), day, day + gap + self.rules.window)

    def week_of(self, day: int) -> int:
        """The calendar week of a day."""
        return (day + self._into_week) // WEEK

    def next_week(self, day: int) -> int:
        """The first day of the week after that of `day`."""
        return (self.week_of(day) + 1) * WEEK - self._into_week

    @cached_property
    def _into_week(self) -> int:
        return (weekday(self.rules.first) - self.rules.week_starts) % WEEK

    @cached_property
    def preferred(self) -> list[int]:
        """Days on a preferred weekday that keep their distance from what is booked."""
        wanted = self.rules.weekdays
        return [
            day
            for day in range(self.count)
            if (wanted is None or weekday(self.date(day)) in wanted) and self.is_apart(day)
        ]

    def is_apart(self, day: int) -> bool:
        """Whether a session may be on `day` for all that is booked, earlier or later."""
        return all(abs(day - other) >= self.rules.gap for other in self.booked_on.values())

    def is_clear(self, start: int, end: int) -> bool:
        """Whether nothing that is booked is at that time."""
        return all(end <= one.start or one.end <= start for one in self.booked)

    @cached_property
    def room(self) -> list[int] | None:
        """How many sessions more the week of each day takes; None: any number."""
        most = self.rules.per_week
        if most is None:
            return None
        taken = [self.week_of(day) for day in self.booked_on.values()]
        return [most - taken.count(self.week_of(day)) for day in range(self.count)]
