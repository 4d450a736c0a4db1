"""The page behind a patient's own link. Opening it changes nothing, whoever or whatever opens it: its button does."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from orderly.appointments.actions.check_in import by_link
from orderly.appointments.choices import VisitStatus
from orderly.appointments.models import Visit
from orderly.appointments.queries.check_in import AHEAD, Standing, ahead_of, linked, standing
from orderly.appointments.queries.screens import places_of
from orderly.core.errors import NotFound, Refused
from orderly.edge.actors import address_of, now_of
from orderly.edge.guard import PUBLIC, guard
from orderly.edge.limits import SCREEN, take
from orderly.web.answers import status_of

GONE = "check_in/gone.html"


@guard(PUBLIC)
def page(request: HttpRequest, secret: str) -> HttpResponse:
    visit = _linked(request, secret)
    if visit is None:
        return render(request, GONE, status=404)
    _in_their_language(request, visit)
    return render(request, "check_in/own.html", {"secret": secret, **_stands(request, visit)})


@guard(PUBLIC)
def state(request: HttpRequest, secret: str) -> HttpResponse:
    """How it stands by now, for who has checked in and waits."""
    visit = _linked(request, secret)
    if visit is None:
        raise NotFound
    _in_their_language(request, visit)
    return render(request, "check_in/_state.html", {"secret": secret, **_stands(request, visit)})


@guard(PUBLIC, "POST", limit=SCREEN)
def here(request: HttpRequest) -> HttpResponse:
    """The secret comes in the form: the address of a refusal may stand in a log."""
    secret = request.POST.get("secret", "")
    visit = _linked(request, secret)
    if visit is None:
        return render(request, GONE, status=404)
    _in_their_language(request, visit)
    try:
        by_link(secret, address=address_of(request), now=now_of(request))
    except Refused as refused:  # the page says what stands against it
        context = {"secret": secret, **_stands(request, visit)}
        return render(request, "check_in/own.html", context, status=status_of(refused))
    return redirect("check-in-own", secret)


def _linked(request: HttpRequest, secret: str) -> Visit | None:
    take(SCREEN, request)
    return linked(secret)


def _in_their_language(request: HttpRequest, visit: Visit) -> None:
    wanted = visit.appointment.patient.language
    known = wanted in dict(settings.LANGUAGES)
    if known and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(wanted)


def _stands(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """What the page may say: the clinic, the time, the number and the way; not who it is about."""
    now, clinic = now_of(request), visit.clinic
    stands = standing(visit, clinic.timezone, now=now)
    waits = stands is Standing.HERE and visit.status == VisitStatus.WAITING
    called = stands is Standing.HERE and visit.status == VisitStatus.CALLED
    return {
        "visit": visit,
        "clinic": clinic,
        "stands": str(stands),
        "ahead": ahead_of(visit, now=now) if waits else None,
        "called": called,
        "where": places_of([visit])[visit.pk] if called else "",
        "from_minute": visit.planned - AHEAD,
        "asks": stands is Standing.HERE,
    }
