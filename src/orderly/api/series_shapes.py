"""What is said of series: asked for, looked at, booked."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from orderly.api.appointments import Minutes, Tell
from orderly.api.refusals import in_words
from orderly.api.schemas import Alternative, In, Out, ProblemOut
from orderly.api.types import Day, Id, Note, Reason, Text, Time, WallClock, minute_of
from orderly.appointments.choices import Source
from orderly.clinics.models import Clinic
from orderly.core.edits import wrong
from orderly.core.errors import Invalid
from orderly.engine.rrule import MOST
from orderly.engine.walltime import local, rfc3339
from orderly.series.choices import Scope, State
from orderly.series.inputs import Decided, Instead, SeriesChange, SeriesRequest
from orderly.series.models import Occurrence, Series
from orderly.series.queries.chain import version_of
from orderly.series.queries.sight import Offered, Planned

RULE = (
    "an RRULE of DAILY, WEEKLY or MONTHLY with INTERVAL, BYDAY, BYMONTHDAY, BYSETPOS and COUNT or UNTIL (a day); "
    f"at most {MOST} visits within two years"
)
Rule = Annotated[str, Text(200, shortest=1)]


class SeriesDecisionIn(In):
    """Of the visit of this day: where it starts instead, and with whom if it is somebody else; without a start it is
    skipped.
    """

    day: Day
    start: Time | None = None
    provider: Id | None = None


class SeriesPreviewIn(In):
    """`start` is when the first may be: its time of day is that of all, on the clinic's clock."""

    clinic: Id
    service: Id
    patient: Id
    provider: Id
    start: Time
    rule: Rule = Field(description=RULE, examples=["FREQ=WEEKLY;BYDAY=TU;COUNT=10"])
    duration_minutes: Minutes | None = None
    occurrences: list[SeriesDecisionIn] = Field([], max_length=2 * MOST, description="decided of single visits")


class SeriesIn(SeriesPreviewIn):
    source: Source
    referral: Annotated[str, Text(200)] = ""
    notes: Annotated[str, Text(2000, lines=True)] = ""
    tell: Tell = None


class SeriesChangeIn(In):
    """Of this visit on, or of all that are to come: what isn't given stays. `rule` is without an end."""

    scope: Literal["this", "following", "all"]
    appointment: Id = Field(description="one of the series")
    time: WallClock | None = None
    rule: Rule | None = Field(None, examples=["FREQ=WEEKLY;BYDAY=TH"])
    provider: Id | None = None
    duration_minutes: Minutes | None = None
    occurrences: list[SeriesDecisionIn] = Field(
        [], max_length=2 * MOST, description="by its present day, where one goes instead; without a start it stays"
    )
    tell: Tell = None


class CancelSeriesIn(In):
    appointment: Id = Field(description="the first that is called off")
    reason: Reason = Field(description="a code or name from the clinic's list; other words are kept as the note")
    note: Note = ""
    tell: Tell = None


class PlannedVisitOut(Out):
    """A day of the rule and its visit; `closed` and `skipped` days are left out. `alternatives` are starts with the
    same provider, `others` times with somebody else.
    """

    day: date
    start: str
    end: str
    state: State
    problems: list[ProblemOut]
    alternatives: list[str]
    others: list[Alternative]


class ChangedVisitOut(PlannedVisitOut):
    """What `stays` isn't touched; `skipped` days go on being left out; where it is `closed`, something else must be
    decided.
    """

    appointment: UUID | None
    before: str | None


class SeriesPreviewOut(Out):
    rule: str
    bookable: bool
    items: list[PlannedVisitOut]


class SeriesChangePreviewOut(Out):
    rule: str
    possible: bool
    items: list[ChangedVisitOut]


class OccurrenceOut(Out):
    """`exception`: it isn't where the series has it. No appointment where the day was left out."""

    day: date
    appointment: UUID | None
    start: str | None
    end: str | None
    status: str | None
    exception: bool


class SeriesOut(Out):
    """`chain` is the same for all parts into which a series was split."""

    id: UUID
    chain: UUID
    clinic: UUID
    provider: UUID
    rule: str
    time: str
    duration_minutes: int
    occurrences: list[OccurrenceOut]
    version: int


def asked(body: SeriesPreviewIn, clinic: Clinic) -> SeriesRequest:
    """The request that was sent."""
    zone = clinic.timezone
    first, wall = local(zone, minute_of(zone, body.start))
    kept = ("source", "referral", "notes", "tell") if isinstance(body, SeriesIn) else ()
    return SeriesRequest(
        clinic=body.clinic,
        service=body.service,
        patient=body.patient,
        provider=body.provider,
        first=first,
        wall=wall,
        rule=body.rule,
        minutes=body.duration_minutes,
        decided=_decided(body.occurrences, zone),
        **{name: getattr(body, name) for name in kept},
    )


def wanted(body: SeriesChangeIn, zone: str) -> SeriesChange:
    """The change that was sent. Invalid where it is about one visit alone."""
    if body.scope == "this":
        raise Invalid(wrong("scope", "enum"))
    return SeriesChange(
        scope=Scope(body.scope),
        wall=body.time,
        rule=body.rule,
        provider=body.provider,
        minutes=body.duration_minutes,
        decided=_decided(body.occurrences, zone),
        tell=body.tell,
    )


def _decided(found: list[SeriesDecisionIn], zone: str) -> Decided:
    return {one.day: None if one.start is None else Instead(minute_of(zone, one.start), one.provider) for one in found}


def visit(row: Planned, zone: str) -> PlannedVisitOut:
    return PlannedVisitOut(**_visit(row, zone))


def changed_visit(row: Planned, zone: str) -> ChangedVisitOut:
    found = row.occurrence.appointment if row.occurrence else None
    before = rfc3339(zone, found.start) if found else None
    return ChangedVisitOut(**_visit(row, zone), appointment=found.pk if found else None, before=before)


def _visit(row: Planned, zone: str) -> dict[str, Any]:
    return {
        "day": row.day,
        "start": rfc3339(zone, row.start),
        "end": rfc3339(zone, row.end),
        "state": row.state,
        "problems": in_words(row.problems, zone),
        "alternatives": [rfc3339(zone, one.start) for one in row.instead if one.provider is None],
        "others": [_other(one, zone) for one in row.instead if one.provider is not None],
    }


def _other(one: Offered, zone: str) -> Alternative:
    return Alternative(start=rfc3339(zone, one.start), end=rfc3339(zone, one.end), provider=str(one.provider))


def shown(series: Series) -> SeriesOut:
    """As it stands now, in four queries."""
    series.refresh_from_db()
    beside = series.occurrences.select_related("series", "appointment__clinic").defer("appointment__clinic__logo")
    rows = list(beside.order_by("day"))
    return SeriesOut(
        id=series.pk,
        chain=series.chain,
        clinic=series.clinic_id,
        provider=series.provider_id,
        rule=series.ending(len(rows)),
        time=f"{series.wall // 60:02}:{series.wall % 60:02}",
        duration_minutes=series.minutes,
        occurrences=[_occurrence(row) for row in rows],
        version=version_of(series),
    )


def _occurrence(row: Occurrence) -> OccurrenceOut:
    found = row.appointment
    if found is None:
        return OccurrenceOut(day=row.day, appointment=None, start=None, end=None, status=None, exception=False)
    zone = found.clinic.timezone
    return OccurrenceOut(
        day=row.day,
        appointment=found.pk,
        start=rfc3339(zone, found.start),
        end=rfc3339(zone, found.end),
        status=found.status,
        exception=row.stands_by_itself,
    )
