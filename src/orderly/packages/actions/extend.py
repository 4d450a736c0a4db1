"""Letting a purchase be used for longer."""

from datetime import date, datetime
from uuid import UUID

from orderly.billing.actions.credits import lock_invoice, unusable
from orderly.billing.actions.invoices import prolong
from orderly.core.clock import minute
from orderly.core.database import writing
from orderly.core.edits import refuse, save
from orderly.core.errors import Conflict
from orderly.engine.walltime import local
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.words import reason_given
from orderly.packages.actions.define import MANAGE
from orderly.packages.actions.write import end_of_day, ids_of, locked
from orderly.packages.choices import CLOSED
from orderly.packages.facts import PurchaseExtended
from orderly.packages.models import Purchase
from orderly.packages.rules import extension_problems


def extend_purchase(
    purchase: UUID, until: date, reason: str, *, actor: Actor, now: datetime, version: int | None = None
) -> Purchase:
    """Its sessions can take place until the end of a later day `until` of the clinic that sold it; one that had expired
    can be used again.

    Errors: NotFound, Forbidden (`packages:manage`), Stale; Invalid without a reason, or for a day that isn't later or
    is over; Conflict `package_unusable` for one that was called off.
    """
    said = reason_given(reason)
    with writing():
        found = locked(purchase, MANAGE, actor=actor, version=version)
        lock_invoice(found.invoice_id)
        if found.status in CLOSED:
            raise Conflict(unusable("closed", "purchase"))
        zone = found.clinic.timezone
        refuse(extension_problems(found, until, local(zone, minute(now))[0]))
        old, found.expires_on = found.expires_on, until
        save(found, ["expires_on"])
        prolong(found.invoice_id, usable_until=end_of_day(zone, until))
        changes = {"expires_on": (old.isoformat(), until.isoformat())}
        fact = PurchaseExtended(subject=found.pk, clinic=found.clinic_id, ids=ids_of(found), changes=changes, note=said)
        record(fact, actor=actor, now=now)
    return found
