"""Itineraries: the best days, times and providers for the sessions of a course of treatment, one after the other.

`plan` is exact: no other itinerary leaves out fewer sessions, and none that leaves out as few is better by the wish.
What counts, from the most to the least:

1. pinned sessions without a time;
2. sessions without a time;
3. sessions that aren't where they were (`kept`);
4. the wish: changes of provider, days the person comes for this alone, or minutes away from the preferred time;
5. how late the last date is;
6. the dates in sum;
7. changes of provider: never a later date for them, but another time of the day;
8. the times of day, in the order in which `ranking.first_fit` takes them;
9. then the earliest start and lowest provider of the first session, of the second …

Each session is `gap` days after the one with the number before, booked or planned, and as far from what is booked under
a higher number, before or after it. What can't be placed is left out and the rest stands. Instants are in minutes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orderly.engine.itinerary.course import Course, State
from orderly.engine.itinerary.days import Days
from orderly.engine.itinerary.effort import within_reach
from orderly.engine.itinerary.inputs import Booked, Rules, Session, Wish
from orderly.engine.itinerary.openings import Opening
from orderly.engine.itinerary.reasons import Reason, reason
from orderly.engine.itinerary.tables import Tables
from orderly.engine.ranking import Slot

__all__ = ["Booked", "Itinerary", "Reason", "Rules", "Session", "Wish", "plan", "within_reach"]


@dataclass(frozen=True, slots=True)
class Itinerary:
    """The time of each session that has one, why the others have none, and who isn't where they were (`kept`)."""

    placed: dict[int, Slot]
    unplaced: dict[int, Reason]
    changed: frozenset[int] = frozenset()


def plan(
    sessions: Sequence[Session], rules: Rules, wish: Wish = Wish.SOONEST, booked: Sequence[Booked] = ()
) -> Itinerary:
    """The best itinerary. Sessions and what is booked have different numbers; slots are by start, then provider."""
    course = Course(sessions, wish, Days(rules, tuple(booked)))
    placed: dict[int, Slot] = {}
    unplaced: dict[int, Reason] = {}
    for session, state, taken in _walk(course):
        if taken is None:
            unplaced[session.number] = reason(course, session, state)
        else:
            placed[session.number] = taken.slot
    changed = (one.number for one in sessions if one.kept is not None and placed.get(one.number) != one.kept)
    return Itinerary(placed, unplaced, frozenset(changed))


def _walk(course: Course) -> Iterator[tuple[Session, State, Opening | None]]:
    """Each session, where the course stands before it, and the time it gets."""
    tables, state = Tables(course), course.start
    for place, item in enumerate(course.items):
        if isinstance(item, Booked):
            state = course.past(item, state)
            continue
        taken = _first_best(course, tables, place, item, state)
        yield item, state, taken
        state = state if taken is None else course.next(state, taken)


def _first_best(course: Course, tables: Tables, place: int, item: Session, state: State) -> Opening | None:
    least = tables.rest(place, state)
    for one in course.following(item, state):
        cost = course.cost(item, one) + course.cost_of_step(state, one)
        if cost + tables.rest(place + 1, course.next(state, one)) == least:
            return one
    return None
