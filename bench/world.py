"""What the seeded database holds, as the benchmarks speak of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.people.models import Membership
from orderly.people.permissions import Role
from orderly.people.queries import actor_for

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
SEARCHED, SHOWN = "Fifty providers", "Twenty providers"
PLAIN, COMBINED = "Examination", "Chair and device"


@dataclass(frozen=True, slots=True)
class World:
    """The clinic that is searched and booked in: half an hour with any of 50 providers."""

    clinic: Clinic
    service: UUID
    combined: UUID
    providers: list[UUID]
    actor: Actor


def world() -> World:
    clinic = Clinic.objects.get(name=SEARCHED)
    services = dict(Service.objects.filter(clinics=clinic).values_list("name", "pk"))
    desk = Membership.objects.get(clinic=clinic, role=Role.FRONT_DESK).user
    return World(
        clinic=clinic,
        service=services[PLAIN],
        combined=services[COMBINED],
        providers=list(clinic.providers.order_by("pk").values_list("pk", flat=True)),
        actor=actor_for(desk),
    )
