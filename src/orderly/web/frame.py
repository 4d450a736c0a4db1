"""What is around every page of a clinic: where one is, where else one can go, and what the browser has to know."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.edge import drafts
from orderly.edge.actors import actor_of, now_of
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.journal.queries import position
from orderly.web.dates import language
from orderly.web.menu import ROUTES, SELDOM, elsewhere, open_to

CLINIC = "clinic"  # the cookie with the clinic one was in last
ENDED = "ended"  # the cookie that says that a sign-in ended in the middle of something: "sent" or "seen"
NOTHING = "00000000-0000-0000-0000-000000000000"  # replaced in the browser


def framed(
    request: HttpRequest,
    template: str,
    clinic: Clinic,
    here: str = "",
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """A whole page of the clinic; `here` is the name of the address it is, or belongs to."""
    actor = actor_of(request)
    frame = {
        **bar(actor, clinic, list(Clinic.objects.visible_to(actor).defer("logo")), here),
        "may_book": actor.may("booking:create_appointment", clinic.pk),
        "may_note_absence": actor.may_own("schedule:manage", clinic.pk),
        "shell": _shell(request, actor, clinic),
    }
    response = render(request, template, {**frame, **(context or {})}, status=status)
    if request.COOKIES.get(ENDED):
        response.delete_cookie(ENDED, samesite="Lax")
    return _remembering(clinic, request, response)


def bar(actor: Actor, clinic: Clinic | None, clinics: Sequence[Clinic], here: str = "") -> dict[str, Any]:
    """What stands above every page: the clinic one is in, the others, and where one can go from here."""
    if clinic is None:
        return {}
    return {
        "clinic": clinic,
        "clinics": [(one, elsewhere(actor, one.pk, here)) for one in clinics],
        "here": here,
        "routes": [(route, route.address(clinic.pk)) for route in open_to(actor, clinic.pk, ROUTES)],
        "seldom": [(route, route.address(clinic.pk)) for route in open_to(actor, clinic.pk, SELDOM)],
    }


def last_clinic(request: HttpRequest, mine: Sequence[Clinic]) -> Clinic | None:
    """Of one's clinics the one this browser was in last, or the only one."""
    last = request.COOKIES.get(CLINIC, "")
    return next((one for one in mine if str(one.pk) == last), mine[0] if len(mine) == 1 else None)


def _remembering(clinic: Clinic, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The next sign-in with this browser begins where the last one ended."""
    if request.COOKIES.get(CLINIC) != str(clinic.pk):
        year = timedelta(days=365)
        response.set_cookie(CLINIC, str(clinic.pk), year, httponly=True, samesite="Lax", secure=settings.SECURE)
    return response


def _left_open(request: HttpRequest, actor: Actor) -> str:
    """Where the booking form is, that was open when the last sign-in ended."""
    left = drafts.kept(actor=actor, now=now_of(request))
    return f"{reverse('booking', args=[left.clinic_id])}?resume" if left else ""


def _shell(request: HttpRequest, actor: Actor, clinic: Clinic) -> dict[str, Any]:
    """For `static/desk/desk.js`."""
    may_book = actor.may("booking:create_appointment", clinic.pk)
    return {
        "clinic": str(clinic.pk),
        "me": str(actor.user),
        "position": position(),
        "idleSeconds": settings.IDLE_MINUTES * 60,
        "language": language(),
        "today": local(clinic.timezone, minute(now_of(request)))[0].isoformat(),
        "mayBook": may_book,
        "resume": _left_open(request, actor) if request.COOKIES.get(ENDED) else "",
        "urls": {
            "socket": f"/ws/clinics/{clinic.pk}" if actor.may("booking:view_calendar", clinic.pk) else "",
            "here": reverse("account-here"),
            "booking": reverse("booking", args=[clinic.pk]),
            "walkIn": reverse("walk-in", args=[clinic.pk]) if may_book else "",
            "appointment": reverse("appointment", args=[NOTHING]),
            "patients": reverse("patient-list", args=[clinic.pk]) if actor.may("patients:view", clinic.pk) else "",
            "register": reverse("patient-quick", args=[clinic.pk]) if actor.may("patients:edit", clinic.pk) else "",
        },
        "words": {
            "offline": _("Connection lost. Trying again…"),
            "kept": _("There is nothing of yours to take back here."),
        },
    }
