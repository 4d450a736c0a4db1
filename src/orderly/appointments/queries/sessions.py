"""Group sessions as they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from orderly.appointments.models import Session
from orderly.calendars.models import Reservation


@dataclass(frozen=True, slots=True)
class Attended:
    """A session, its places that are taken (some of them perhaps by holds), and the appointments in it, in the order
    they were made.
    """

    session: Session
    taken: int
    appointments: list[UUID]


def attended(sessions: Sequence[Session], *, now: datetime) -> list[Attended]:
    """Who is in each of them; one query, however many."""
    places: dict[int, list[UUID | None]] = {one.resource_id: [] for one in sessions}
    live = Q(expires__isnull=True) | Q(expires__gt=int(now.timestamp()))
    rows = Reservation.objects.filter(live, resource__in=places).order_by("claim__appointment__pk")
    for resource, appointment in rows.values_list("resource", "claim__appointment"):
        places[resource].append(appointment)
    return [
        Attended(one, len(places[one.resource_id]), [who for who in places[one.resource_id] if who is not None])
        for one in sessions
    ]
