"""Keeping one time for one form: a new choice takes the place of the last one."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.hold import hold, let_go
from orderly.appointments.inputs import Wish
from orderly.calendars.models import Hold
from orderly.core.database import writing
from orderly.core.errors import NotFound, Refused
from orderly.journal.actor import Actor


def exchange(old: UUID | None, wish: Wish, *, actor: Actor, now: datetime) -> Hold:
    """Hold the wish instead of `old`, in one transaction so that nobody slips in between.

    Where the wish can't be held the old time is let go of too: the form no longer shows it. Errors as for holding.
    """
    try:
        with writing():
            forget(old, actor=actor, now=now)
            return hold(wish, actor=actor, now=now)
    except Refused:
        forget(old, actor=actor, now=now)
        raise


def forget(old: UUID | None, *, actor: Actor, now: datetime) -> None:
    """Let go of a hold if it is still there."""
    if old is not None:
        with suppress(NotFound):
            let_go(old, actor=actor, now=now)


def mine(hold_id: UUID | None, *, actor: Actor, now: datetime) -> Hold | None:
    """The actor's hold while it lasts."""
    if hold_id is None:
        return None
    live = Hold.objects.filter(pk=hold_id, owner=actor.user, claim__expires_at__gt=now)
    return live.select_related("claim").first()
