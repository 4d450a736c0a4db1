"""Screens of the clinic's that nobody signs in to: making their links, and ending them."""

import secrets
from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.visits import MANAGE
from orderly.appointments.choices import ScreenKind
from orderly.appointments.facts import ScreenAdded, ScreenRevoked
from orderly.appointments.models import Screen
from orderly.core.database import writing
from orderly.core.edits import faults, refuse
from orderly.core.errors import NotFound, invalid
from orderly.core.text import trimmed
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.people.queries import digest

PREFIX = "scr_"  # told apart from a user's token
MOST = 50  # in one clinic


def add_screen(clinic: UUID, kind: str, name: str, *, actor: Actor, now: datetime) -> tuple[Screen, str]:
    """A display or a kiosk, and the secret of its link, which is never to be had again.

    Errors: NotFound, Forbidden (`queue:manage`); Invalid for its name or kind, or where there are too many.
    """
    actor.require(MANAGE, clinic)
    secret = PREFIX + secrets.token_urlsafe(32)
    made = Screen(
        clinic_id=clinic,
        kind=kind,
        name=trimmed(name),
        digest=digest(secret),
        made_at=now,
        made_by_id=actor.user,
    )
    refuse(faults(made, ("kind", "name")))
    with writing():
        if Screen.objects.filter(clinic=clinic, revoked_at__isnull=True).count() >= MOST:
            raise invalid("name", "too_many")
        made.save(force_insert=True)
        record(ScreenAdded(subject=made.pk, clinic=clinic, ids={"kind": str(ScreenKind(kind))}), actor=actor, now=now)
    return made, secret


def revoke_screen(screen: UUID, *, actor: Actor, now: datetime) -> Screen:
    """Its link is dead at once; again changes nothing. Errors: NotFound, Forbidden (`queue:manage`)."""
    with writing():
        found = Screen.objects.visible_to(actor).select_for_update(no_key=True).filter(pk=screen).first()
        if found is None:
            raise NotFound
        actor.require(MANAGE, found.clinic_id)
        if found.revoked_at is None:
            found.revoked_at = now
            found.save(update_fields=["revoked_at"])
            record(ScreenRevoked(subject=found.pk, clinic=found.clinic_id), actor=actor, now=now)
    return found


def note_seen(screen: Screen, *, now: datetime) -> None:
    """That it is switched on; written once a minute, however often it asks."""
    this_minute = now.replace(second=0, microsecond=0)
    if screen.seen_at is None or screen.seen_at < this_minute:
        Screen.objects.filter(pk=screen.pk).update(seen_at=this_minute)
