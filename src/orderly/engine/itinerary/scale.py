"""What counts more than what, as whole numbers: a unit of each part is worth more than all below it together."""

from dataclasses import dataclass

from orderly.engine.walltime import DAY


@dataclass(frozen=True, slots=True)
class Scale:
    """The worth of one unit of each part of a cost, from the least to the most; of `misfit` it is 1."""

    change: int
    dates: int
    last: int
    wish: int
    changed: int
    unplaced: int
    unpinned: int

    @classmethod
    def of(cls, sessions: int, booked: int, days: int) -> "Scale":
        """For that many sessions, and so many between them, on that many days."""
        change = sessions * 2 * DAY + 1
        dates = change * (sessions + booked + 1)
        last = dates * (sessions * days + 1)
        wish = last * (days + 1)
        changed = wish * (sessions * DAY + 1)
        unplaced = changed * (sessions + 1)
        return cls(change, dates, last, wish, changed, unplaced, unplaced * (sessions + 1))
