"""Moving an appointment: by the form, or by what was dropped in the calendar."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.models import Appointment
from orderly.core.errors import Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.web.answers import errors_of, saying, status_of
from orderly.web.appointments.details import found_for
from orderly.web.appointments.move_forms import MoveForm
from orderly.web.appointments.moving import moving, settled
from orderly.web.appointments.views import MODIFY, outdated, shown
from orderly.web.templatetags.desk import clock, day


@guard(MODIFY, shows="appointments")
def move(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Where it could go: a day's free times with a provider, or with anybody."""
    found = found_for(appointment, actor=actor_of(request))
    return _form(request, found, request.GET.dict())


@guard(MODIFY, "POST")
def move_to(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Move it: chosen from the list, typed, dropped or stretched in the calendar."""
    actor, now = actor_of(request), now_of(request)
    found, form = found_for(appointment, actor=actor), MoveForm(request.POST)
    if not form.is_valid():
        return _form(request, found, request.POST.dict(), status=422, errors=errors_of(form))
    try:
        wanted = form.move(found.clinic)
        if form.anybody():
            wanted = settled(found, wanted, now=now)
        moved = reschedule(appointment, wanted, actor=actor, now=now, version=form.cleaned_data["version"])
    except Stale:
        return outdated(request, appointment)
    except Refused as refused:
        return _form(request, found, request.POST.dict(), status=status_of(refused), refused=refused)
    return saying(shown(request, appointment), _done(found, moved), undo=moved, moved={"id": str(appointment)})


def _done(before: Appointment, after: Appointment) -> str:
    """What happened, in words."""
    zone = after.clinic.timezone
    if (before.start, before.provider_id) == (after.start, after.provider_id) and before.end != after.end:
        return _("Now until %(time)s.") % {"time": clock(after.end, zone)}
    return _("Moved to %(day)s, %(time)s.") % {"day": day(after.start, zone), "time": clock(after.start, zone)}


def _form(
    request: HttpRequest, found: Appointment, typed: dict[str, str], *, status: int = 200, **more: Any
) -> HttpResponse:
    looked(request, "appointment", found.pk, clinic=found.clinic_id)
    form = moving(found, typed, actor=actor_of(request), now=now_of(request), **more)
    return render(request, "appointments/_move.html", {"appointment": found, "moving": form}, status=status)
