"""The free times worth a thought: of those that leave the same for the rest, only the best."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

from orderly.engine.itinerary.days import Days, Mark
from orderly.engine.itinerary.inputs import Session, Wish
from orderly.engine.ranking import Slot
from orderly.engine.walltime import DAY, local, steady_offset

Free: TypeAlias = tuple[int, int, Slot]
"""(day, wall minute of day, slot)."""

ANYBODY: Final = -2
"""Who gave the last session of a course that hasn't begun."""


class Opening(NamedTuple):
    """A free slot.

    `off`: minutes from the preferred time, where these count. `misfit`: the place among the times of its day in the
    order of `ranking.first_fit`: from the preferred time on, then backwards from it.
    """

    slot: Slot
    day: int
    mark: Mark
    off: int
    misfit: int


def opening(free: Free, wish: Wish, days: Days) -> Opening:
    """A free slot, weighed."""
    day, wall, slot = free
    return Opening(slot, day, days.mark(day, slot[1]), _off(wall, wish, days), misfit(wall, days.rules.preferred))


def _off(wall: int, wish: Wish, days: Days) -> int:
    preferred = days.rules.preferred
    return 0 if wish is not Wish.PREFERRED_TIMES or preferred is None else abs(wall - preferred)


def misfit(wall: int, preferred: int | None) -> int:
    """Where `ranking.first_fit` puts a wall minute among those of a day: 0 is what it would like best."""
    if preferred is None:
        return wall
    return wall - preferred if wall >= preferred else DAY + preferred - wall


def openings(session: Session, wish: Wish, days: Days) -> list[Opening]:
    """The times that the session may have, by start, then provider."""
    if session.pinned is not None:
        return [opening(found, wish, days) for found in _pinned(session.slots, session.pinned, days)]
    best: dict[tuple[object, ...], tuple[int, Free]] = {}
    gap = days.rules.gap
    for free in allowed(session, days):
        day, wall, (start, end, provider) = free
        within = (start, end) if gap == 0 or end > days.starts[day + gap] else ()
        key = provider, day, within
        rank = _off(wall, wish, days) * DAY * 3 + misfit(wall, days.rules.preferred)
        if key not in best or rank < best[key][0]:
            best[key] = rank, free
    return sorted((opening(free, wish, days) for _, free in best.values()), key=_turn)


def with_kept(found: Sequence[Opening], session: Session, wish: Wish, days: Days) -> list[Opening]:
    """The time that a session had before is worth a thought whatever else there is, if it is allowed still."""
    if session.kept is None or session.pinned is not None:
        return list(found)
    again = allowed(replace(session, slots=[one for one in [session.kept] if one in session.slots]), days)
    return sorted({*found, *(opening(free, wish, days) for free in again)}, key=_turn)


def _turn(one: Opening) -> tuple[int, int]:
    """By start, then provider."""
    return one.slot[0], one.slot[2]


def _pinned(slots: Sequence[Slot], slot: Slot, days: Days) -> Iterator[Free]:
    """What somebody has chosen by hand needs neither a preferred weekday nor a provider that was asked for."""
    day, wall = local(days.rules.zone, slot[0])
    number = (day - days.rules.first).days
    if slot in slots and 0 <= number < days.count and days.is_apart(number) and days.is_clear(slot[0], slot[1]):
        yield number, wall, slot


def allowed(session: Session, days: Days) -> Iterator[Free]:
    """All times that break no rule by themselves."""
    slots, providers, zone = session.slots, session.providers, days.rules.zone
    for day in days.preferred:
        low, high = days.starts[day], days.starts[day + 1]
        of_day = slots[bisect_left(slots, (low,)) : bisect_left(slots, (high,))]
        steady = steady_offset(zone, days.date(day).toordinal()) is not None
        for slot in of_day:
            if (providers is None or slot[2] in providers) and (not days.booked or days.is_clear(slot[0], slot[1])):
                yield day, slot[0] - low if steady else local(zone, slot[0])[1], slot
