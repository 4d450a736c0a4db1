"""One appointment in the side panel: what it is, and what can be done with it."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from orderly.appointments.actions import cancel as cancelling
from orderly.appointments.actions import progress
from orderly.appointments.actions import put_back as putting_back
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.models import Appointment
from orderly.core.errors import Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.web.answers import Errors, changed, errors_of, in_words, nearest, saying, status_of
from orderly.web.appointments.details import details, found_for
from orderly.web.appointments.forms import MoveForm, ReasonForm
from orderly.web.appointments.moving import moving
from orderly.web.appointments.steps import VERBS
from orderly.web.templatetags.desk import clock, day
from orderly.web.words import standing

MODIFY = "booking:modify_appointment"


@guard("booking:view_calendar", shows="appointments")
def panel(request: HttpRequest, appointment: UUID) -> HttpResponse:
    return shown(request, appointment)


@guard(MODIFY, "POST")
def step(request: HttpRequest, appointment: UUID, step: str) -> HttpResponse:
    """One step of the patient's way through the day."""
    if step not in VERBS:
        raise Http404(step)
    return _done(request, appointment, VERBS[step])


@guard("booking:cancel_appointment", "POST")
def cancel(request: HttpRequest, appointment: UUID) -> HttpResponse:
    return _done(request, appointment, cancelling.cancel, "reason", "note")


@guard(MODIFY, "POST")
def reopen(request: HttpRequest, appointment: UUID) -> HttpResponse:
    return _done(request, appointment, progress.reopen, "reason")


@guard(MODIFY, "POST")
def put_back(request: HttpRequest, appointment: UUID, entry: int) -> HttpResponse:
    """What was before an entry of its history."""
    verb = partial(putting_back.put_back, entry=entry, reason=_("Put back to an earlier state"))
    return _done(request, appointment, verb)


@guard(MODIFY, shows="appointments")
def move(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Where it could go: a day's free times with a provider."""
    found = found_for(appointment, actor=actor_of(request))
    return _moving(request, found, request.GET.dict())


@guard(MODIFY, "POST")
def move_to(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Move it: chosen from the list, typed, or dropped in the calendar."""
    actor, now = actor_of(request), now_of(request)
    found, form = found_for(appointment, actor=actor), MoveForm(request.POST)
    if not form.is_valid():
        return _moving(request, found, request.POST.dict(), status=422, errors=errors_of(form))
    try:
        moved = reschedule(appointment, form.move(found.clinic), actor=actor, now=now, version=form.version_seen())
    except Stale:
        return _stale(request, appointment)
    except Refused as refused:
        errors = in_words(refused.problems, found.clinic.timezone)
        more = {"errors": errors, "alternatives": nearest(refused, now=now)}
        return _moving(request, found, request.POST.dict(), status=status_of(refused), **more)
    zone = found.clinic.timezone
    text = _("Moved to %(day)s, %(time)s.") % {"day": day(moved.start, zone), "time": clock(moved.start, zone)}
    return saying(shown(request, appointment), text)


def shown(request: HttpRequest, appointment: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    """The panel as things stand now. Raises NotFound, Forbidden."""
    actor = actor_of(request)
    found = found_for(appointment, actor=actor)
    looked(request, "appointment", found.pk, clinic=found.clinic_id)
    context = {"details": details(found, actor=actor, now=now_of(request)), "appointment": found, **more}
    return render(request, "appointments/_panel.html", context, status=status)


def _done(request: HttpRequest, appointment: UUID, verb: Callable[..., Appointment], *reasons: str) -> HttpResponse:
    """Call a verb and show what came of it; refused, the panel says why."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _refused(request, appointment, errors_of(form), 422)
    try:
        done = verb(
            appointment,
            **{name: form.cleaned_data[name] for name in reasons},
            actor=actor_of(request),
            now=now_of(request),
            version=form.cleaned_data["version"],
        )
    except Stale:
        return _stale(request, appointment)
    except Refused as refused:
        zone = found_for(appointment, actor=actor_of(request)).clinic.timezone
        return _refused(request, appointment, in_words(refused.problems, zone), status_of(refused))
    return saying(shown(request, appointment), f"{done.number}: {standing(done)}")


def _refused(request: HttpRequest, appointment: UUID, errors: Errors, status: int) -> HttpResponse:
    """The panel says why, with what was typed still there."""
    return shown(
        request, appointment, status=status, errors=errors, typed=request.POST, open=request.POST.get("opened")
    )


def _stale(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Somebody was quicker: nothing was done, and the newer state is shown."""
    return changed(shown(request, appointment, status=412, stale=True))


def _moving(
    request: HttpRequest, found: Appointment, typed: dict[str, str], *, status: int = 200, **more: Any
) -> HttpResponse:
    looked(request, "appointment", found.pk, clinic=found.clinic_id)
    context = {"appointment": found, "moving": moving(found, typed, now=now_of(request)), **more}
    return render(request, "appointments/_move.html", context, status=status)
