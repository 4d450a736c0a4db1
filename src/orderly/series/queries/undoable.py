"""What somebody has just done with a whole series, and whether they can still take it back."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from orderly.appointments.queries.undoable import ANSWERED, BESIDE, WINDOW
from orderly.journal.models import Entry
from orderly.series.models import Series

UNDONE, TOLD = "series_undone", "series_told"
UNDOABLE: Final = frozenset({"series_created", "series_cancelled"})


def last_done(series: Series) -> Entry | None:
    """What was done last with any part of its chain."""
    return of_chain(series).exclude(fact=TOLD).last()


def of_chain(series: Series) -> QuerySet[Entry]:
    """What has happened to any part of its chain, the oldest first."""
    parts = Series.objects.filter(chain=series.chain).values("pk")
    return Entry.objects.filter(subject__in=parts).order_by("id")


def deed_of(series: Series) -> int | None:
    """The entry of that."""
    entry = last_done(series)
    return entry.pk if entry else None


def against(entry: Entry | None, user: UUID | None, now: datetime, *, deed: int | None = None) -> str:
    """Why this user can't take it back now, or not as the `deed` they mean; nothing where they can. Two queries."""
    if entry is not None and entry.fact == UNDONE:
        return "undone"
    if entry is None or entry.fact not in UNDOABLE:
        return "nothing"
    if user is None or entry.user != user:
        return "others"
    if now > entry.at + WINDOW:
        return "late"
    if deed not in (None, entry.pk):
        return "since"
    since = Entry.objects.filter(subject__in=entry.ids["appointments"], pk__gt=entry.pk)
    return "since" if since.exclude(fact__in={*BESIDE, ANSWERED}).exists() else ""
