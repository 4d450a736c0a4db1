"""Set-up: chairs, rooms and devices."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from orderly.api.operations import reads, writes
from orderly.api.paging import piece
from orderly.api.schemas import Out, Page
from orderly.api.setup_shared import MANAGE, VIEW, ActiveQuery, Given, Stranded, Whole, Word, one_of, viewer
from orderly.api.types import Id, Yes
from orderly.appointments.actions.set_up import change_asset
from orderly.appointments.queries.stranded import by_asset
from orderly.core.errors import missing
from orderly.edge.actors import actor_of, now_of
from orderly.edge.versions import expected_version
from orderly.resources.actions.assets import add_asset
from orderly.resources.inputs import AssetDetails
from orderly.resources.models import Asset

router = Router(tags=["set-up"])
ONE = "resources/{uuid:resource}"


class ResourceChange(Given):
    name: Word | None = None
    capacity: Whole | None = Field(None, description="how many may use it at once")
    active: Yes | None = None


class ResourceIn(ResourceChange):
    name: Word
    kind: Literal["chair", "room", "equipment"]
    clinic: Id | None = None


class ResourceOut(Out):
    id: UUID
    clinic: UUID
    name: str
    kind: str
    capacity: int
    active: bool
    version: int


class ResourceChanged(ResourceOut, Stranded):
    """When it is out of use: all of its upcoming appointments; else those at times with more of them than places."""


@reads(router, "resources", needs=VIEW)
def list_resources(request: HttpRequest, asked: Query[ActiveQuery]) -> Page[ResourceOut]:
    """Chairs, rooms and devices by name."""
    rows = Asset.objects.visible_to(viewer(request, asked.clinic)).select_related("resource")
    if asked.active is not None:
        rows = rows.filter(resource__active=asked.active)
    found, rest = piece(rows, ("name", "id"), asked, name="resources")
    return Page[ResourceOut](items=[ResourceOut(**_shown(one)) for one in found], next=rest)


@reads(router, ONE, needs=VIEW)
def get_resource(request: HttpRequest, resource: UUID) -> ResourceOut:
    """One chair, room or device."""
    return ResourceOut(**_shown(one_of(Asset.objects.visible_to(viewer(request)), resource)))


@writes(router, "POST", "resources", needs=MANAGE, status=201)
def create_resource(request: HttpRequest, body: ResourceIn, clinic: Id | None = None) -> ResourceOut:
    """Add a chair, room or device to a clinic."""
    values = body.given()
    place, kind = values.pop("clinic", clinic), values.pop("kind")
    if place is None:
        raise missing("clinic")
    made = add_asset(place, kind, AssetDetails(**values), actor=actor_of(request), now=now_of(request))
    return ResourceOut(**_shown(made))


@writes(router, "PATCH", ONE, needs=MANAGE, versioned=True)
def edit_resource(request: HttpRequest, resource: UUID, body: ResourceChange) -> ResourceChanged:
    """Change what is said of a chair, room or device.

    Taking it out of use, or fewer places in it, is never refused because of what is booked: that stays, and is listed.
    """
    actor, now = actor_of(request), now_of(request)
    version = expected_version(request)
    changed = change_asset(resource, AssetDetails(**body.given()), actor=actor, now=now, version=version)
    return ResourceChanged(**_shown(changed), stranded=by_asset(changed, actor=actor, now=now))


def _shown(asset: Asset) -> dict[str, Any]:
    resource = asset.resource
    return {
        "id": asset.pk,
        "clinic": asset.clinic_id,
        "name": asset.name,
        "kind": resource.kind,
        "capacity": resource.capacity,
        "active": resource.active,
        "version": asset.version,
    }
