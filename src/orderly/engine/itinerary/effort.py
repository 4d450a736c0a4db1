"""How far ahead a plan can look in a second or two, where sessions may follow each other on a day.

With a day between them each day leaves the same for the rest, whatever its time. Without, each end leaves something
else: there are some thirty times as many marks, and each is weighed for each session, provider and count of a week.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from orderly.engine.itinerary.days import Days
from orderly.engine.itinerary.inputs import Booked, Rules, Session
from orderly.engine.itinerary.openings import allowed

MOST: Final = 2_000_000
"""Marks × sessions × providers × counts of a week, in all: under two seconds of a processor."""


def within_reach(
    sessions: Sequence[Session], rules: Rules, booked: Sequence[Booked] = ()
) -> tuple[list[Session], bool]:
    """The sessions with the free times of as many whole days as can be weighed, at least one, counted from the first
    that any of them could have; and whether that is fewer than there are. What is pinned keeps its time.
    """
    unpinned = [one for one in sessions if one.pinned is None]
    if rules.gap or not unpinned:
        return list(sessions), False
    days = Days(rules, tuple(booked))
    marks, providers = _there(unpinned, days)
    counts = 1 + min(rules.per_week or 0, len(sessions))
    left, until = MOST // ((len(providers) + 1) * counts * len(sessions)), days.count
    for nth, day in enumerate(sorted(marks)):
        left -= len(marks[day])
        if left < 0 and nth:
            until = day
            break
    return _until(sessions, days.starts[until]), until < days.count


def _there(sessions: Sequence[Session], days: Days) -> tuple[dict[int, set[int]], set[int]]:
    """By day the ends that a session may have, after what is booked before them all; and everybody who gives one."""
    number = min(one.number for one in sessions)
    since = max((one.end for one in days.booked if one.number < number), default=days.starts[0])
    marks: dict[int, set[int]] = defaultdict(set)
    providers = set()
    for one in {(id(one.slots), one.providers): one for one in sessions}.values():
        for day, _, (start, end, provider) in allowed(one, days):
            if start >= since:
                marks[day].add(end)
                providers.add(provider)
    return marks, providers


def _until(sessions: Sequence[Session], instant: int) -> list[Session]:
    """With the free times before it; those who shared a list share one still."""
    cut = {id(one.slots): [slot for slot in one.slots if slot[0] < instant] for one in sessions}
    return [one if one.pinned is not None else replace(one, slots=cut[id(one.slots)]) for one in sessions]
