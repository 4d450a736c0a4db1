"""What would become of a chain of visits if it were changed from one of them on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from orderly.appointments.inputs import Wish
from orderly.appointments.models import Appointment
from orderly.core.clock import minute
from orderly.core.edits import wrong
from orderly.core.errors import Conflict, Invalid
from orderly.engine.problems import Code
from orderly.engine.rrule import MOST, written
from orderly.engine.walltime import DAY, local, to_minute
from orderly.series.choices import Scope, State
from orderly.series.inputs import SeriesChange
from orderly.series.models import Occurrence, Series
from orderly.series.queries.chain import is_to_come, parts_of
from orderly.series.queries.preview import refuse_far
from orderly.series.queries.sight import By, Planned, Sight
from orderly.series.rules import beginning, day_after_day, pattern_of

ANY_TIME = frozenset({Code.NOTICE, Code.HORIZON})
"""What isn't asked of a visit that keeps its start."""


@dataclass(frozen=True, slots=True)
class Part:
    """What changes of one series of the chain: `after` goes on by `rule`, at minute `wall`, with `by`; `before` stays
    behind. Where none of it moves, all of it stays as it is.
    """

    series: Series
    rule: str
    wall: int
    by: By
    before: Sequence[Occurrence]
    after: Sequence[Occurrence]
    moving: frozenset[int]


@dataclass(frozen=True, slots=True)
class Rest:
    """What is to come of a chain: `rows` say what becomes of each visit, through all `parts`."""

    zone: str
    parts: Sequence[Part]
    rows: Sequence[Planned]

    @property
    def changing(self) -> list[Part]:
        return [part for part in self.parts if part.moving]

    @property
    def rule(self) -> str:
        return self.changing[0].rule


def rest_of(occurrence: Occurrence, change: SeriesChange, *, now: datetime, alternatives: bool = False) -> Rest:
    """Each visit of the chain from this one on, or all that are to come, with where it goes and what stands against
    that. A part that was split off earlier keeps what the change doesn't say.

    Errors: Conflict where nothing of it can be changed; Invalid where nothing is to be different,
    for a rule that can't be used, or a decision too far away.
    """
    if change == SeriesChange(scope=change.scope, tell=change.tell):
        raise Invalid(wrong("scope", "nothing_new"))
    if change.wall is not None and not 0 <= change.wall < DAY:
        raise Invalid(wrong("time", "time"))
    chain = parts_of(occurrence.series.chain)
    zone = chain[0][0].series.clinic.timezone
    refuse_far(change.decided, zone)
    parts = list(_parts(chain, change, occurrence, now))
    if not any(part.moving for part in parts):
        raise Conflict(wrong("scope", "series_over"))
    days, parts = _days(parts, chain, change, local(zone, minute(now))[0])
    sight = Sight(_wish(parts, occurrence.series), zone, min(days.values()), now=now)
    rows = [_row(part, one, days[one.pk], change, sight, zone) for part in parts for one in part.after]
    rows = sight.settled(rows)
    return Rest(zone, parts, sight.with_alternatives(rows) if alternatives else rows)


def _parts(
    chain: Iterable[Sequence[Occurrence]], change: SeriesChange, since: Occurrence, now: datetime
) -> Iterator[Part]:
    """From the first visit that is to come, from `since` on or of all. Where no visit of a part was before, all of the
    part goes.
    """
    begun = change.scope is Scope.ALL
    for every in chain:
        begin = None
        for place, one in enumerate(every):
            begun = begun or one.pk == since.pk
            if begun and one.appointment is not None and is_to_come(one.appointment, now):
                begin = place if any(before.appointment_id for before in every[:place]) else 0
                break
        if begin is not None:
            yield _part(every[:begin], every[begin:], change, now)


def _part(before: Sequence[Occurrence], after: Sequence[Occurrence], change: SeriesChange, now: datetime) -> Part:
    series = after[0].series
    stands = change.provider in (None, series.provider_id)
    minutes = change.minutes or (series.minutes if stands else None)
    wall = series.wall if change.wall is None else change.wall
    moving = frozenset(one.pk for one in after if _moves(one, change, now))
    return Part(series, series.rule, wall, By(change.provider or series.provider_id, minutes), before, after, moving)


def _moves(one: Occurrence, change: SeriesChange, now: datetime) -> bool:
    """Neither over, nor moved by itself before, nor left as it is."""
    left = one.day in change.decided and change.decided[one.day] is None
    return one.appointment is not None and is_to_come(one.appointment, now) and not one.stands_by_itself and not left


def _days(
    parts: Sequence[Part], chain: Iterable[Sequence[Occurrence]], change: SeriesChange, today: date
) -> tuple[dict[int, date], list[Part]]:
    """The day of each that is to come: with another rule its days, in their order, through all parts that change."""
    days = {one.pk: one.day for part in parts for one in part.after}
    if change.rule is None:
        return days, [*parts]
    going = [one for part in parts if part.moving for one in part.after]
    among = {one.pk for one in going}
    behind = [one.day for every in chain for one in every if one.pk not in among and one.day < going[0].day]
    pattern = pattern_of(change.rule, going[0].day)
    since = max([beginning(pattern, going[0].day), today, *(day + timedelta(days=1) for day in behind)])
    found = list(islice(day_after_day(pattern, since), len(going)))
    if len(found) < len(going):
        raise Invalid(wrong("rule", "rule_limit", limit=MOST))
    days |= {one.pk: day for one, day in zip(going, found, strict=True)}
    return days, [replace(part, rule=written(pattern)) if part.moving else part for part in parts]


def _wish(parts: Iterable[Part], series: Series) -> Wish:
    """What they have in common: all are of one patient and one service. Those that move aren't in the way."""
    moving = [one.appointment for part in parts for one in part.after if one.pk in part.moving and one.appointment]
    return Wish(
        clinic=series.clinic_id,
        service=moving[0].service_id,
        start=moving[0].start,
        patient=moving[0].patient_id,
        ignoring=frozenset(one.claim_id for one in moving if one.claim_id is not None),
    )


def _row(part: Part, one: Occurrence, day: date, change: SeriesChange, sight: Sight, zone: str) -> Planned:
    start, found = to_minute(zone, day, part.wall), one.appointment
    if found is None:
        return Planned(day, start, start, State.SKIPPED, part.by, occurrence=one)
    if one.pk not in part.moving:
        return Planned(day, found.start, found.end, State.STAYS, part.by, occurrence=one)
    instead = change.decided.get(one.day)
    if instead is not None:
        by = part.by._replace(provider=instead.provider or part.by.provider)
        return _at(sight.planned(day, instead.start, by, decided=True, occurrence=one), found)
    return _at(sight.planned(day, start, part.by, occurrence=one), found)


def _at(row: Planned, found: Appointment) -> Planned:
    if found.start != row.start:
        return row
    against = tuple(problem for problem in row.problems if problem.code not in ANY_TIME)
    return replace(row, problems=against, state=row.state if against else State.FREE)
