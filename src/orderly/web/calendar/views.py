"""The day by provider: the page itself, and its data."""

from datetime import date
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from orderly.core.clock import minute
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import watched
from orderly.engine.walltime import local
from orderly.web.answers import clinic_of
from orderly.web.calendar.feed import week_json
from orderly.web.calendar.page import context
from orderly.web.dates import picked
from orderly.web.frame import framed

MOST_DAYS = 42


@guard("booking:view_calendar")
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    actor = actor_of(request)
    place = clinic_of(clinic)
    today, _ = local(place.timezone, minute(now_of(request)))
    shown = _day(request.GET.get("day"), today)
    return framed(request, "calendar/page.html", place, "calendar", context(place, actor=actor, shown=shown))


@guard("booking:view_calendar", shows="appointments")
def feed(request: HttpRequest, clinic: UUID) -> HttpResponse:
    first, last = _asked(request, "from"), _asked(request, "to")
    if not 0 < (last - first).days <= MOST_DAYS:
        raise BadRequest("range")
    watched(request, "calendar", clinic=clinic, first=first, last=last)
    return HttpResponse(week_json(clinic, first, last, now=now_of(request)), content_type="application/json")


def _asked(request: HttpRequest, name: str) -> date:
    try:
        return picked(request.GET.get(name, ""))
    except ValueError as error:
        raise BadRequest(name) from error


def _day(text: str | None, today: date) -> date:
    """The day in the address; today where there is none or it can't be read."""
    try:
        return picked(text or "")
    except ValueError:
        return today
