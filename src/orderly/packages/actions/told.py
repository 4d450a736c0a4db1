"""Noting that a patient was told of visits that a purchase pays for."""

from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.told import EMAIL
from orderly.core.database import writing
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.packages.actions.write import ids_of
from orderly.packages.facts import PurchaseTold
from orderly.packages.models import Purchase


def note_purchase_told(found: Purchase, entry: int, kind: str, *, clinic: UUID, actor: Actor, now: datetime) -> None:
    """A message of this `kind` about its visits in a clinic went out because of an entry of its history. No errors."""
    ids = {**ids_of(found), "entry": entry, "channel": EMAIL, "kind": str(kind)}
    with writing():
        record(PurchaseTold(subject=found.pk, clinic=clinic, ids=ids), actor=actor, now=now)
