"""Visits that repeat: looking first, booking all of them or none, changing and calling off what is to come."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Router

from orderly.api.operations import reads, writes
from orderly.api.refusals import together
from orderly.api.schemas import Nothing
from orderly.api.series_shapes import (
    CancelSeriesIn,
    ChangedVisitOut,
    SeriesChangeIn,
    SeriesChangePreviewOut,
    SeriesIn,
    SeriesOut,
    SeriesPreviewIn,
    SeriesPreviewOut,
    asked,
    changed_visit,
    shown,
    visit,
    wanted,
)
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move
from orderly.clinics.models import Clinic
from orderly.core.edits import refuse, wrong
from orderly.core.errors import NotFound
from orderly.edge.actors import actor_of, now_of
from orderly.edge.limits import SEARCH
from orderly.edge.readlog import looked
from orderly.edge.scope import clinic_for
from orderly.edge.versions import expected_version
from orderly.engine.walltime import local, to_minute
from orderly.journal.actor import Actor
from orderly.journal.models import Kind
from orderly.series.actions import cancel, change, create, undo
from orderly.series.models import Occurrence, Series
from orderly.series.queries.chain import occurrence_of
from orderly.series.queries.changing import rest_of
from orderly.series.queries.ical import calendar_of
from orderly.series.queries.preview import preview
from orderly.series.queries.sight import conflicts

router = Router(tags=["series"])
ONE = "series/{uuid:series}"
VIEW = "booking:view_calendar"
CREATE, MODIFY, CANCEL = create.CREATE, change.MODIFY, cancel.CANCEL
ICAL = "text/calendar"


@reads(router, "series/preview", needs=CREATE, method="POST", limit=SEARCH)
def preview_series(request: HttpRequest, body: SeriesPreviewIn) -> SeriesPreviewOut:
    """What a series would be: each visit, free or with every reason against it and what could be had instead.

    Nothing is written or held. A closed day, and one that is skipped, is left out and one is added at the end.
    """
    clinic = _clinic(request, body)
    found = preview(asked(body, clinic), now=now_of(request))
    items = [visit(row, found.zone) for row in found.rows]
    return SeriesPreviewOut(rule=found.rule, bookable=not conflicts(found.rows), items=items)


@writes(router, "POST", "series", needs=CREATE, status=201)
def book_series(request: HttpRequest, body: SeriesIn) -> SeriesOut:
    """Book all visits of a series, or none: refused, each reason names its visit by the place in the preview."""
    clinic = _clinic(request, body)
    with together("occurrences", clinic.timezone):
        return shown(create.create(asked(body, clinic), actor=actor_of(request), now=now_of(request)))


@reads(router, ONE, needs=VIEW, shows="appointments")
def get_series(request: HttpRequest, series: UUID) -> SeriesOut:
    """A series, and what has become of each of its days."""
    found = _seen(actor_of(request), VIEW, series)
    _look(request, found)
    return shown(found)


@reads(router, f"{ONE}/calendar", needs=VIEW, shows="appointments", answers=(ICAL,))
def export_series(request: HttpRequest, series: UUID) -> HttpResponse:
    """As iCalendar, with all parts into which it was split, and without the patient's name."""
    found = _seen(actor_of(request), VIEW, series)
    _look(request, found, _chain(found), Kind.EXPORT)
    return HttpResponse(calendar_of(found, now=now_of(request)), content_type=ICAL)


@reads(router, f"{ONE}/change/preview", needs=MODIFY, method="POST", shows="appointments")
def preview_series_change(request: HttpRequest, series: UUID, body: SeriesChangeIn) -> SeriesChangePreviewOut:
    """What would become of each visit that is to come; of one alone, ask `slots/why`.

    A visit can't go to a closed day: until something else is decided for it, nothing is possible.
    """
    occurrence, clinic = _of(request, MODIFY, series, body.appointment, provider=body.provider)
    rest = rest_of(occurrence, wanted(body, clinic.timezone), now=now_of(request), alternatives=True)
    _look(request, occurrence.series, _chain(occurrence.series))
    items: list[ChangedVisitOut] = [changed_visit(row, rest.zone) for row in rest.rows]
    return SeriesChangePreviewOut(rule=rest.rule, possible=not conflicts(rest.rows), items=items)


@writes(router, "POST", f"{ONE}/change", needs=MODIFY, versioned=True)
def change_series(request: HttpRequest, series: UUID, body: SeriesChangeIn) -> SeriesOut:
    """Change this visit alone, this and those that follow, or all that are to come: all of them or none.

    It goes through all parts into which the series was split. What was moved by itself, has come or has begun stays;
    where something stays behind, the answer is a new series of the same chain. If-Match names the version of the
    series, or with the scope "this" that of the appointment.
    """
    occurrence, clinic = _of(request, MODIFY, series, body.appointment, provider=body.provider)
    actor, now, version = actor_of(request), now_of(request), expected_version(request)
    if body.scope == "this":
        _refuse_for_one(body)
        start = _start(occurrence, body, clinic.timezone)
        move = Move(start=start, provider=body.provider, minutes=body.duration_minutes, tell=body.tell)
        reschedule(body.appointment, move, actor=actor, now=now, version=version)
        return shown(occurrence.series)
    with together("occurrences", clinic.timezone):
        change_of = wanted(body, clinic.timezone)
        return shown(change.change(body.appointment, change_of, actor=actor, now=now, version=version))


@writes(router, "POST", f"{ONE}/cancel", needs=CANCEL, versioned=True)
def cancel_series(request: HttpRequest, series: UUID, body: CancelSeriesIn) -> SeriesOut:
    """Cancel this visit and all after it, through all parts into which the series was split. Fees are those of each."""
    occurrence, _ = _of(request, CANCEL, series, body.appointment)
    actor, now, version = actor_of(request), now_of(request), expected_version(request)
    cancel.cancel_rest(
        body.appointment, body.reason, actor=actor, now=now, note=body.note, version=version, tell=body.tell
    )
    return shown(occurrence.series)


@writes(router, "POST", f"{ONE}/undo", needs=MODIFY, versioned=True)
def undo_series_change(request: HttpRequest, series: UUID, body: Nothing | None = None) -> SeriesOut:
    """Take back that one has booked the series, or called off the rest of it, within three minutes: all of it, or none.

    Refused with `not_undoable` where that isn't possible any more. Any other change is undone visit by visit.
    """
    found = _seen(actor_of(request), MODIFY, series)
    actor, now, version = actor_of(request), now_of(request), expected_version(request)
    visit = found.occurrences.filter(appointment__isnull=False).values_list("appointment", flat=True).first()
    if visit is None:
        raise NotFound
    with together("appointments", found.clinic.timezone):
        return shown(undo.undo_series(visit, actor=actor, now=now, version=version))


def _refuse_for_one(body: SeriesChangeIn) -> None:
    """Raises Invalid for what means nothing to one visit."""
    refuse(wrong(name, "only_many") for name in ("rule", "occurrences") if getattr(body, name))


def _clinic(request: HttpRequest, body: SeriesPreviewIn) -> Clinic:
    named = {"service": body.service, "provider": body.provider, "patient": body.patient}
    return clinic_for(actor_of(request), CREATE, body.clinic, **named)


def _seen(actor: Actor, permission: str, series: UUID) -> Series:
    found = Series.objects.visible_to(actor).select_related("clinic").defer("clinic__logo").filter(pk=series).first()
    if found is None:
        raise NotFound
    actor.require(permission, found.clinic_id)
    return found


def _of(
    request: HttpRequest, permission: str, series: UUID, appointment: UUID, *, provider: UUID | None = None
) -> tuple[Occurrence, Clinic]:
    """The series' visit that this appointment is. NotFound for any other and for a provider whom the actor can't
    see.
    """
    found = _seen(actor_of(request), permission, series)
    clinic_for(actor_of(request), permission, found.clinic_id, provider=provider)
    if not found.occurrences.filter(appointment=appointment).exists():
        raise NotFound("appointment")
    return occurrence_of(appointment), found.clinic


def _chain(found: Series) -> QuerySet[Occurrence]:
    return Occurrence.objects.filter(series__chain=found.chain)


def _start(occurrence: Occurrence, body: SeriesChangeIn, zone: str) -> int:
    assert occurrence.appointment is not None
    start = occurrence.appointment.start
    return start if body.time is None else to_minute(zone, local(zone, start)[0], body.time)


def _look(
    request: HttpRequest, found: Series, shown: QuerySet[Occurrence] | None = None, kind: Kind = Kind.VIEW
) -> None:
    """Of the series' own days, or of those that are shown."""
    rows = found.occurrences.all() if shown is None else shown
    among = rows.filter(appointment__isnull=False).values_list("appointment", flat=True)
    looked(request, "series", among=list(among), clinic=found.clinic_id, kind=kind)
