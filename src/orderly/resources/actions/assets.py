"""Chairs, rooms and devices: adding them and changing what is said of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.clinics.queries import named
from orderly.core.database import writing
from orderly.core.edits import Changes, fresh, locked, put, refuse, save
from orderly.core.errors import invalid
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.resources import locks
from orderly.resources.facts import AssetAdded, AssetChanged
from orderly.resources.inputs import AssetDetails
from orderly.resources.models import ASSET_KINDS, Asset, Resource
from orderly.resources.rules import asset_problems

MANAGE = "settings:manage"
OF_RESOURCE = ("capacity", "active")


def add_asset(clinic: UUID, kind: str, details: AssetDetails, *, actor: Actor, now: datetime) -> Asset:
    """A chair, room or device of the clinic.

    Errors: NotFound, Forbidden (`settings:manage`); Invalid with every wrong or missing field.
    """
    actor.require(MANAGE, clinic)
    named([clinic], actor=actor)
    if kind not in ASSET_KINDS:
        raise invalid("kind", "unknown")
    values = {"name": "", **details.given()}
    asset = Asset(clinic_id=clinic, resource=Resource(kind=kind))
    _apply(asset, values)
    with writing():
        asset.resource.save()
        asset.resource_id = asset.resource.pk
        asset.save(force_insert=True)
        changes = {"kind": (None, kind), **fresh(asset, ["name"]), **fresh(asset.resource, OF_RESOURCE)}
        record(AssetAdded(subject=asset.pk, clinic=clinic, changes=changes), actor=actor, now=now)
    return asset


def change_asset(
    asset: UUID, details: AssetDetails, *, actor: Actor, now: datetime, version: int | None = None
) -> Asset:
    """Write the given details. Taking it out of use, or fewer places in it, succeeds whatever it is booked for: the
    caller asks `appointments` for the visits this strands.

    Errors: NotFound, Forbidden (`settings:manage`), Stale; Invalid with every wrong field.
    """
    with writing():
        found = locked(Asset.objects.visible_to(actor), asset, version=version)
        actor.require(MANAGE, found.clinic_id)
        found.resource = locks.lock([found.resource_id])[found.resource_id]
        changes = _apply(found, details.given())
        if changes:
            found.resource.save(update_fields=OF_RESOURCE)
            save(found, ["name"])
            record(AssetChanged(subject=asset, clinic=found.clinic_id, changes=changes), actor=actor, now=now)
    return found


def _apply(asset: Asset, values: dict[str, Any]) -> Changes:
    of_resource = {name: values.pop(name) for name in OF_RESOURCE if name in values}
    changes = put(asset.resource, of_resource) | put(asset, values)
    refuse(asset_problems(asset, asset.resource, values.keys()))
    return changes
