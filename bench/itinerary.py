"""A course of sessions: how long planning it takes, and what that gains over giving each the first time that fits."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from bench.engine import FIRST, GRID, ZONE, best, calendar, reservations, window
from bench.engine import plan as visit
from bench.measures import Figure
from orderly.engine.itinerary import Booked, Rules, Session, Wish, plan
from orderly.engine.plan import Role
from orderly.engine.ranking import Slot, first_fit
from orderly.engine.slots import Offer, Terms, find
from orderly.engine.walltime import DAY, day_start, days, local, weekday

A_DAY = timedelta(days=1)
SIZES = {(10, 5, 90): 50.0, (30, 20, 180): 500.0}
RULES = {"any day": {}, "at most 3 a week, at 10:00": {"per_week": 3, "preferred": 600}}


def measure() -> Iterator[Figure]:
    """Milliseconds of each size, and under each wish what both plans are worth."""
    for (sessions, providers, length), target in SIZES.items():
        free = slots(providers, length)
        course = [Session(number + 1, free) for number in range(sessions)]
        for name, more in RULES.items():
            rules = Rules(ZONE, FIRST, FIRST + timedelta(days=length - 1), **more)
            size = f"{sessions} sessions × {providers} providers × {length} days, {name}"
            yield from _of_size(size, course, rules, target)


def _of_size(size: str, course: list[Session], rules: Rules, target: float) -> Iterator[Figure]:
    simple = first_free(course, rules)
    note = f"{len(course[0].slots)} free times"
    yield Figure(f"{size}: the first that fits", best(lambda: first_free(course, rules)), note=note)
    for wish in Wish:
        made = plan(course, rules, wish).placed
        took = best(lambda wish=wish: plan(course, rules, wish))
        mine, theirs = (worth(one, course, rules).told(wish) for one in (made, simple))
        yield Figure(f"{size}: {wish}", took, target=target, note=f"{mine}; first that fits: {theirs}")


def slots(providers: int, length: int) -> list[Slot]:
    """Half an hour with anybody of a clinic that is partly booked."""
    calendars = {one: calendar(one, Role.PROVIDER, length, reservations(one, length)) for one in range(providers)}
    offers = [Offer(one, visit(one)) for one in range(providers)]
    return find(offers, calendars, window(length), GRID, Terms(window(length)[0]))


@dataclass(frozen=True, slots=True)
class Worth:
    """What a plan is worth, in the parts that `orderly.engine.itinerary` compares; less is better."""

    unpinned: int
    unplaced: int
    changed: int
    changes: int
    trips: int
    off: int
    last: int
    dates: int
    misfit: int

    def by(self, wish: Wish) -> tuple[int, ...]:
        """What counts under a wish, from the most to the least."""
        wished = {Wish.SAME_HANDS: self.changes, Wish.FEWEST_TRIPS: self.trips, Wish.PREFERRED_TIMES: self.off}
        first = (self.unpinned, self.unplaced, self.changed)
        return (*first, wished.get(wish, 0), self.last, self.dates, self.changes, self.misfit)

    def told(self, wish: Wish) -> str:
        words = {
            Wish.SAME_HANDS: f"{self.changes} changes of provider, ",
            Wish.FEWEST_TRIPS: f"{self.trips} trips, ",
            Wish.PREFERRED_TIMES: f"{self.off} minutes off, ",
        }
        return f"{self.unplaced} unplaced, {words.get(wish, '')}last on day {self.last}"


def worth(placed: dict[int, Slot], sessions: Sequence[Session], rules: Rules, booked: Sequence[Booked] = ()) -> Worth:
    """Judge a plan from its times alone."""
    there = {one.number: (one.start, one.end, one.provider) for one in booked}
    hands = [slot[2] for _, slot in sorted({**placed, **there}.items())]
    visits = [local(rules.zone, slot[0]) for slot in placed.values()]
    comes = {local(rules.zone, one.start)[0] for one in booked}
    dates = [(day - rules.first).days for day, _ in visits]
    return Worth(
        sum(one.pinned is not None and one.number not in placed for one in sessions),
        len(sessions) - len(placed),
        sum(one.kept is not None and placed.get(one.number) != one.kept for one in sessions),
        sum(one != other for one, other in pairwise(hands)),
        len({day for day, _ in visits} - comes - rules.comes),
        sum(abs(wall - rules.preferred) for _, wall in visits) if rules.preferred is not None else 0,
        max([0, *dates, *((day - rules.first).days for day in comes)]),
        sum(dates),
        sum(_misfit(wall, rules.preferred) for _, wall in visits),
    )


def _misfit(wall: int, preferred: int | None) -> int:
    if preferred is None:
        return wall
    return wall - preferred if wall >= preferred else DAY + preferred - wall


def first_free(sessions: Sequence[Session], rules: Rules, booked: Sequence[Booked] = ()) -> dict[int, Slot]:
    """The baseline: each session in its turn gets the first time that fits."""
    placed: dict[int, Slot] = {}
    for session in sorted(sessions, key=lambda one: one.number):
        first = max([rules.first, *_permitted(session, placed, rules, booked)])
        for day in days(first, rules.last + timedelta(days=1)):
            low, high = (bisect_left(session.slots, (day_start(rules.zone, one),)) for one in (day, day + A_DAY))
            free = [slot for slot in session.slots[low:high] if allows(session, slot, placed, rules, booked)]
            if free:
                placed[session.number] = first_fit(free, rules.zone, preferred=rules.preferred)[0]
                break
    return placed


def allows(session: Session, slot: Slot, placed: dict[int, Slot], rules: Rules, booked: Sequence[Booked] = ()) -> bool:
    """Whether a session may be there after those placed with lower numbers."""
    day = local(rules.zone, slot[0])[0]
    permitted = max([rules.first, *_permitted(session, placed, rules, booked)])
    if session.pinned is None:
        chosen = session.providers is None or slot[2] in session.providers
        wanted = rules.weekdays is None or weekday(day) in rules.weekdays
        fits = chosen and wanted and day < permitted + timedelta(days=rules.window)
    else:
        fits = slot == session.pinned
    return fits and permitted <= day <= rules.last and _apart(session, slot, day, placed, rules, booked)


def _permitted(session: Session, placed: dict[int, Slot], rules: Rules, booked: Sequence[Booked]) -> Iterator[date]:
    """The dates from which it may be, for each one before it."""
    before = [slot[0] for number, slot in placed.items() if number < session.number]
    for start in (*before, *(one.start for one in booked if one.number < session.number)):
        yield local(rules.zone, start)[0] + timedelta(days=rules.gap)


def _apart(
    session: Session, slot: Slot, day: date, placed: dict[int, Slot], rules: Rules, booked: Sequence[Booked]
) -> bool:
    near = [local(rules.zone, one.start)[0] for one in booked]
    other = [local(rules.zone, one[0])[0] for one in placed.values()]
    ends = [one[1] for one in placed.values()] + [one.end for one in booked if one.number < session.number]
    apart = all(abs(day - one) >= timedelta(days=rules.gap) for one in near)
    clear = all(slot[1] <= one.start or one.end <= slot[0] for one in booked)
    same_week = sum(_week(one, rules) == _week(day, rules) for one in (*near, *other))
    room = rules.per_week is None or same_week < rules.per_week
    return apart and clear and room and all(end <= slot[0] for end in ends)


def _week(day: date, rules: Rules) -> date:
    return day - timedelta(days=(weekday(day) - rules.week_starts) % 7)
