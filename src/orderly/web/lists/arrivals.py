"""Who comes next: the late of today first, then the next hours or days."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from orderly.appointments.models import Appointment
from orderly.appointments.queries.expected import expected
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import watched
from orderly.engine.walltime import day_start, local
from orderly.packages.queries import Place, drawing
from orderly.web.answers import clinic_of
from orderly.web.frame import framed
from orderly.web.lists.finding import PACKAGES, PATIENTS, VIEW
from orderly.web.words import Words

MODIFY: Final = "booking:modify_appointment"
WITHIN: Final[Words] = {
    "2": _("Next 2 hours"),
    "8": _("Next 8 hours"),
    "24": _("Next 24 hours"),
    "72": _("Next 3 days"),
}
HOUR: Final = 60
MOST: Final = 300


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody expected; `minutes` until their time, below zero for who is late."""

    appointment: Appointment
    minutes: int
    place: Place | None
    """The prepaid session it draws on."""

    @property
    def late(self) -> int:
        return max(0, -self.minutes)


@guard(VIEW, shows="patients")
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    place = clinic_of(clinic)
    return framed(request, "lists/arrivals.html", place, "appointment-list", _context(request, place))


@guard(VIEW, shows="patients")
def part(request: HttpRequest, clinic: UUID) -> HttpResponse:
    return render(request, "lists/_arrivals.html", _context(request, clinic_of(clinic)))


def coming(clinic: Clinic, now: int, minutes: int) -> list[Coming]:
    """From the beginning of the clinic's today until so many minutes from `now`; two queries."""
    today = day_start(clinic.timezone, local(clinic.timezone, now)[0])
    rows = list(expected(clinic.pk, today, now + minutes)[:MOST])
    drawn = drawing(rows)
    return [Coming(row, row.start - now, drawn.get(row.pk)) for row in rows]


def _context(request: HttpRequest, clinic: Clinic) -> dict[str, Any]:
    actor, now = actor_of(request), now_of(request)
    asked = request.GET.get("within", "")
    within = asked if asked in WITHIN else "2"
    watched(request, "arrivals", clinic=clinic.pk, within=within)
    return {
        "clinic": clinic,
        "coming": coming(clinic, minute(now), int(within) * HOUR),
        "within": within,
        "withins": WITHIN.items(),
        "most": MOST,
        "now": now,
        "sees_patients": actor.may(PATIENTS, clinic.pk),
        "sees_packages": actor.may(PACKAGES, clinic.pk),
        "may_change": actor.may(MODIFY, clinic.pk),
    }
