"""The least cost of the rest of a course from wherever it stands, by dynamic programming from its end (Bellman 1957).

What comes after a session depends on what was before it only through its `State`. So the least cost of everything from
a session on is the least of two: over its openings, what that opening costs and the least cost of the rest after it; or
what leaving it out costs and the least cost of the rest from the same state. Costs are vectors compared part by part;
adding the same to both sides of a comparison doesn't change it, which is all that the principle of optimality needs, so
vectors may be whole numbers (`Scale`). All marks are weighed at once (`Reach`), so that thirty sessions with twenty
providers on a hundred and eighty days are some six hundred passes over short lists.
"""

from functools import reduce
from itertools import groupby
from typing import TypeAlias

from orderly.engine.itinerary.choices import Column, column
from orderly.engine.itinerary.course import Course, State
from orderly.engine.itinerary.inputs import Booked, Session
from orderly.engine.itinerary.lows import NEVER, lesser
from orderly.engine.itinerary.openings import ANYBODY, Opening
from orderly.engine.itinerary.reach import Reach

Table: TypeAlias = dict[tuple[int, int], list[int]]
"""The least cost of the rest by (sessions in the week, who gave the last), for each mark."""


class Tables:
    """One for each place in the course, and one for its end."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._place = {mark: place for place, mark in enumerate(course.marks)}
        self._counts = range(course.start.in_week, (course.limit or 0) + 1)
        self._reach: dict[bool, Reach] = {}
        self._laid: dict[object, dict[int, Column]] = {}
        self._tables = self._all()

    def rest(self, place: int, state: State) -> int:
        """The least cost of the items from `place` on."""
        return self._at(self._tables[place], state)

    def _at(self, table: Table, state: State) -> int:
        return table[state.in_week, state.provider][self._place[state.mark]]

    def _all(self) -> list[Table]:
        ends = [self._course.cost_of_end(mark) for mark in self._course.marks]
        tables: list[Table] = [{(count, one): ends for count in self._counts for one in self._course.columns}]
        for item in reversed(self._course.items):
            after = tables[-1]
            tables.append(self._booked(item, after) if isinstance(item, Booked) else self._session(item, after))
        return tables[::-1]

    def _booked(self, item: Booked, after: Table) -> Table:
        course, table = self._course, {}
        for count, one in after:
            change = course.cost_of_change(one, item.provider)
            states = (course.past(item, State(mark, count, one)) for mark in course.marks)
            table[count, one] = [change + self._at(after, state) for state in states]
        return table

    def _session(self, item: Session, after: Table) -> Table:
        skip = self._course.cost_of_skipping(item)
        table = {key: [skip + rest for rest in values] for key, values in after.items()}
        for count, best in self._placing(item, after).items():
            anybody = reduce(lesser, best.values())
            another = [cost + self._course.change for cost in anybody]
            for one in self._course.columns:
                least = anybody if one == ANYBODY else lesser(another, best[one]) if one in best else another
                table[count, one] = lesser(table[count, one], least)
        return table

    def _placing(self, item: Session, after: Table) -> dict[int, dict[int, list[int]]]:
        """By sessions that the week has, and by who gives this one: the least cost of placing it and of the rest."""
        reach = self._reach_of(item)
        best: dict[int, dict[int, list[int]]] = {}
        for one, laid in self._lay_out(item).items():
            arrivals = {count: laid.arrivals(count, after[count, one]) for count in laid.costs}
            far = reach.far(laid, arrivals[1]) if self._course.limit else None
            for count in self._counts:
                near = arrivals.get(count if self._course.limit is None else count + 1)
                best.setdefault(count, {})[one] = reach.least(laid, near, far)
        return best

    def _reach_of(self, item: Session) -> Reach:
        pinned = item.pinned is not None
        if pinned not in self._reach:
            course = self._course
            self._reach[pinned] = Reach(
                course.marks, course.days, course.trips, weekly=course.limit is not None, pinned=pinned
            )
        return self._reach[pinned]

    def _lay_out(self, item: Session) -> dict[int, Column]:
        """Once for sessions that have the same choice."""
        course, free = self._course, item.pinned is None and item.kept is None
        key = (id(item.slots), item.providers) if free else item.number
        if key not in self._laid:
            found = sorted(course.found[item.number], key=_provider)
            self._laid[key] = {one: self._column(item, list(some)) for one, some in groupby(found, _provider)}
        return self._laid[key]

    def _column(self, item: Session, found: list[Opening]) -> Column:
        course = self._course
        arriving = [0] if course.limit is None else range(1, course.limit + 1)
        costs = {
            count: [course.cost(item, one) + (0 if course.fits(one, count) else NEVER) for one in found]
            for count in arriving
        }
        return column(found, costs, course.marks, self._place, course.days, pinned=item.pinned is not None)


def _provider(one: Opening) -> int:
    return one.slot[2]
