"""The openings of one session, laid out in lists so that a whole layer of the course is weighed at once."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orderly.engine.itinerary.days import Days, Mark
from orderly.engine.itinerary.lows import NEVER, gather
from orderly.engine.itinerary.openings import Opening

Gather = Callable[[Sequence[int]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Column:
    """The openings with one provider, by start.

    `costs`: by how many sessions there are then in the week. `onward`: from what follows each mark to what follows
    each opening. `later`: openings after which another comes on the same day, the last first. `firsts`: the first of
    each day. `within`: for each mark the first one that is late enough on the mark's own first day.
    """

    costs: dict[int, list[int]]
    onward: Gather
    later: list[int]
    firsts: Gather
    within: Gather

    def arrivals(self, count: int, after: Sequence[int]) -> list[int]:
        """The cost of the course from each opening on, or from a later one of its day if that is better; then NEVER."""
        values = [cost + rest for cost, rest in zip(self.costs[count], self.onward(after), strict=True)]
        for place in self.later:
            if values[place + 1] < values[place]:
                values[place] = values[place + 1]
        values.append(NEVER)
        return values


def column(
    found: Sequence[Opening],
    costs: dict[int, list[int]],
    marks: Sequence[Mark],
    place_of: Mapping[Mark, int],
    days: Days,
    *,
    pinned: bool,
) -> Column:
    """Lay out openings that are in order. A pinned one may be on any day."""
    nowhere = len(found)
    first: dict[int, int] = {}
    for place, one in enumerate(found):
        first.setdefault(one.day, place)
    starts = [one.slot[0] for one in found]
    within = []
    for mark in marks:
        place, day = bisect_left(starts, mark.free_from), days.number_of(mark.free_from)
        there = place < nowhere and found[place].day == day and (pinned or day < mark.until)
        within.append(place if there else nowhere)
    return Column(
        costs,
        gather([place_of[one.mark] for one in found]),
        [place for place in reversed(range(nowhere - 1)) if found[place].day == found[place + 1].day],
        gather([first.get(day, nowhere) for day in range(days.count)]),
        gather(within),
    )
