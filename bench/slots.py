"""What can be booked: free times that don't overlap, and patients with nothing ahead of them."""

from random import Random
from uuid import UUID

from bench.search import search, wish
from bench.world import NOW, World
from orderly.appointments.inputs import BookingRequest
from orderly.calendars.models import Reservation
from orderly.core.clock import minute
from orderly.patients.models import Patient


def apart(place: World, days: int) -> list[BookingRequest]:
    """Free half hours of all the clinic's providers, none touching another's time, in no particular order."""
    found = search(wish(place, 50, days))
    givers = {giver.resource: giver.id for giver in found.scene.givers.values()}
    until: dict[int, int] = {}
    chosen = []
    for start, end, giver in found.slots:
        if start >= until.get(giver, 0):
            until[giver] = end
            chosen.append(
                BookingRequest(
                    clinic=place.clinic.pk,
                    service=place.service,
                    start=start,
                    provider=givers[giver],
                    source="phone",
                )
            )
    Random("bench").shuffle(chosen)
    return chosen


def idle_patients(place: World, how_many: int) -> list[UUID]:
    """Patients of the clinic without any time booked."""
    busy = Reservation.objects.filter(start__gte=minute(NOW)).values("resource")
    idle = Patient.objects.filter(registrations__clinic=place.clinic).exclude(resource__in=busy).order_by("pk")
    found = list(idle.values_list("pk", flat=True)[:how_many])
    if len(found) < how_many:
        raise RuntimeError(f"only {len(found)} patients have nothing ahead of them; {how_many} are wanted")
    return found
