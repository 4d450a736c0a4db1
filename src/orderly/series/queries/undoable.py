"""What somebody has just done with a whole series, and whether they can still take it back."""

from functools import partial
from typing import Final

from django.db.models import QuerySet

from orderly.appointments.queries.undoable import against_all
from orderly.journal.models import Entry
from orderly.series.models import Series

UNDONE, TOLD = "series_undone", "series_told"
UNDOABLE: Final = frozenset({"series_created", "series_cancelled"})
against: Final = partial(against_all, undoable=UNDOABLE, undone=UNDONE)


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
