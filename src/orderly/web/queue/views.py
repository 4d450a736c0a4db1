"""The flow board: who waits, how long, for whom; and everything that moves them on."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from orderly.appointments.actions import visits
from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound, Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import watched
from orderly.web.answers import clinic_of, in_words, saying, status_of
from orderly.web.appointments.steps import VERBS
from orderly.web.fields import known
from orderly.web.frame import framed
from orderly.web.queue.board import board, whose
from orderly.web.words import standing

VIEW, MANAGE, MODIFY = "booking:view_calendar", "queue:manage", "booking:modify_appointment"
PART = "queue/_board.html"


@guard(VIEW, shows="patients")
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    place, actor = clinic_of(clinic), actor_of(request)
    providers, me = whose(place, actor)
    context = {
        **_shown(request, place),
        "providers": providers,
        "me": me,
        "keys": "queue/_keys.html",
        "may_manage": actor.may(MANAGE, place.pk),
    }
    return framed(request, "queue/page.html", place, "queue", context)


@guard(VIEW, shows="patients")
def part(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The board alone, asked for again whenever something changed."""
    return _board(request, clinic_of(clinic))


@guard(MANAGE, "POST")
def call_next(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Call in whose turn it is; of the provider's patients, where one is chosen."""
    place = clinic_of(clinic)
    try:
        called = visits.call_next(clinic, provider=_provider(request), actor=actor_of(request), now=now_of(request))
    except Refused as refused:
        return _refused(request, place, refused)
    return saying(_board(request, place), _told(called), changed=False)


@guard(MODIFY, "POST")
def step(request: HttpRequest, clinic: UUID, appointment: UUID, step: str) -> HttpResponse:
    """One step of somebody's way through the day."""
    place, actor = clinic_of(clinic), actor_of(request)
    if step not in VERBS:
        raise Http404(step)
    if not Appointment.objects.filter(pk=appointment, clinic=clinic).exists():
        raise NotFound
    try:
        done = VERBS[step](appointment, actor=actor, now=now_of(request), version=_version(request))
    except Stale:
        meanwhile = _("Somebody changed this appointment meanwhile. Nothing was done; this is how it stands now.")
        return _board(request, place, status=412, errors={"": [meanwhile]})
    except Refused as refused:
        return _refused(request, place, refused)
    return saying(_board(request, place), _told(done), changed=False)


def _told(done: Appointment) -> str:
    return f"{done.visit.queue_number} · {standing(done)}"


def _refused(request: HttpRequest, place: Clinic, refused: Refused) -> HttpResponse:
    errors = in_words(refused.problems, place.timezone)
    return _board(request, place, status=status_of(refused), errors=errors)


def _board(request: HttpRequest, place: Clinic, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, PART, {**_shown(request, place), "clinic": place, **more}, status=status)


def _shown(request: HttpRequest, place: Clinic) -> dict[str, Any]:
    found = board(place, _provider(request), actor=actor_of(request), now=now_of(request))
    watched(request, "queue", clinic=place.pk, provider=found.provider)
    return {"board": found}


def _provider(request: HttpRequest) -> UUID | None:
    """Whose patients; everybody's where that isn't said, or isn't an id."""
    return known(request.POST.get("provider") or request.GET.get("provider"))


def _version(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None
