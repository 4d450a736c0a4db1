"""Whether to tell the patient, asked after a change that was made by hand: dragged, stretched, made longer."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from orderly.appointments.actions.told import choose_telling
from orderly.appointments.models import Appointment
from orderly.core.errors import Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.journal.queries import history
from orderly.web.answers import errors_of, in_words, status_of
from orderly.web.appointments.details import PATIENTS, found_for
from orderly.web.appointments.forms import VersionedForm
from orderly.web.appointments.telling import MODIFY, question

CHANGED = _("Somebody changed this appointment meanwhile.")


class AnswerForm(VersionedForm):
    tell = forms.TypedChoiceField(choices=[("true", ""), ("false", "")], coerce=lambda said: said == "true")


@guard(MODIFY, "GET", "POST", shows="appointments")
def telling(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """The question as far as it is still open, and its answer."""
    found = found_for(appointment, actor=actor_of(request))
    looked(request, "appointment", found.pk, clinic=found.clinic_id)
    return _answer(request, found) if request.method == "POST" else _ask(request, found)


def _ask(request: HttpRequest, found: Appointment) -> HttpResponse:
    asked = question(found, list(history(found.pk)), actor=actor_of(request), now=now_of(request))
    return _piece(request, found, question=asked) if asked else HttpResponse(status=204)


def _answer(request: HttpRequest, found: Appointment) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _piece(request, found, status=422, errors=errors_of(form))
    data = form.cleaned_data
    try:
        choose_telling(found.pk, data["tell"], actor=actor_of(request), now=now_of(request), version=data["version"])
    except Stale:
        return _piece(request, found, status=412, errors={"": [CHANGED]})
    except Refused as against:
        words = in_words(against.problems, found.clinic.timezone)
        return _piece(request, found, status=status_of(against), errors=words)
    return _piece(request, found, told=data["tell"], answered=True)


def _piece(request: HttpRequest, found: Appointment, *, status: int = 200, **more: object) -> HttpResponse:
    sees = actor_of(request).may(PATIENTS, found.clinic_id)
    return render(request, "appointments/_ask.html", {"appointment": found, "sees": sees, **more}, status=status)
