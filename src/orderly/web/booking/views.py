"""The side panel in which a booking is made."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from orderly.appointments.actions.book import book as make_booking
from orderly.core.errors import Refused
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.web.answers import changed, clinic_of, errors_of, saying, status_of
from orderly.web.appointments.views import shown
from orderly.web.booking.choice import Choice, choose, earliest
from orderly.web.booking.draft import draft
from orderly.web.booking.forms import BookingForm, WhenForm
from orderly.web.booking.holding import exchange, forget, mine

RIGHT = "booking:create_appointment"
WHOLE, TIME = "booking/_panel.html", "booking/_when.html"


@guard(RIGHT)
def panel(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The form, filled in with what was pointed at; else with the first free time."""
    place, typed = clinic_of(clinic), request.GET.dict()
    if "time" not in typed:
        typed |= earliest(place, typed.get("day", ""), now=now_of(request))
    return _answer(request, WHOLE, choose(place, typed), fresh=True)


@guard(RIGHT, "POST")
def hold(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Hold the time as it stands in the form now, instead of the one before."""
    actor, choice = actor_of(request), choose(clinic_of(clinic), request.POST.dict())
    form = WhenForm(choice.typed)
    if not form.is_valid():
        forget(form.old_hold(), actor=actor, now=now_of(request))
        return changed(_answer(request, TIME, choice, status=422, errors=errors_of(form)))
    try:
        held = exchange(form.old_hold(), form.wish(choice.clinic), actor=actor, now=now_of(request))
    except Refused as refused:
        return changed(_answer(request, TIME, choice, status=status_of(refused), refused=refused))
    answer = _answer(request, TIME, choice, hold=held)
    answer.headers["Orderly-Hold"] = str(held.pk)
    return changed(answer)


@guard(RIGHT, "POST")
def let_go(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The panel was closed: the time is free again."""
    form = WhenForm(request.POST)
    form.is_valid()
    forget(form.old_hold(), actor=actor_of(request), now=now_of(request))
    return HttpResponse(status=204)


@guard(RIGHT, "POST")
def book(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Book what the form says. Refused, it comes back as it was typed, with every reason and the nearest times."""
    actor, now, place = actor_of(request), now_of(request), clinic_of(clinic)
    form = BookingForm(request.POST)
    if not form.is_valid():
        return _again(request, place, form, status=422, errors=errors_of(form))
    try:
        appointment = make_booking(form.request(place), actor=actor, now=now)
    except Refused as refused:
        return _again(request, place, form, status=status_of(refused), refused=refused)
    text = _("Booked: %(number)s") % {"number": appointment.number}
    return saying(shown(request, appointment.pk), text, undo=appointment)


def _again(request: HttpRequest, place: Any, form: WhenForm, **answer: Any) -> HttpResponse:
    held = mine(form.old_hold(), actor=actor_of(request), now=now_of(request))
    return _answer(request, WHOLE, choose(place, request.POST.dict()), hold=held, **answer)


def _answer(
    request: HttpRequest, template: str, choice: Choice, *, status: int = 200, fresh: bool = False, **more: Any
) -> HttpResponse:
    form = draft(choice, actor=actor_of(request), now=now_of(request), **more)
    if template == WHOLE and form.patient is not None:
        looked(request, "patient", form.patient.patient.pk, clinic=choice.clinic.pk)
    return render(request, template, {"draft": form, "clinic": choice.clinic, "fresh": fresh}, status=status)
