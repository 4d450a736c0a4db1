"""What a clinic still needs before anybody can be booked in it. One query."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, Q

from orderly.calendars.models import OPENING, Rule
from orderly.catalogue.models import Offering
from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound
from orderly.resources.models import Asset, Provider


class Missing(StrEnum):
    """In the order in which it is made."""

    PROVIDER = "provider"
    PLACE = "place"
    SERVICE = "service"
    HOURS = "hours"


def missing(clinic: UUID, *, today: date) -> tuple[Missing, ...]:
    """Nothing where somebody gives a service at some time. What needs no room can be booked without one: that there is
    none is only said beside the rest. Raises NotFound for an unknown clinic.
    """
    providers = Provider.objects.filter(clinics=clinic, resource__active=True)
    services = Offering.objects.filter(service__clinics=clinic, service__active=True, provider__in=providers)
    hours = Rule.objects.filter(Q(last=None) | Q(last__gte=today), kind__in=OPENING, clinic=clinic)
    found = (
        Clinic.objects.filter(pk=clinic)
        .annotate(
            provider=Exists(providers),
            place=Exists(Asset.objects.filter(clinic=clinic, resource__active=True)),
            service=Exists(services),
            hours=Exists(hours.filter(resource__in=providers.values("resource"))),
        )
        .values(*Missing)
        .first()
    )
    if found is None:
        raise NotFound("clinic")
    if all(there for what, there in found.items() if what != Missing.PLACE):
        return ()
    return tuple(what for what in Missing if not found[what])
