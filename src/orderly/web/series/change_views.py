"""Changing and calling off what is to come of a series, from the card of one of its visits."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderly.appointments.models import Appointment
from orderly.core.errors import NotFound, Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.notices import Kind
from orderly.edge.readlog import looked
from orderly.resources.models import Provider
from orderly.series.actions.cancel import CANCEL, cancel_rest
from orderly.series.actions.change import MODIFY, change
from orderly.series.actions.undo import undo_series
from orderly.series.choices import Scope
from orderly.series.inputs import SeriesChange
from orderly.series.models import Occurrence
from orderly.series.queries.chain import occurrence_of, version_of
from orderly.series.queries.changing import rest_of
from orderly.series.queries.ical import calendar_of
from orderly.series.queries.undoable import deed_of
from orderly.web.answers import errors_of, in_words, saying, status_of
from orderly.web.appointments.details import VIEW, found_for
from orderly.web.appointments.forms import ReasonForm
from orderly.web.appointments.views import outdated, refused, shown
from orderly.web.fields import UndoForm
from orderly.web.series.forms import ChangeForm
from orderly.web.series.letter import letter_of
from orderly.web.series.plan import Plan
from orderly.web.series.rows import accepting, decided, rows_of
from orderly.web.series.rules import DAYS, fields_of, months_of
from orderly.web.series.rules import in_words as rule_in_words


@guard(MODIFY, shows="appointments")
def panel(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """The form, as the series stands."""
    found, occurrence = _asked(request, appointment, MODIFY)
    return _panel(request, found, occurrence, _stands(occurrence))


@guard(MODIFY, "POST", shows="appointments")
def plan(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """What would become of each visit as the form stands."""
    found, occurrence = _asked(request, appointment, MODIFY)
    _look(request, found)
    around = _around(request, found, occurrence, request.POST)
    return render(request, "series/_moves.html", around | {"swapped": True})


@guard(MODIFY, "POST")
def change_to(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Change them all. Refused, the list says by now what is in the way."""
    found, occurrence = _asked(request, appointment, MODIFY)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return _panel(request, found, occurrence, request.POST, status=422)
    zone, version = found.clinic.timezone, form.cleaned_data["version"]
    wanted = form.change(_as_it_is(occurrence), occurrence.day, decided(request.POST, zone))
    try:
        change(appointment, wanted, actor=actor_of(request), now=now_of(request), version=version)
    except Stale:
        return outdated(request, appointment)
    except Refused as against:
        return _panel(request, found, occurrence, request.POST, status=status_of(against), refused=against)
    return saying(shown(request, appointment), _("The series is changed."))


@guard(CANCEL, "POST")
def cancel(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Call off this visit and all after it."""
    found, occurrence = _asked(request, appointment, CANCEL)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return refused(request, appointment, errors_of(form), 422)
    said = {name: form.cleaned_data[name] for name in ("reason", "note", "tell", "version")}
    try:
        done = cancel_rest(appointment, actor=actor_of(request), now=now_of(request), **said)
    except Stale:
        return outdated(request, appointment)
    except Refused as against:
        return refused(request, appointment, in_words(against.problems, found.clinic.timezone), status_of(against))
    text = ngettext("Called off: %(n)s visit", "Called off: %(n)s visits", len(done)) % {"n": len(done)}
    deed = deed_of(occurrence.series)
    return saying(shown(request, appointment), text, undo=found, way_back="series-undo", deed=deed)


@guard(MODIFY, "POST")
def undo(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Take back that this reader has just booked or called off all of it."""
    found, _occurrence = _asked(request, appointment, MODIFY)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return refused(request, appointment, errors_of(form), 422)
    try:
        undo_series(appointment, actor=actor_of(request), now=now_of(request), deed=form.cleaned_data["deed"])
    except Refused as against:
        return refused(request, appointment, in_words(against.problems, found.clinic.timezone), status_of(against))
    return saying(shown(request, appointment), _("Undone."))


@guard(VIEW, shows="appointments")
def calendar(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """All of its chain as a file for other calendars."""
    found, occurrence = _asked(request, appointment, VIEW)
    _look(request, found)
    file = HttpResponse(calendar_of(occurrence.series, now=now_of(request)), content_type="text/calendar")
    file["Content-Disposition"] = 'attachment; filename="series.ics"'
    return file


def _asked(request: HttpRequest, appointment: UUID, permission: str) -> tuple[Appointment, Occurrence]:
    """Raises NotFound for what is no part of a series or isn't the reader's to see, Forbidden."""
    actor = actor_of(request)
    found = found_for(appointment, actor=actor)
    actor.require(permission, found.clinic_id)
    return found, occurrence_of(appointment)


def _look(request: HttpRequest, found: Appointment) -> None:
    looked(request, "appointment", found.pk, clinic=found.clinic_id)


def _as_it_is(occurrence: Occurrence) -> SeriesChange:
    series = occurrence.series
    return SeriesChange(scope=Scope.FOLLOWING, wall=series.wall, provider=series.provider_id, minutes=series.minutes)


def _stands(occurrence: Occurrence) -> QueryDict:
    """The form's fields before anybody typed."""
    series, typed = occurrence.series, QueryDict(mutable=True)
    fields = fields_of(series.rule, occurrence.day)
    typed.setlist("weekdays", fields.pop("weekdays"))
    time = f"{series.wall // 60:02}:{series.wall % 60:02}"
    more = {"scope": Scope.FOLLOWING, "time": time, "provider": series.provider_id, "minutes": series.minutes}
    typed.update({name: str(value) for name, value in {**fields, **more, "version": version_of(series)}.items()})
    return typed


def _panel(
    request: HttpRequest,
    found: Appointment,
    occurrence: Occurrence,
    typed: QueryDict,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    _look(request, found)
    around = _around(request, found, occurrence, typed, **more)
    given = Provider.objects.filter(clinics=found.clinic_id, offerings__service=found.service_id, resource__active=True)
    around["providers"] = list(given)
    return render(request, "series/_change.html", around, status=status)


def _around(
    request: HttpRequest, found: Appointment, occurrence: Occurrence, typed: QueryDict, refused: Refused | None = None
) -> dict[str, Any]:
    series, zone = occurrence.series, found.clinic.timezone
    plan = _plan(request, found, occurrence, typed)
    if refused is not None and not plan.errors and not plan.conflicts:
        plan = Plan(plan.rows, in_words(refused.problems, zone))
    return {
        "appointment": found,
        "zone": zone,
        "typed": typed,
        "chosen_days": typed.getlist("weekdays"),
        "days": DAYS,
        "months": months_of(occurrence.day),
        "rule": rule_in_words(series.rule),
        "plan": plan,
    }


def _plan(request: HttpRequest, found: Appointment, occurrence: Occurrence, typed: QueryDict) -> Plan:
    form, zone = ChangeForm(typed), found.clinic.timezone
    if not form.is_valid():
        return Plan(errors=errors_of(form))
    wanted = form.change(_as_it_is(occurrence), occurrence.day, decided(typed, zone))
    now = now_of(request)
    if wanted == SeriesChange(scope=wanted.scope, tell=wanted.tell):
        return Plan()
    if wanted.provider and not Provider.objects.filter(pk=wanted.provider, clinics=found.clinic_id).exists():
        raise NotFound
    try:
        rest = rest_of(occurrence, wanted, now=now, alternatives=True)
        if "accept" in typed:
            typed = accepting(rest.rows, typed)
            wanted = replace(wanted, decided=decided(typed, zone))
            rest = rest_of(occurrence, wanted, now=now, alternatives=True)
    except Refused as against:
        status_of(against)
        return Plan(errors=in_words(against.problems, zone))
    written = letter_of(Kind.MOVED, found.clinic, found.patient, found.service, rest.rows)
    return Plan(rows_of(rest.rows, typed, zone, leave=_("leave it as it is")), letter=written)
