"""What can be chosen in the booking form, given what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from orderly.appointments.inputs import Search
from orderly.appointments.queries.slots import slots
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.walltime import local
from orderly.resources.models import Provider
from orderly.web.dates import as_fields, picked

LOOK_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was typed, with a provider and a service that can be had together, and all others to choose from."""

    clinic: Clinic
    typed: dict[str, str]
    providers: list[Provider]
    services: list[Service]

    @property
    def service(self) -> Service | None:
        return next((one for one in self.services if str(one.pk) == self.typed["service"]), None)


def choose(clinic: Clinic, typed: Mapping[str, str]) -> Choice:
    """A provider or service that isn't to be had is replaced by the first that is."""
    providers = list(Provider.objects.filter(clinics=clinic, resource__active=True))
    provider = _among(typed.get("provider"), providers)
    services = list(given_by(clinic, UUID(provider))) if provider else []
    service = _among(typed.get("service"), services)
    source = typed.get("source", "walk_in")
    return Choice(clinic, {**typed, "provider": provider, "service": service, "source": source}, providers, services)


def given_by(clinic: Clinic, provider: UUID) -> QuerySet[Service]:
    """The services a provider gives in the clinic, the general one first, with their length and price there."""
    offered = Service.objects.filter(active=True, clinics=clinic, offerings__provider=provider)
    return offered.annotate(
        takes=Coalesce(F("offerings__minutes"), Sum("phases__minutes")),
        costs=Coalesce(F("offerings__price"), F("price")),
    ).order_by("-general", "name", "id")


def earliest(clinic: Clinic, day: str, *, now: datetime) -> dict[str, str]:
    """The first free time of anybody from a day on, for the general service; only the day where there is none."""
    today, _ = local(clinic.timezone, minute(now))
    first = max(_day(day, today), today)
    service = Service.objects.filter(active=True, clinics=clinic).order_by("-general", "name", "id").first()
    if service is None:
        return {"day": first.isoformat()}
    search = Search(clinic=clinic.pk, service=service.pk, first=first, last=first + LOOK_AHEAD)
    found = slots(search, now=now)
    if not found.slots:
        return {"day": first.isoformat(), "service": str(service.pk)}
    start, _, resource = found.slots[0]
    return {
        **as_fields(clinic.timezone, start),
        "provider": str(found.givers[resource].id),
        "service": str(service.pk),
    }


def _day(text: str, otherwise: date) -> date:
    try:
        return picked(text)
    except ValueError:
        return otherwise


def _among(wanted: str | None, rows: Sequence[Provider] | Sequence[Service]) -> str:
    """What was chosen if it is there, else the first; nothing where nothing is."""
    ids = [str(row.pk) for row in rows]
    return wanted if wanted in ids else next(iter(ids), "")
