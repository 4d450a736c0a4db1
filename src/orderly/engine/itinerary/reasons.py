"""Why a session has no time."""

from enum import StrEnum

from orderly.engine.itinerary.course import Course, State
from orderly.engine.itinerary.inputs import Session


class Reason(StrEnum):
    """The first thing that left a session without a time."""

    NO_TIME = "no_time"
    """Nobody of those asked for has a free time within the dates, or none that is late enough."""
    WEEKDAYS = "weekdays"
    """There are free times, none of them on a preferred weekday."""
    TOO_CLOSE = "too_close"
    """The free times are too close to what is booked already."""
    TOO_LATE = "too_late"
    """It couldn't be before the last date."""
    WINDOW = "window"
    """The next free time is further ahead than is looked."""
    WEEK_FULL = "week_full"
    """The weeks of the free times have as many sessions as they may have."""
    GIVES_WAY = "gives_way"
    """With it there would be no time for others."""
    TAKEN = "taken"
    """The pinned time isn't free."""
    CLASH = "clash"
    """The pinned time breaks a rule between sessions."""


def reason(course: Course, session: Session, state: State) -> Reason:
    """Why the best course leaves the session out where it stands at `state`."""
    if course.days.count == 0:
        return Reason.TOO_LATE
    if session.pinned is not None:
        return Reason.CLASH if session.pinned in session.slots else Reason.TAKEN
    found, mark = course.found[session.number], state.mark
    if not found:
        return _of_none(course, session)
    later = [one for one in found if one.slot[0] >= mark.free_from]
    if not later:
        return Reason.TOO_LATE if mark.free_from >= course.days.starts[course.days.count] else Reason.NO_TIME
    if all(one.day >= mark.until for one in later):
        return Reason.WINDOW
    return Reason.GIVES_WAY if any(course.following(session, state)) else Reason.WEEK_FULL


def _of_none(course: Course, session: Session) -> Reason:
    days, providers = course.days, session.providers
    within = days.starts[0], days.starts[days.count]
    free = [
        slot
        for slot in session.slots
        if within[0] <= slot[0] < within[1] and (providers is None or slot[2] in providers)
    ]
    if not free:
        return Reason.NO_TIME
    apart = (days.is_apart(days.number_of(slot[0])) and days.is_clear(slot[0], slot[1]) for slot in free)
    return Reason.WEEKDAYS if any(apart) else Reason.TOO_CLOSE
