"""Set-up: weekly working and opening hours."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from orderly.api.operations import reads, writes
from orderly.api.schemas import In
from orderly.api.setup_shared import (
    SCHEDULE,
    VIEW,
    Aliased,
    EndClock,
    Stranded,
    Whole,
    clock,
    one_of,
    viewer,
)
from orderly.api.types import Day, Id, WallClock
from orderly.appointments.actions.set_up import set_hours, set_opening_hours
from orderly.appointments.queries.stranded import by_hours
from orderly.calendars.inputs import Weekly
from orderly.calendars.models import Rule, RuleKind
from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound, missing
from orderly.edge.actors import actor_of, now_of
from orderly.edge.versions import expected_version
from orderly.journal.actor import Actor
from orderly.resources.models import Provider
from orderly.resources.queries import resources_of

router = Router(tags=["set-up"])
OF_PROVIDER, OF_CLINIC = "providers/{uuid:provider}/hours", "clinics/{uuid:clinic}/hours"


class WeeklyIn(In):
    """On weekdays (0 = Sunday) from one time to another, on days `from` to `until`, both included.

    `every: 2` means every other week; `phase` 0 or 1 which: weeks are counted from that of Sunday 4 January 1970.
    Without it, the week of `from`, or else this one, is the first.
    """

    weekdays: list[Whole]
    from_time: WallClock
    to_time: EndClock
    first: Day | None = Field(None, alias="from")
    until: Day | None = None
    every: Whole = 1
    phase: Whole | None = None

    def weekly(self) -> Weekly:
        return Weekly(
            weekdays=frozenset(self.weekdays),
            start=self.from_time,
            end=self.to_time,
            first=self.first,
            last=self.until,
            every=self.every,
            phase=self.phase,
        )


class HoursIn(In):
    """All of the hours: what isn't among them is no more."""

    hours: list[WeeklyIn]


class ProviderHoursIn(HoursIn):
    """`clinic`, or `?clinic=`, can be left out for a provider who is in one."""

    clinic: Id | None = None


class WeeklyOut(Aliased):
    weekdays: list[int]
    from_time: str
    to_time: str
    first: date | None = Field(alias="from")
    until: date | None
    every: int
    phase: int


class ClinicHours(Aliased):
    """`version` is the clinic's. No hours at all: the clinic is open whenever somebody works."""

    clinic: UUID
    hours: list[WeeklyOut]
    version: int


class ProviderHours(ClinicHours):
    """`version` is the provider's."""

    provider: UUID


class ClinicHoursChanged(ClinicHours, Stranded):
    pass


class ProviderHoursChanged(ProviderHours, Stranded):
    pass


@reads(router, OF_PROVIDER, needs=VIEW)
def get_hours(request: HttpRequest, provider: UUID, clinic: Id | None = None) -> ProviderHours:
    """When a provider works in a clinic."""
    actor = viewer(request, clinic)
    found = one_of(Provider.objects.visible_to(actor), provider)
    return ProviderHours(**_of_provider(found, clinic_of(found, clinic, actor)))


@writes(router, "PUT", OF_PROVIDER, needs=SCHEDULE, versioned=True)
def put_hours(
    request: HttpRequest, provider: UUID, body: ProviderHoursIn, clinic: Id | None = None
) -> ProviderHoursChanged:
    """Say when a provider works in a clinic. Bookings outside the new hours stay, and are listed."""
    actor, now, hours = actor_of(request), now_of(request), [one.weekly() for one in body.hours]
    found = one_of(Provider.objects.visible_to(actor), provider)
    place = clinic_of(found, body.clinic or clinic, actor)
    changed = set_hours(provider, place.pk, hours, actor=actor, now=now, version=expected_version(request))
    stranded = by_hours(place, [changed.resource_id], actor=actor, now=now)
    return ProviderHoursChanged(**_of_provider(changed, place), stranded=stranded)


@reads(router, OF_CLINIC, needs=VIEW)
def get_opening_hours(request: HttpRequest, clinic: UUID) -> ClinicHours:
    """When a clinic is open."""
    return ClinicHours(**_of_clinic(one_of(Clinic.objects.visible_to(viewer(request, clinic)), clinic)))


@writes(router, "PUT", OF_CLINIC, needs=SCHEDULE, versioned=True)
def put_opening_hours(request: HttpRequest, clinic: UUID, body: HoursIn) -> ClinicHoursChanged:
    """Say when a clinic is open. Bookings outside the new hours stay, and are listed."""
    actor, now, hours = actor_of(request), now_of(request), [one.weekly() for one in body.hours]
    changed = set_opening_hours(clinic, hours, actor=actor, now=now, version=expected_version(request))
    stranded = by_hours(changed, resources_of(clinic), actor=actor, now=now)
    return ClinicHoursChanged(**_of_clinic(changed), stranded=stranded)


def clinic_of(provider: Provider, named: UUID | None, actor: Actor) -> Clinic:
    """The clinic named, or the only one there is."""
    known = provider.clinics.filter(pk__in=Clinic.objects.visible_to(actor).order_by().values("pk")).defer("logo")
    if named is not None:
        known = known.filter(pk=named)
    found = list(known[:2])
    if len(found) > 1:
        raise missing("clinic")
    if not found:
        raise NotFound("clinic")
    return found[0]


def _of_provider(provider: Provider, clinic: Clinic) -> dict[str, Any]:
    return {
        "provider": provider.pk,
        "clinic": clinic.pk,
        "hours": _hours(clinic, provider.resource_id),
        "version": provider.version,
    }


def _of_clinic(clinic: Clinic) -> dict[str, Any]:
    return {"clinic": clinic.pk, "hours": _hours(clinic, None), "version": clinic.version}


def _hours(clinic: Clinic, resource: int | None) -> list[WeeklyOut]:
    rules = Rule.objects.filter(kind=RuleKind.HOURS, clinic=clinic, resource=resource)
    return [WeeklyOut(**shown_weekly(rule)) for rule in rules.order_by("first", "start", "id")]


def shown_weekly(rule: Rule) -> dict[str, Any]:
    """A rule that says something every week."""
    bits = rule.weekdays or 0
    return {
        "weekdays": [day for day in range(7) if bits >> day & 1],
        "from_time": clock(rule.start),
        "to_time": clock(rule.end),
        "first": rule.first,
        "until": rule.last,
        "every": rule.every,
        "phase": rule.phase,
    }
