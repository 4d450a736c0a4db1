"""What can be chosen in the booking form, given what was typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import QueryDict

from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.resources.models import Provider
from orderly.web.booking.forms import ANYBODY


@dataclass(frozen=True, slots=True)
class Choice:
    """What was typed, with a provider and a service that can be had together, and all others to choose from."""

    clinic: Clinic
    typed: QueryDict
    providers: list[Provider]
    services: list[Service]

    @property
    def anybody(self) -> bool:
        return self.typed["provider"] == ANYBODY

    @property
    def provider(self) -> Provider | None:
        """None for anybody."""
        return next((one for one in self.providers if str(one.pk) == self.typed["provider"]), None)

    @property
    def service(self) -> Service | None:
        return next((one for one in self.services if str(one.pk) == self.typed["service"]), None)

    @property
    def timed(self) -> bool:
        """Whether it has come to the time: a patient has been chosen, or the time itself was pointed at."""
        return bool(self.typed.get("patient") or self.typed.get("time"))

    @property
    def resources(self) -> list[str]:
        """Chairs, rooms and devices that were asked for by name."""
        return [one for one in self.typed.getlist("resources") if one]


def choose(clinic: Clinic, typed: QueryDict) -> Choice:
    """A provider or service that isn't to be had is replaced by the first that is."""
    typed = typed.copy()
    providers = list(Provider.objects.filter(clinics=clinic, resource__active=True))
    wanted = typed.get("provider")
    if wanted != ANYBODY or not providers:
        typed["provider"] = _among(wanted, providers) or (ANYBODY if len(providers) > 1 else _first(providers))
    services = list(_services(clinic, str(typed["provider"])))
    before = typed.get("service")
    typed["service"] = _among(before, services) or _first(services)
    if before and before != typed["service"]:  # what was asked for with the other one
        typed.setlist("resources", [])
        typed["duration_minutes"] = ""
    typed.setdefault("source", "walk_in")
    return Choice(clinic, typed, providers, services)


def _services(clinic: Clinic, provider: str) -> QuerySet[Service]:
    if provider == ANYBODY:
        return given_in(clinic)
    return given_by(clinic, UUID(provider)) if provider else Service.objects.none()


def given_by(clinic: Clinic, provider: UUID) -> QuerySet[Service]:
    """The services a provider gives in the clinic, the general one first, with their length and price there."""
    offered = Service.objects.filter(active=True, clinics=clinic, offerings__provider=provider)
    return offered.annotate(
        takes=Coalesce(F("offerings__minutes"), Sum("phases__minutes")),
        costs=Coalesce(F("offerings__price"), F("price")),
    ).order_by("-general", "name", "id")


def given_in(clinic: Clinic) -> QuerySet[Service]:
    """The services that anybody gives in the clinic, with their usual length and price."""
    here = Provider.objects.filter(clinics=clinic, resource__active=True)
    offered = Service.objects.filter(pk__in=Service.objects.filter(offerings__provider__in=here).values("pk"))
    usual = offered.filter(active=True, clinics=clinic).annotate(takes=Sum("phases__minutes"), costs=F("price"))
    return usual.order_by("-general", "name", "id")


def _among(wanted: str | None, rows: Sequence[Provider] | Sequence[Service]) -> str:
    """What was chosen, if it is there."""
    return wanted if wanted and wanted in [str(row.pk) for row in rows] else ""


def _first(rows: Sequence[Provider] | Sequence[Service]) -> str:
    return next((str(row.pk) for row in rows), "")
