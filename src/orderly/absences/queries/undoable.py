"""What somebody has just rearranged, and whether they can still take it back."""

from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db.models import Q

from orderly.appointments.queries.undoable import WINDOW, against_all
from orderly.journal.models import Entry

REARRANGED, UNDONE = "appointments_rearranged", "rearrangement_undone"
against: Final = partial(against_all, undoable=frozenset({REARRANGED}), undone=UNDONE)


def last_done(clinic: UUID, deed: int) -> Entry | None:
    """That rearrangement, or that it was undone."""
    itself = Q(pk=deed, fact=REARRANGED) | Q(pk__gt=deed, fact=UNDONE, ids__entry=deed)
    return Entry.objects.filter(itself, subject=clinic).order_by("id").last()


def undoable_of(clinic: UUID, user: UUID | None, now: datetime) -> Entry | None:
    """What this user has rearranged last, if they can still take it back. Up to three queries."""
    mine = Entry.objects.filter(clinic=clinic, at__gte=now - WINDOW, fact=REARRANGED, user=user)
    last = mine.order_by("id").last()
    found = last_done(clinic, last.pk) if last else None
    return None if against(found, user, now) else found
