"""What a series would be, before anything is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from orderly.appointments.inputs import Wish
from orderly.clinics.models import Clinic
from orderly.core.edits import wrong
from orderly.core.errors import Invalid, NotFound
from orderly.engine.recurrence import Pattern
from orderly.engine.rrule import written
from orderly.engine.walltime import DAY, local, to_minute
from orderly.series.choices import LEFT_OUT, State
from orderly.series.inputs import Decided, SeriesRequest
from orderly.series.queries.sight import By, Planned, Sight
from orderly.series.rules import FURTHEST, asked_for, day_after_day, limited


@dataclass(frozen=True, slots=True)
class Preview:
    """`rule` has no end: there are as many visits as rows. `zone` is the clinic's."""

    zone: str
    rule: str
    rows: list[Planned]


class Looking(NamedTuple):
    """A request that makes sense, and the eyes to see what would become of it."""

    zone: str
    pattern: Pattern
    visits: int
    sight: Sight


def preview(request: SeriesRequest, *, now: datetime) -> Preview:
    """Each visit with every reason against it, and what could be had instead. So many queries for every 78 days that
    the series reaches, however many visits there are.

    Errors: NotFound for an unknown clinic or service; Invalid for a rule that can't be used, days that run out because
    too many are left out, or a decision too far away.
    """
    looking = _looking(request, now)
    rows = looking.sight.settled(list(_rows(request, looking)))
    return Preview(looking.zone, written(looking.pattern), looking.sight.with_alternatives(rows))


def checked(request: SeriesRequest, *, now: datetime) -> Preview:
    """The same without looking for anything else. Invalid, besides, for a decision about a day that isn't there."""
    looking = _looking(request, now)
    rows = looking.sight.settled(list(_rows(request, looking)))
    if not set(request.decided) <= {row.day for row in rows}:
        raise Invalid(wrong("occurrences", "unknown"))
    return Preview(looking.zone, written(looking.pattern), rows)


def _looking(request: SeriesRequest, now: datetime) -> Looking:
    zone = Clinic.objects.filter(pk=request.clinic).values_list("timezone", flat=True).first()
    if zone is None:
        raise NotFound("clinic")
    if not 0 <= request.wall < DAY:
        raise Invalid(wrong("start", "time"))
    pattern, visits = asked_for(request.rule, request.first)
    refuse_far(request.decided, zone)
    wish = Wish(
        clinic=request.clinic,
        service=request.service,
        start=to_minute(zone, request.first, request.wall),
        patient=request.patient,
    )
    return Looking(zone, pattern, visits, Sight(wish, zone, request.first, now=now))


def _rows(request: SeriesRequest, looking: Looking) -> Iterator[Planned]:
    """As many visits as were asked for: for each day that is left out there is one more at the end. Invalid where the
    days run out before.
    """
    left = looking.visits
    for day in day_after_day(looking.pattern, request.first):
        if not left:
            return
        row = _row(request, looking, day)
        left -= row.state not in LEFT_OUT
        yield row
    if left:
        raise limited()


def _row(request: SeriesRequest, looking: Looking, day: date) -> Planned:
    start, by, sight = to_minute(looking.zone, day, request.wall), By(request.provider, request.minutes), looking.sight
    if day not in request.decided:
        return sight.planned(day, start, by)
    instead = request.decided[day]
    if instead is None:
        return Planned(day, start, start + sight.length(start, by), State.SKIPPED, by, decided=True)
    by = by._replace(provider=instead.provider or by.provider)
    return sight.planned(day, instead.start, by, decided=True)


def refuse_far(decided: Decided, zone: str) -> None:
    """Raises Invalid where a visit would lie so far from its day that it is another one."""
    for day, instead in decided.items():
        if instead is not None and abs(local(zone, instead.start)[0] - day) > FURTHEST:
            raise Invalid(wrong("occurrences", "far", limit=FURTHEST.days))
