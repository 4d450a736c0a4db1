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
from orderly.packages.queries import drawing
from orderly.web.answers import clinic_of
from orderly.web.appointments.details import MONEY, PACKAGES, PATIENTS, VIEW
from orderly.web.booking.choice import choose
from orderly.web.fields import known
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
    context = {"said": said, "clinic": place, "may_book": may_book, "sees": actor.may(PATIENTS, clinic)}
    return render(request, "pointing/_why.html", context)


@guard(VIEW, shows="appointments")
def peek(request: HttpRequest, clinic: UUID, appointment: UUID) -> HttpResponse:
    """What the desk wants to know of an appointment without opening it."""
    found = _shown(request, clinic).filter(pk=appointment).whole().first()
    if found is None:
        raise NotFound
    looked(request, "appointment", found.pk, clinic=clinic)
    [card] = cards([found.patient], found.clinic, now=now_of(request))
    actor = actor_of(request)
    sees = {"sees": actor.may(PATIENTS, clinic), "sees_money": actor.may(MONEY, clinic)}
    place = drawing([found]).get(found.pk) if actor.may(PACKAGES, clinic) else None
    context = {"one": found, "place": place, "card": card, "owed": PAYMENT[found.payment.status], **sees}
    return render(request, "pointing/_peek.html", context)


@guard(VIEW, shows="appointments")
def pinned(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """How the appointments stand that the reader has pinned, in the order they were."""
    wanted = _ids(request.GET.getlist("id"))[:MOST_PINS]
    rows = {one.pk: one for one in _shown(request, clinic).filter(pk__in=wanted).whole()}
    watched(request, "calendar", clinic=clinic, pinned=sorted(rows))
    shown = [rows[one] for one in wanted if one in rows]
    actor = actor_of(request)
    may_move = actor.may("booking:modify_appointment", clinic)
    seen = {"clinic": clinic_of(clinic), "sees": actor.may(PATIENTS, clinic)}
    context = {"pins": shown, "movable": MOVABLE if may_move else (), **seen}
    return render(request, "pointing/_pinned.html", context)


def _shown(request: HttpRequest, clinic: UUID) -> AppointmentQuerySet:
    """The clinic's, as far as the reader may look at its calendar."""
    return Appointment.objects.visible_to(actor_of(request).within(VIEW)).filter(clinic=clinic)


def _ids(texts: list[str]) -> list[UUID]:
    """Those that are ids, each once."""
    return list(dict.fromkeys(found for text in texts if (found := known(text))))
