"""Small answers to what is pointed at in the calendar."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderly.appointments.choices import MOVABLE
from orderly.appointments.models import Appointment, AppointmentQuerySet
from orderly.core.errors import NotFound
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked, watched
from orderly.web.answers import clinic_of
from orderly.web.appointments.details import VIEW
from orderly.web.booking.choice import choose
from orderly.web.patients.cards import cards
from orderly.web.pointing.answer import answer
from orderly.web.words import PAYMENT

MOST_PINS: Final = 30


@guard(VIEW, shows="appointments")
def why(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Why a time can't be booked, and the nearest three that can. Without a service: the provider's usual one."""
    actor, place = actor_of(request), clinic_of(clinic)
    said = answer(choose(place, request.GET), actor=actor, now=now_of(request))
    looked(request, "calendar", among=[one.pk for one in said.appointments], clinic=clinic)
    may_book = actor.may("booking:create_appointment", clinic)
    return render(request, "pointing/_why.html", {"said": said, "clinic": place, "may_book": may_book})


@guard(VIEW, shows="appointments")
def peek(request: HttpRequest, clinic: UUID, appointment: UUID) -> HttpResponse:
    """What the desk wants to know of an appointment without opening it."""
    found = _shown(request, clinic).filter(pk=appointment).whole().first()
    if found is None:
        raise NotFound
    looked(request, "appointment", found.pk, clinic=clinic)
    [card] = cards([found.patient], found.clinic, now=now_of(request))
    return render(request, "pointing/_peek.html", {"one": found, "card": card, "owed": PAYMENT[found.payment.status]})


@guard(VIEW, shows="appointments")
def pinned(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """How the appointments stand that the reader has pinned, in the order they were."""
    wanted = _ids(request.GET.getlist("id"))[:MOST_PINS]
    rows = {one.pk: one for one in _shown(request, clinic).filter(pk__in=wanted).whole()}
    watched(request, "calendar", clinic=clinic, pinned=sorted(rows))
    shown = [rows[one] for one in wanted if one in rows]
    may_move = actor_of(request).may("booking:modify_appointment", clinic)
    context = {"pins": shown, "movable": MOVABLE if may_move else (), "clinic": clinic_of(clinic)}
    return render(request, "pointing/_pinned.html", context)


def _shown(request: HttpRequest, clinic: UUID) -> AppointmentQuerySet:
    """The clinic's, as far as the reader may look at its calendar."""
    return Appointment.objects.visible_to(actor_of(request).within(VIEW)).filter(clinic=clinic)


def _ids(texts: list[str]) -> list[UUID]:
    """Those that are ids, each once."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)
