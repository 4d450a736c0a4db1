"""Filters that somebody keeps for themselves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from orderly.core.database import insert_unless_taken, writing
from orderly.core.edits import refuse, wrong
from orderly.core.errors import NotFound, invalid
from orderly.edge.models import FilteredList, SavedFilter
from orderly.journal.actor import Actor

MOST = 50


def keep(name: str, shown: FilteredList, filters: Mapping[str, Any], *, actor: Actor, now: datetime) -> SavedFilter:
    """Keep these filters of a list under a name. Errors: Invalid for a name that is there, or one too many."""
    kept = SavedFilter(user_id=actor.person(), list=shown, name=name, filters=dict(filters), created_at=now)
    with writing():
        if SavedFilter.objects.filter(user=kept.user_id, list=shown).count() >= MOST:
            refuse([wrong("name", "enough", limit=MOST)])
        if not insert_unless_taken(kept):
            raise invalid("name", "there")
        return kept


def put(
    name: str, shown: FilteredList, filters: Mapping[str, Any], *, key: str = "", actor: Actor, now: datetime
) -> None:
    """Keep these filters under a name, in the place of those it had; a `key` that calls them up is taken from whatever
    had it. Errors: Invalid for one too many.
    """
    mine = SavedFilter.objects.filter(user=actor.person(), list=shown)
    with writing():
        for other in mine.exclude(name=name).filter(filters__key=key) if key else ():
            mine.filter(pk=other.pk).update(filters={**other.filters, "key": ""})
        whole = {**filters, "key": key}
        if not mine.filter(name=name).update(filters=whole):
            keep(name, shown, whole, actor=actor, now=now)


def forget(kept: UUID, *, actor: Actor) -> None:
    """Drop one's own. Errors: NotFound, for another's too."""
    with writing():
        if not SavedFilter.objects.filter(pk=kept, user=actor.person()).delete()[0]:
            raise NotFound
