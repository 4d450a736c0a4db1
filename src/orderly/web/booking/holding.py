"""Keeping one time for one form: a new choice takes the place of the last one."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.hold import hold, let_go
from orderly.appointments.inputs import Wish
from orderly.calendars.models import Hold
from orderly.core.database import writing
from orderly.core.errors import CannotBook, NotFound, Refused
from orderly.engine.problems import Problem
from orderly.journal.actor import Actor
from orderly.web.booking.choice import Choice
from orderly.web.booking.forms import WhenForm


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


def keep(choice: Choice, form: WhenForm, *, actor: Actor, now: datetime) -> tuple[Hold, list[Problem]]:
    """Hold what the form says instead of what it held. Chairs and devices that were asked for at another time are given
    up, rather than the time, if only they are in the way: the second answer says why. Errors as for holding.
    """
    old = form.old_hold()
    try:
        return exchange(old, form.wish(choice.clinic), actor=actor, now=now), []
    except CannotBook as refused:
        against = [problem for problem in refused.problems if problem.field == "resources"]
        if not against or not choice.resources:
            raise
        choice.typed.setlist("resources", [])
        wish = replace(form.wish(choice.clinic), resources=frozenset())
        return exchange(old, wish, actor=actor, now=now), against


def forget(old: UUID | None, *, actor: Actor, now: datetime) -> None:
    """Let go of a hold if it is still there."""
    if old is not None:
        with suppress(NotFound):
            let_go(old, actor=actor, now=now)


def ignored(hold: Hold | None) -> frozenset[int]:
    """The claims that aren't in their own way."""
    return frozenset() if hold is None else frozenset({hold.claim_id})


def mine(hold_id: UUID | None, *, actor: Actor, now: datetime) -> Hold | None:
    """The actor's hold while it lasts."""
    if hold_id is None:
        return None
    live = Hold.objects.filter(pk=hold_id, owner=actor.user, claim__expires_at__gt=now)
    return live.select_related("claim", "provider").first()
