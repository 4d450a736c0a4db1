"""Set-up: providers, and what they are booked for."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from ninja import Query, Router

from orderly.api.operations import reads, writes
from orderly.api.paging import Paged, piece
from orderly.api.schemas import Out, Page
from orderly.api.setup_shared import (
    MANAGE,
    VIEW,
    ActiveQuery,
    Given,
    Stranded,
    Whole,
    Word,
    one_of,
    take_clinics,
    viewer,
)
from orderly.api.shown import AppointmentOut, listed
from orderly.api.types import Id, Yes
from orderly.appointments.actions.set_up import change_giver
from orderly.appointments.queries.stranded import by_provider, upcoming
from orderly.catalogue.actions.givers import engage
from orderly.catalogue.models import Offering, Service
from orderly.clinics.models import Clinic
from orderly.edge.actors import actor_of, now_of
from orderly.edge.readlog import looked
from orderly.edge.versions import expected_version
from orderly.journal.actor import Actor
from orderly.resources.inputs import ProviderDetails
from orderly.resources.models import Provider

router = Router(tags=["set-up"])
ONE = "providers/{uuid:provider}"


class ProviderChange(Given):
    """`share_percent` is the provider's share of the price; `user` is who signs in as the provider."""

    NULLABLE: ClassVar[frozenset[str]] = frozenset({"user"})

    name: Word | None = None
    title: Word | None = None
    active: Yes | None = None
    clinics: list[Id] | None = None
    services: list[Id] | None = None
    user: Id | None = None
    colour: Word | None = None
    photo: Word | None = None
    share_percent: Whole | None = None


class ProviderIn(ProviderChange):
    """Without `services`: all that the clinics offer. `clinic` is short for one of `clinics`."""

    name: Word
    clinic: Id | None = None


class ProviderOut(Out):
    """`clinics` and `services` are those of one's own clinics."""

    id: UUID
    name: str
    title: str
    active: bool
    clinics: list[UUID]
    services: list[UUID]
    user: UUID | None
    colour: str
    photo: str
    share_percent: int
    version: int


class ProviderChanged(ProviderOut, Stranded):
    """After the provider was stood down: all of their upcoming appointments; else those in clinics they have left."""


SAME = ("name", "title", "colour", "photo", "share_percent", "version")


@reads(router, "providers", needs=VIEW)
def list_providers(request: HttpRequest, asked: Query[ActiveQuery]) -> Page[ProviderOut]:
    """Providers by name."""
    rows = _visible(viewer(request, asked.clinic))
    if asked.active is not None:
        rows = rows.filter(resource__active=asked.active)
    found, rest = piece(rows, ("name", "id"), asked, name="providers")
    return Page[ProviderOut](items=[ProviderOut(**_shown(one)) for one in found], next=rest)


@reads(router, ONE, needs=VIEW)
def get_provider(request: HttpRequest, provider: UUID) -> ProviderOut:
    """One provider."""
    return ProviderOut(**_shown(one_of(_visible(viewer(request)), provider)))


@writes(router, "POST", "providers", needs=MANAGE, status=201)
def create_provider(request: HttpRequest, body: ProviderIn, clinic: Id | None = None) -> ProviderOut:
    """Take on a provider, who can be booked as soon as they have working hours."""
    actor, values = actor_of(request), body.given()
    clinics, services = take_clinics(values, clinic), values.pop("services", None)
    made = engage(ProviderDetails(**values, clinics=clinics), services, actor=actor, now=now_of(request))
    return ProviderOut(**_shown(one_of(_visible(actor), made.pk)))


@writes(router, "PATCH", ONE, needs=MANAGE, versioned=True)
def edit_provider(request: HttpRequest, provider: UUID, body: ProviderChange) -> ProviderChanged:
    """Change what is said of a provider.

    `active: false` is never refused because of what is booked, since a provider may leave or fall ill at any time:
    nobody can book them from then on, and the answer lists the appointments that are left without a provider. To see
    those first, ask for `providers/{id}/upcoming`.
    """
    actor, now, values = actor_of(request), now_of(request), body.given()
    services = values.pop("services", None)
    version = expected_version(request)
    change_giver(provider, ProviderDetails(**values), services, actor=actor, now=now, version=version)
    changed = one_of(_visible(actor), provider)
    return ProviderChanged(**_shown(changed), stranded=by_provider(changed, actor=actor, now=now))


@reads(router, f"{ONE}/upcoming", needs=VIEW, shows="appointments")
def list_upcoming(request: HttpRequest, provider: UUID, paged: Query[Paged]) -> Page[AppointmentOut]:
    """The appointments that a provider is needed for from now on: what would be stranded if they left."""
    actor = viewer(request)
    found = one_of(Provider.objects.visible_to(actor), provider)
    rows = upcoming(found.resource_id, actor=actor, now=now_of(request))
    page, rest = piece(rows.select_related("cancel_reason"), ("start", "id"), paged, name="upcoming")
    looked(request, "appointments", among=[one.pk for one in page], provider=provider)
    return Page[AppointmentOut](items=listed(page), next=rest)


def _visible(actor: Actor) -> QuerySet[Provider]:
    """With all that is shown, in three queries."""
    clinics = Clinic.objects.visible_to(actor).only("pk")
    offered = Service.objects.visible_to(actor).order_by().values("pk")
    offerings = Offering.objects.filter(service__in=offered).order_by("id")
    return (
        Provider.objects.visible_to(actor)
        .select_related("resource")
        .prefetch_related(Prefetch("clinics", clinics), Prefetch("offerings", offerings))
    )


def _shown(provider: Provider) -> dict[str, Any]:
    return {
        **{name: getattr(provider, name) for name in SAME},
        "id": provider.pk,
        "active": provider.resource.active,
        "clinics": [clinic.pk for clinic in provider.clinics.all()],
        "services": [offering.service_id for offering in provider.offerings.all()],
        "user": provider.user_id,
    }
