"""The calendar: the page itself, its data, and the views of it that somebody keeps."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import Invalid, NotFound
from orderly.edge import saved_filters
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.models import FilteredList
from orderly.edge.readlog import watched
from orderly.engine.walltime import local
from orderly.web.answers import clinic_of, errors_of, in_words, status_of
from orderly.web.calendar.asked import asked
from orderly.web.calendar.feed import density_json, week_json
from orderly.web.calendar.missing import steps
from orderly.web.calendar.page import context, shown_clinics
from orderly.web.calendar.saved import KEYS, ViewForm, views_of
from orderly.web.dates import picked_or
from orderly.web.frame import framed

FEED_DAYS, DENSITY_DAYS = 14, 42


@guard("booking:view_calendar")
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    actor = actor_of(request)
    mine = list(Clinic.objects.defer("logo").visible_to(actor.within("booking:view_calendar")))
    place = next((one for one in mine if one.pk == clinic), None)
    if place is None:
        raise NotFound
    today, _ = local(place.timezone, minute(now_of(request)))
    shown = shown_clinics(place, mine, request.GET.getlist("clinic"))
    day = picked_or(request.GET.get("day"), today)
    missing = steps(place.pk, actor=actor, today=today)
    found = {**context(place, mine, shown, actor=actor, day=day), "missing": missing}
    return framed(request, "calendar/page.html", place, "calendar", found)


@guard("booking:view_calendar", shows="appointments")
def feed(request: HttpRequest, clinic: UUID) -> HttpResponse:
    wanted = asked(request.GET, FEED_DAYS)
    if not actor_of(request).may("patients:view", clinic):
        wanted = replace(wanted, shown=replace(wanted.shown, phones=False, names=False))
    watched(request, "calendar", clinic=clinic, **wanted.logged)
    found = week_json(clinic, wanted.first, wanted.last, wanted.shown, now=now_of(request))
    return HttpResponse(found, content_type="application/json")


@guard("booking:view_calendar")
def density(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Numbers only: nobody is named."""
    wanted = asked(request.GET, DENSITY_DAYS)
    found = density_json(clinic, wanted.first, wanted.last, wanted.shown, now=now_of(request))
    return HttpResponse(found, content_type="application/json")


@guard("booking:view_calendar", "POST")
def keep_view(request: HttpRequest, clinic: UUID) -> HttpResponse:
    form = ViewForm(request.POST)
    if not form.is_valid():
        return _kept(request, clinic, errors_of(form), status=422)
    given = form.cleaned_data
    actor = actor_of(request)
    try:
        saved_filters.put(
            given["name"], FilteredList.CALENDAR, given["state"], key=given["key"], actor=actor, now=now_of(request)
        )
    except Invalid as refused:
        return _kept(request, clinic, in_words(refused.problems, "UTC"), status=status_of(refused))
    return _kept(request, clinic)


@guard("booking:view_calendar", "POST")
def forget_view(request: HttpRequest, clinic: UUID, kept: UUID) -> HttpResponse:
    saved_filters.forget(kept, actor=actor_of(request))
    return _kept(request, clinic)


def _kept(
    request: HttpRequest, clinic: UUID, errors: dict[str, list[str]] | None = None, *, status: int = 200
) -> HttpResponse:
    """The list of kept views as it is now, with the form to keep another."""
    typed = request.POST if errors else {}
    found = {"clinic": clinic_of(clinic), "views": views_of(actor_of(request)), "view_keys": KEYS, "typed": typed}
    return render(request, "calendar/_views.html", {**found, "errors": errors or {}}, status=status)
