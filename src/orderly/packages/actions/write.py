"""Small pieces that several verbs share."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from orderly.core.edits import locked as lock_one
from orderly.core.errors import Stale
from orderly.engine.walltime import to_minute
from orderly.journal.actor import Actor
from orderly.packages.models import Purchase
from orderly.packages.queries.purchases import versions


def locked(purchase: UUID, permission: str, *, actor: Actor, version: int | None = None) -> Purchase:
    """The purchase, locked until the transaction ends: after the appointments that draw on it, before its invoice and
    all resources.

    Errors: NotFound if it isn't the actor's to see, Forbidden without `permission` where it was sold, Stale where
    somebody changed it or one of its visits since `version`, which is one of `versions`.
    """
    found = lock_one(Purchase.objects.visible_to(actor), purchase)
    actor.require(permission, found.clinic_id)
    if version is not None and version != versions([found])[found.pk]:
        raise Stale
    return found


def end_of_day(zone: str, day: date) -> int:
    """The minute (since 1970 UTC) at which a local day is over."""
    return to_minute(zone, day + timedelta(days=1), 0)


def ids_of(purchase: Purchase) -> Mapping[str, Any]:
    """What a fact about a purchase names."""
    return {
        "patient": str(purchase.patient_id),
        "package": str(purchase.package_id),
        "invoice": str(purchase.invoice_id),
    }
