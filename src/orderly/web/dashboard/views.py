"""Today at the desk."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import watched
from orderly.web.answers import clinic_of
from orderly.web.dashboard.figures import dashboard
from orderly.web.frame import framed
from orderly.web.lists.arrivals import MODIFY
from orderly.web.lists.finding import PACKAGES, PATIENTS, PAYMENTS, VIEW


@guard(VIEW, shows="patients")
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    place = clinic_of(clinic)
    return framed(request, "dashboard/page.html", place, "dashboard", _context(request, place))


@guard(VIEW, shows="patients")
def part(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """What changes, as of now."""
    return render(request, "dashboard/_part.html", _context(request, clinic_of(clinic)))


def _context(request: HttpRequest, clinic: Clinic) -> dict[str, Any]:
    actor, now = actor_of(request), now_of(request)
    watched(request, "dashboard", clinic=clinic.pk)
    return {
        "clinic": clinic,
        "shown": dashboard(clinic, actor=actor, now=now),
        "now": now,
        "now_minute": minute(now),
        "sees_patients": actor.may(PATIENTS, clinic.pk),
        "sees_payments": actor.may(PAYMENTS, clinic.pk),
        "sees_packages": actor.may(PACKAGES, clinic.pk),
        "may_change": actor.may(MODIFY, clinic.pk),
    }
