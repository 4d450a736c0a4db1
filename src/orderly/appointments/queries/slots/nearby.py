"""The nearest times that are free, where the wished one isn't."""

from datetime import date, datetime, timedelta

from orderly.appointments.inputs import Wish
from orderly.appointments.queries.scene import Scene, scene
from orderly.appointments.queries.slots.free import find_free
from orderly.engine.ranking import Slot, nearest
from orderly.engine.spans import Span
from orderly.engine.walltime import DAY, day_start, local

ALTERNATIVES = 3
LOOK_AROUND = (1, 7, 45)  # days to either side, wider while too few are found


def alternatives(wish: Wish, *, now: datetime) -> tuple[Scene, list[Slot]]:
    """The nearest three times that can be booked, with the wished provider if they give the service, else with any."""
    widest = (LOOK_AROUND[-1] + 2) * DAY
    around = wish.start - widest, wish.start + widest
    stage = scene(wish.service, wish.clinic, provider=wish.provider, patient=wish.patient, around=around)
    if not any(stage.parts[giver.resource].active for giver in stage.givers.values()):
        stage = scene(wish.service, wish.clinic, patient=wish.patient, around=around)
    zone = stage.terms.zone
    earliest = stage.time_terms(now).now_minute
    day, _ = local(zone, max(wish.start, earliest))
    found: list[Slot] = []
    for days in LOOK_AROUND:
        near = find_free(stage, _around(zone, day, days), now, minutes=wish.minutes, ignoring=wish.ignoring)
        found = nearest(near.slots, wish.start, ALTERNATIVES)
        if len(found) == ALTERNATIVES:
            break
    return stage, found


def _around(zone: str, day: date, reach: int) -> Span:
    first, last = day - timedelta(days=reach), day + timedelta(days=reach + 1)
    return day_start(zone, first), day_start(zone, last)
