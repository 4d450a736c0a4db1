"""Packages that can be sold."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from orderly.api.operations import reads, writes
from orderly.api.paging import piece
from orderly.api.schemas import In, Money, MoneyIn, Out, Page
from orderly.api.setup_shared import ActiveQuery, Given, Whole, Word, minor, one_of
from orderly.api.types import Id, Yes
from orderly.core.errors import Forbidden
from orderly.edge.actors import actor_of, now_of
from orderly.edge.scope import clinic_for
from orderly.edge.versions import expected_version
from orderly.packages.actions.define import add_package, change_package
from orderly.packages.inputs import PackageDetails, Sessions
from orderly.packages.models import Package

router = Router(tags=["packages"])
ONE = "packages/{uuid:package}"
VIEW, MANAGE = "packages:view", "packages:manage"


class SessionsIn(In):
    service: Id
    sessions: Whole


class PackageChange(Given):
    name: Word | None = None
    price: MoneyIn | None = None
    validity_days: Whole | None = None
    services: list[SessionsIn] | None = None
    active: Yes | None = None


class PackageIn(PackageChange):
    """Without a clinic: sold and used in all that have the currency of its price; for those who manage them all."""

    NULLABLE = frozenset({"clinic"})

    clinic: Id | None = None
    name: Word
    price: MoneyIn
    validity_days: Whole
    services: list[SessionsIn]


class SessionsOut(Out):
    service: UUID
    sessions: int


class PackageOut(Out):
    id: UUID
    name: str
    clinic: UUID | None
    price: Money
    validity_days: int
    services: list[SessionsOut]
    total_sessions: int
    active: bool
    version: int


@reads(router, "packages", needs=VIEW)
def list_packages(request: HttpRequest, asked: Query[ActiveQuery]) -> Page[PackageOut]:
    """Packages by name; of a clinic those that are sold there."""
    actor = actor_of(request)
    clinic = None if asked.clinic is None else clinic_for(actor, VIEW, asked.clinic)
    if not actor.may_anywhere(VIEW):
        raise Forbidden(VIEW)
    rows = Package.objects.visible_to(actor.within(VIEW)).prefetch_related("services")
    if clinic is not None:
        rows = rows.of_clinic(clinic)
    if asked.active is not None:
        rows = rows.filter(active=asked.active)
    found, rest = piece(rows, ("name", "id"), asked, name="packages")
    return Page[PackageOut](items=[_shown(one) for one in found], next=rest)


@reads(router, ONE, needs=VIEW)
def get_package(request: HttpRequest, package: UUID) -> PackageOut:
    """One package."""
    actor = actor_of(request)
    found = one_of(Package.objects.visible_to(actor), package)
    if found.clinic_id is not None:
        actor.require(VIEW, found.clinic_id)
    elif not actor.may_anywhere(VIEW):
        raise Forbidden(VIEW)
    return _shown(found)


@writes(router, "POST", "packages", needs=MANAGE, status=201)
def create_package(request: HttpRequest, body: PackageIn) -> PackageOut:
    """Add a package to sell."""
    actor, values = actor_of(request), body.given()
    if body.clinic is not None:
        currency = clinic_for(actor, MANAGE, body.clinic).currency
    else:
        currency = values["currency"] = body.price.currency
    return _shown(add_package(_details(values, currency), actor=actor, now=now_of(request)))


@writes(router, "PATCH", ONE, needs=MANAGE, versioned=True)
def edit_package(request: HttpRequest, package: UUID, body: PackageChange) -> PackageOut:
    """Change what is said of a package. What was sold stays as it was sold."""
    actor, version = actor_of(request), expected_version(request)
    before = one_of(Package.objects.visible_to(actor), package)
    details = _details(body.given(), before.currency)
    return _shown(change_package(package, details, actor=actor, now=now_of(request), version=version))


def _details(values: dict[str, Any], currency: str) -> PackageDetails:
    if "price" in values:
        values["price"] = minor("price", values["price"], currency)
    if "services" in values:
        values["services"] = tuple(Sessions(service=one.service, sessions=one.sessions) for one in values["services"])
    return PackageDetails(**values)


def _shown(package: Package) -> PackageOut:
    services = [SessionsOut(service=one.service_id, sessions=one.sessions) for one in package.services.all()]
    return PackageOut(
        id=package.pk,
        name=package.name,
        clinic=package.clinic_id,
        price=Money.of(package.price, package.currency),
        validity_days=package.validity_days,
        services=services,
        total_sessions=sum(one.sessions for one in services),
        active=package.active,
        version=package.version,
    )
