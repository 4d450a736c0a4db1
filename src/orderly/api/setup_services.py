"""Set-up: services, their phases, and who gives them at what price."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BeforeValidator, Field

from orderly.api.operations import reads, writes
from orderly.api.paging import piece
from orderly.api.schemas import In, Money, MoneyIn, Out, Page
from orderly.api.setup_shared import (
    MANAGE,
    VIEW,
    ActiveQuery,
    Given,
    Whole,
    Word,
    currency_in,
    minor,
    one_of,
    take_clinics,
    viewer,
)
from orderly.api.types import Id, Yes
from orderly.appointments.actions.set_up import change_service
from orderly.catalogue.actions.services import add_service
from orderly.catalogue.inputs import NeedDetails, OfferingDetails, PhaseDetails, ServiceDetails
from orderly.catalogue.models import Audience, NeedRole, Service
from orderly.catalogue.queries import described, givers, whole
from orderly.clinics.models import Clinic
from orderly.edge.actors import actor_of, now_of
from orderly.edge.versions import expected_version
from orderly.journal.actor import Actor
from orderly.resources.models import Kind

router = Router(tags=["set-up"])
ONE = "services/{uuid:service}"


class NeedIn(In):
    """`count` of those in `any_of`. Without `any_of`: the provider who gives the service, or resources of the kind."""

    role: NeedRole
    kind: Kind | None = None
    any_of: list[Id] = []
    count: Whole = 1

    def details(self) -> NeedDetails:
        return NeedDetails(role=self.role, kind=self.kind or "", any_of=tuple(self.any_of), count=self.count)


class PhaseIn(In):
    minutes: Whole
    needs: list[NeedIn] = []

    def details(self) -> PhaseDetails:
        return PhaseDetails(minutes=self.minutes, needs=tuple(need.details() for need in self.needs))


class OfferingIn(In):
    """A provider who gives the service; null: in its own length, at its own price."""

    provider: Id
    minutes: Whole | None = None
    price: MoneyIn | None = None


Offering = Annotated[
    OfferingIn, BeforeValidator(lambda value: {"provider": value} if isinstance(value, str | UUID) else value)
]


class ServiceChange(Given):
    """`minutes` alone: one phase that needs the provider, 90 minutes if not even that is said."""

    NULLABLE: ClassVar[frozenset[str]] = frozenset({"follow_up_price"})

    name: Word | None = None
    description: Word | None = None
    category: Word | None = None
    active: Yes | None = None
    clinics: list[Id] | None = None
    providers: list[Offering] | None = Field(None, description="ids, or objects with a length and a price")
    general: Yes | None = Field(None, description="the clinic's service for requests that name none; true takes over")
    minutes: Whole | None = None
    phases: list[PhaseIn] | None = None
    buffer_before: Whole | None = None
    buffer_after: Whole | None = None
    price: MoneyIn | None = None
    follow_up_price: MoneyIn | None = None
    follow_up_days: Whole | None = None
    audience: Audience | None = None
    colour: Word | None = None
    mark: Word | None = None
    overbook: Whole | None = None
    notice_minutes: Whole | None = None
    horizon_days: Whole | None = None
    online: Yes | None = None
    places: Whole | None = None


class ServiceIn(ServiceChange):
    """Without `providers`: all of the clinics. `clinic` is short for one of `clinics`."""

    name: Word
    clinic: Id | None = None


class NeedOut(Out):
    role: str
    kind: str | None
    any_of: list[UUID]
    count: int


class PhaseOut(Out):
    minutes: int
    needs: list[NeedOut]


class OfferingOut(Out):
    provider: UUID
    minutes: int | None
    price: Money | None


class ServiceOut(Out):
    """`clinics` are those of one's own."""

    id: UUID
    name: str
    description: str
    category: str
    active: bool
    clinics: list[UUID]
    providers: list[OfferingOut]
    general: bool
    minutes: int
    phases: list[PhaseOut]
    buffer_before: int
    buffer_after: int
    price: Money
    follow_up_price: Money | None
    follow_up_days: int
    audience: str
    colour: str
    mark: str
    overbook: int
    notice_minutes: int
    horizon_days: int
    online: bool
    places: int
    version: int


_OTHERWISE = {"id", "clinics", "providers", "minutes", "phases", "price", "follow_up_price"}
SAME = tuple(name for name in ServiceOut.model_fields if name not in _OTHERWISE)


@reads(router, "services", needs=VIEW)
def list_services(request: HttpRequest, asked: Query[ActiveQuery]) -> Page[ServiceOut]:
    """Services by name."""
    rows = _visible(viewer(request, asked.clinic))
    if asked.active is not None:
        rows = rows.filter(active=asked.active)
    found, rest = piece(rows, ("name", "id"), asked, name="services")
    return Page[ServiceOut](items=[_shown(one) for one in found], next=rest)


@reads(router, ONE, needs=VIEW)
def get_service(request: HttpRequest, service: UUID) -> ServiceOut:
    """One service."""
    return _shown(one_of(_visible(viewer(request)), service))


@writes(router, "POST", "services", needs=MANAGE, status=201)
def create_service(request: HttpRequest, body: ServiceIn, clinic: Id | None = None) -> ServiceOut:
    """Add something to book."""
    actor, values = actor_of(request), body.given()
    clinics = take_clinics(values, clinic)
    details = _details({**values, "clinics": clinics}, currency_in(clinics, actor))
    made = add_service(details, actor=actor, now=now_of(request))
    return _shown(one_of(_visible(actor), made.pk))


@writes(router, "PATCH", ONE, needs=MANAGE, versioned=True)
def edit_service(request: HttpRequest, service: UUID, body: ServiceChange) -> ServiceOut:
    """Change what is said of a service. What is booked already stays as it was booked."""
    actor, version = actor_of(request), expected_version(request)
    before = one_of(_visible(actor), service)
    details = _details(body.given(), before.clinics.all()[0].currency)
    change_service(service, details, actor=actor, now=now_of(request), version=version)
    return _shown(one_of(_visible(actor), service))


def _visible(actor: Actor) -> QuerySet[Service]:
    """With all that is shown, in seven queries."""
    clinics = Clinic.objects.visible_to(actor).only("pk", "currency")
    return whole(Service.objects.visible_to(actor)).prefetch_related(Prefetch("clinics", clinics))


def _details(values: dict[str, Any], currency: str) -> ServiceDetails:
    """As the domain has it: amounts in minor units of the clinics' currency."""
    for name in ("price", "follow_up_price"):
        if values.get(name) is not None:
            values[name] = minor(name, values[name], currency)
    if "phases" in values:
        values["phases"] = tuple(phase.details() for phase in values["phases"])
    if "providers" in values:
        values["providers"] = tuple(_offering(index, one, currency) for index, one in enumerate(values["providers"]))
    return ServiceDetails(**values)


def _offering(index: int, said: OfferingIn, currency: str) -> OfferingDetails:
    price = None if said.price is None else minor(f"providers.{index}.price", said.price, currency)
    return OfferingDetails(provider=said.provider, minutes=said.minutes, price=price)


def _shown(service: Service) -> ServiceOut:
    places, phases = service.clinics.all(), described(service)
    currency = places[0].currency

    def amount(minor: int | None) -> Money | None:
        return None if minor is None else Money.of(minor, currency)

    return ServiceOut(
        **{name: getattr(service, name) for name in SAME},
        id=service.pk,
        clinics=[clinic.pk for clinic in places],
        providers=[
            OfferingOut(provider=one.provider, minutes=one.minutes, price=amount(one.price)) for one in givers(service)
        ],
        minutes=sum(phase.minutes for phase in phases),
        phases=[PhaseOut(minutes=phase.minutes, needs=[_need(need) for need in phase.needs]) for phase in phases],
        price=Money.of(service.price, currency),
        follow_up_price=amount(service.follow_up_price),
    )


def _need(need: NeedDetails) -> NeedOut:
    return NeedOut(role=need.role, kind=need.kind or None, any_of=list(need.any_of), count=need.count)
