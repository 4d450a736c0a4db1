"""When else a party could be moved to, all of it by the same shift."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from math import gcd
from typing import TypeAlias

from orderly.appointments.actions.reschedule import wished
from orderly.appointments.actions.together import Moving
from orderly.appointments.inputs import Search, Wish
from orderly.appointments.models import Appointment
from orderly.appointments.queries.slots import slots
from orderly.clinics.models import Clinic
from orderly.core.clock import minute_up
from orderly.engine.jointly import Effort, Enough, Jointly, Step, moments
from orderly.engine.spans import Span
from orderly.engine.succession import MOST
from orderly.engine.walltime import day_start, local
from orderly.parties.queries.search import AHEAD, ALTERNATIVES, AROUND, STEP, step_of

Days: TypeAlias = tuple[date, date]


def shifts(moves: Sequence[Moving], *, now: datetime) -> list[int]:
    """By how many minutes more or less each of these could be moved instead, so that all can be had: the nearest three
    among the days around, then the first ones after. What they take now isn't in their way. So many statements for each
    of them, whatever they find.
    """
    found = Appointment.objects.whole().in_bulk([one.appointment for one in moves])
    taken = frozenset(one.claim_id for one in found.values() if one.claim_id is not None)
    moves = sorted(moves, key=lambda one: one.move.start)
    wishes = [replace(wished(found[one.appointment], one.move), ignoring=taken) for one in moves]
    stands = found[moves[0].appointment].start
    clinic = Clinic.objects.only("timezone", "slot_minutes").get(pk=wishes[0].clinic)
    day, _ = local(clinic.timezone, max(wishes[0].start, minute_up(now)))
    before, after = day - AROUND, day + 2 * AROUND
    around = (by for by in _possible(wishes, clinic, (before, after), now) if wishes[0].start + by != stands)
    near = sorted(around, key=lambda by: (abs(by), by))[:ALTERNATIVES]
    missing = ALTERNATIVES - len(near)
    return near + list(islice(_possible(wishes, clinic, (after, after + AHEAD), now), missing)) if missing else near


def _possible(wishes: Sequence[Wish], clinic: Clinic, days: Days, now: datetime) -> Iterator[int]:
    """The shifts, ascending, by which the first of them begins on the clinic's grid on these days, and not where it was
    refused.
    """
    first = wishes[0].start
    every = gcd(clinic.slot_minutes, STEP, *(wish.start - first for wish in wishes))
    steps = [_step(wish, days, clinic.slot_minutes if wish is wishes[0] else every, now) for wish in wishes]
    free = [{slot[0] - wish.start for slot in step.slots} for wish, step in zip(wishes, steps, strict=True)]
    wanted = set.intersection(*free) - {0}
    window = day_start(clinic.timezone, days[0]), day_start(clinic.timezone, days[1])
    return _together(wishes, steps, wanted, window)


def _together(wishes: Sequence[Wish], steps: Iterable[Step], wanted: set[int], window: Span) -> Iterator[int]:
    """Those of the shifts by which they don't want the same people or things; as far as it is worth trying."""
    kept = [
        replace(step, slots=[slot for slot in step.slots if slot[0] - wish.start in wanted])
        for wish, step in zip(wishes, steps, strict=True)
    ]
    each = [{moment.start: moment for moment in moments(nth, step)} for nth, step in enumerate(kept)]
    jointly = Jointly(kept, window, Effort(MOST))
    try:
        for by in sorted(wanted):
            if jointly.possible([some[wish.start + by] for wish, some in zip(wishes, each, strict=True)]):
                yield by
    except Enough:
        return


def _step(wish: Wish, days: Days, every: int, now: datetime) -> Step:
    search = Search(
        clinic=wish.clinic,
        service=wish.service,
        first=days[0],
        last=days[1],
        provider=wish.provider,
        patient=wish.patient,
        step=every,
        minutes=wish.minutes,
        ignoring=wish.ignoring,
    )
    return step_of(slots(search, now=now))
