"""What may follow what: for all marks at once, the best of the times after each."""

from collections.abc import Sequence
from typing import TypeAlias

from orderly.engine.itinerary.choices import Column
from orderly.engine.itinerary.days import Days, Mark
from orderly.engine.itinerary.lows import NEVER, Lows, lesser

Far: TypeAlias = tuple[Sequence[int], list[int], list[int]]
"""Costs after each mark: on its first day, in later weeks, and the least of both where the first day is in one."""


class Reach:
    """After a mark come the rest of one day, then the days left of the same week, then later weeks.

    If it isn't `weekly`, all days count as of one week. `trips`: what the first visit on each day costs more. A pinned
    session may be beyond the window.
    """

    def __init__(
        self, marks: Sequence[Mark], days: Days, trips: Sequence[int] | None, *, weekly: bool, pinned: bool
    ) -> None:
        self._same_week, self._first_trips = [], []
        near, far = [], []
        for mark in marks:
            first = days.number_of(mark.free_from)
            end = days.count if pinned else min(mark.until, days.count)
            turn = days.next_week(mark.day) if weekly else end
            near.append((first + 1, min(turn, end)))
            far.append((max(first + 1, turn), end))
            self._same_week.append(first < turn)
            self._first_trips.append(trips[first] if trips and mark.day != first < days.count else 0)
        self._near, self._far = Lows(near, days.count), Lows(far, days.count)
        self._trips = trips
        self._never = [NEVER] * len(marks)

    def least(self, column: Column, near: Sequence[int] | None, far: Far | None) -> list[int]:
        """The least cost after each mark, of arrivals `near` in its week (None: it is full) and `far` in later ones."""
        if near is None:
            return far[2] if far else self._never
        first, rest = column.within(near), self._near.of(self._by_day(column, near))
        if far is not None:
            first = [one if same else other for one, other, same in zip(first, far[0], self._same_week, strict=True)]
            rest = lesser(rest, far[1])
        return lesser(self._with_trips(first), rest)

    def far(self, column: Column, arrivals: Sequence[int]) -> Far:
        """The part of `least` that is the same however many sessions the week has."""
        first, rest = column.within(arrivals), self._far.of(self._by_day(column, arrivals))
        later = [NEVER if same else cost for cost, same in zip(first, self._same_week, strict=True)]
        return first, rest, lesser(self._with_trips(later), rest)

    def _with_trips(self, first: Sequence[int]) -> Sequence[int]:
        if not self._trips:
            return first
        return [cost + trip for cost, trip in zip(first, self._first_trips, strict=True)]

    def _by_day(self, column: Column, arrivals: Sequence[int]) -> Sequence[int]:
        values = column.firsts(arrivals)
        return values if not self._trips else [cost + trip for cost, trip in zip(values, self._trips, strict=True)]
