"""A day on paper: who comes to whom and when."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.appointments.queries.filters import Filters, narrowed
from orderly.appointments.queries.rooms import rooms
from orderly.calendars.rules import EARLIEST, LATEST
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.packages.queries import Place, drawing
from orderly.resources.models import Provider
from orderly.web.answers import clinic_of
from orderly.web.dates import picked
from orderly.web.frame import framed
from orderly.web.lists.finding import PACKAGES, PATIENTS, VIEW, today_of
from orderly.web.lists.forms import DAY

# What was called off is on no sheet.
ON_PAPER: Final = [one for one in Status if one not in (Status.CANCELLED, Status.NO_SHOW)]


@dataclass(frozen=True, slots=True)
class Entry:
    appointment: Appointment
    rooms: str
    place: Place | None
    """The prepaid session it draws on."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One provider's day."""

    provider: Provider
    entries: list[Entry]


@guard(VIEW, shows="appointments")
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    place, actor = clinic_of(clinic), actor_of(request)
    today = today_of(place, request)
    day = _day(request.GET.get("day", ""), today)
    asked = Filters(first=day, last=day + DAY, status=ON_PAPER)
    rows = narrowed(Appointment.objects.filter(clinic=clinic), asked, zone=place.timezone, actor=actor)
    found = list(rows.whole().order_by("start", "id"))
    looked(request, "appointments", among=[one.pk for one in found], clinic=clinic, first=day, last=day)
    context = {
        "day": day,
        "today": today,
        "before": day - DAY,
        "after": day + DAY,
        "sheets": _sheets(found),
        "count": len(found),
        "printed": now_of(request),
        "sees_packages": actor.may(PACKAGES, clinic),
        "sees_patients": actor.may(PATIENTS, clinic),
    }
    return framed(request, "lists/day_sheet.html", place, "appointment-list", context)


def _sheets(found: list[Appointment]) -> list[Sheet]:
    """By provider, by name; a request stands with whom it is proposed to. Two queries more, for the rooms and the
    prepaid sessions.
    """
    places, drawn = rooms(found), drawing(found)
    ordered = sorted(found, key=lambda one: (_whose(one).name, str(_whose(one).pk), one.start, str(one.pk)))
    return [
        Sheet(_whose(some[0]), [Entry(one, places[one.pk], drawn.get(one.pk)) for one in some])
        for some in (list(group) for _, group in groupby(ordered, key=lambda one: _whose(one).pk))
    ]


def _whose(one: Appointment) -> Any:
    return one.provider or one.proposed_provider


def _day(text: str, today: date) -> date:
    """The day in the address; today where there is none, or none before or after it."""
    try:
        day = picked(text)
    except ValueError:
        return today
    return day if EARLIEST < day < LATEST else today
