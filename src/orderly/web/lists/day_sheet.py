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
from orderly.calendars.rules import EARLIEST, LATEST
from orderly.clinics.models import Clinic
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.resources.models import Asset, Provider
from orderly.web.answers import clinic_of
from orderly.web.dates import picked
from orderly.web.frame import framed
from orderly.web.lists.finding import PATIENTS, VIEW, today_of
from orderly.web.lists.forms import DAY

# What was called off is on no sheet.
ON_PAPER: Final = [one for one in Status if one not in (Status.CANCELLED, Status.NO_SHOW)]


@dataclass(frozen=True, slots=True)
class Entry:
    appointment: Appointment
    rooms: str


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
        "sheets": _sheets(found, place),
        "count": len(found),
        "printed": now_of(request),
        "sees_patients": actor.may(PATIENTS, clinic),
    }
    return framed(request, "lists/day_sheet.html", place, "appointment-list", context)


def _sheets(found: list[Appointment], clinic: Clinic) -> list[Sheet]:
    """By provider, by name; a request stands with whom it is proposed to. One query more, for the rooms."""
    used = {resource for one in found for resource, _, _ in one.uses}
    rooms = dict(Asset.objects.filter(resource__in=used, clinic=clinic).values_list("resource_id", "name"))
    ordered = sorted(found, key=lambda one: (_whose(one).name, str(_whose(one).pk), one.start, str(one.pk)))
    return [
        Sheet(_whose(some[0]), [Entry(one, _rooms(one, rooms)) for one in some])
        for some in (list(group) for _, group in groupby(ordered, key=lambda one: _whose(one).pk))
    ]


def _whose(one: Appointment) -> Any:
    return one.provider or one.proposed_provider


def _rooms(one: Appointment, rooms: dict[int, str]) -> str:
    return ", ".join(dict.fromkeys(rooms[resource] for resource, _, _ in one.uses if resource in rooms))


def _day(text: str, today: date) -> date:
    """The day in the address; today where there is none, or none before or after it."""
    try:
        day = picked(text)
    except ValueError:
        return today
    return day if EARLIEST < day < LATEST else today
