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
from orderly.appointments.models import Appointment
from orderly.core.errors import Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.parties.actions.change import cancel_along
from orderly.web.answers import Errors, changed, errors_of, in_words, saying, status_of
from orderly.web.appointments.company import way_back
from orderly.web.appointments.details import details, found_for
from orderly.web.appointments.forms import ReasonForm
from orderly.web.appointments.steps import VERBS
from orderly.web.words import standing

MODIFY = "booking:modify_appointment"
OPENED = {"cancel", "reopen"}
ASKED = {"confirm": ("tell",), "no-show": ("reason",)}  # what a step's form asks


@guard("booking:view_calendar", shows="appointments")
def panel(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """As it is; with the form open that the address names."""
    opened = request.GET.get("open")
    return shown(request, appointment, open=opened if opened in OPENED else None)


@guard(MODIFY, "POST")
def step(request: HttpRequest, appointment: UUID, step: str) -> HttpResponse:
    """One step of the patient's way through the day."""
    if step not in VERBS:
        raise Http404(step)
    return done(request, appointment, VERBS[step], *ASKED.get(step, ()))


@guard("booking:cancel_appointment", "POST")
def cancel(request: HttpRequest, appointment: UUID) -> HttpResponse:
    if "along" in request.POST:
        return done(request, appointment, cancel_along, "reason", "note", "tell", along=True)
    return done(request, appointment, cancelling.cancel, "reason", "note", "tell")


@guard(MODIFY, "POST")
def reopen(request: HttpRequest, appointment: UUID) -> HttpResponse:
    return done(request, appointment, progress.reopen, "reason")


@guard(MODIFY, "POST")
def put_back(request: HttpRequest, appointment: UUID, entry: int) -> HttpResponse:
    """What was before an entry of its history."""
    verb = partial(putting_back.put_back, entry=entry, reason=_("Put back to an earlier state"))
    return done(request, appointment, verb)


def shown(request: HttpRequest, appointment: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    """The panel as things stand now. Raises NotFound, Forbidden."""
    actor = actor_of(request)
    found = found_for(appointment, actor=actor)
    looked(request, "appointment", found.pk, clinic=found.clinic_id)
    shown = details(found, actor=actor, now=now_of(request))
    if shown.beside:
        looked(request, "appointments", among=shown.beside, clinic=found.clinic_id)
    context = {"details": shown, "appointment": found, **more}
    return render(request, "appointments/_panel.html", context, status=status)


def done(
    request: HttpRequest,
    appointment: UUID,
    verb: Callable[..., Appointment],
    *reasons: str,
    undoing: bool = False,
    along: bool = False,
) -> HttpResponse:
    """Call a verb and show what came of it, with a way back; refused, the panel says why. `along` is whether all of a
    party were changed.
    """
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return refused(request, appointment, errors_of(form), 422)
    try:
        made = verb(
            appointment,
            **{name: form.cleaned_data[name] for name in reasons},
            actor=actor_of(request),
            now=now_of(request),
            version=form.cleaned_data["version"],
        )
    except Stale:
        return outdated(request, appointment)
    except Refused as against:
        zone = found_for(appointment, actor=actor_of(request)).clinic.timezone
        return refused(request, appointment, in_words(against.problems, zone), status_of(against))
    said = _("Undone.") if undoing else ""
    text = f"{said} {made.number}: {standing(made)}".strip()
    back = way_back(appointment) if along else {}
    return saying(shown(request, appointment), text, undo=None if undoing else made, **back)


def refused(request: HttpRequest, appointment: UUID, errors: Errors, status: int) -> HttpResponse:
    """The panel says why, with what was typed still there."""
    return shown(
        request, appointment, status=status, errors=errors, typed=request.POST, open=request.POST.get("opened")
    )


def outdated(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Somebody was quicker: nothing was done, and the newer state is shown."""
    return changed(shown(request, appointment, status=412, stale=True))
