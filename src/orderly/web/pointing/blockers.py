"""Whose visits and holds take a time, as far as the reader may know."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q

from orderly.appointments.models import Appointment
from orderly.calendars.models import LONGEST, Hold, Reservation
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor

TAKEN: Final = frozenset({Code.PROVIDER_BUSY, Code.RESOURCE_BUSY, Code.OVERBOOK_LIMIT, Code.HELD})
MOST: Final = 6


@dataclass(frozen=True, slots=True)
class Blockers:
    """`holds` are times that somebody is booking just now."""

    appointments: list[Appointment]
    holds: list[Hold]


def blockers(problems: Iterable[Problem], clinic: UUID, *, actor: Actor) -> Blockers:
    """Of this clinic's, where the actor may look at its calendar; what is elsewhere is only busy. Three queries."""
    spans = list(_taken(problems))
    if not spans or not actor.may("booking:view_calendar", clinic):
        return Blockers([], [])
    there = Q(pk__in=[])
    for resource, start, end in spans:
        there |= Q(resource=resource, start__gte=start - LONGEST, start__lt=end, end__gt=start)
    claims = list(Reservation.objects.filter(there).values_list("claim", flat=True))
    shown = Appointment.objects.filter(clinic=clinic).select_related("patient", "service")
    having = shown.filter(Q(claim__in=claims) | Q(session__claim__in=claims)).order_by("start", "pk")
    holding = (
        Hold.objects.filter(clinic=clinic, claim__in=claims).select_related("owner", "claim").order_by("start", "pk")
    )
    return Blockers(list(having[:MOST]), list(holding[:MOST]))


def _taken(problems: Iterable[Problem]) -> Iterator[tuple[int, int, int]]:
    for problem in problems:
        if problem.code in TAKEN and problem.field != "patient" and problem.resource and problem.span:
            yield problem.resource, *problem.span
