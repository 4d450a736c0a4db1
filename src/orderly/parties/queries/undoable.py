"""What somebody has just done with a whole party, and whether they can still take it back."""

from functools import partial
from typing import Final
from uuid import UUID

from orderly.appointments.queries.undoable import against_all
from orderly.journal.models import Entry

UNDONE: Final = "party_undone"
UNDOABLE: Final = frozenset({"party_booked", "party_moved", "party_cancelled"})
against: Final = partial(against_all, undoable=UNDOABLE, undone=UNDONE)


def last_done(party: UUID) -> Entry | None:
    """What was done last with all of it."""
    return Entry.objects.filter(subject=party).order_by("id").last()


def deed_of(party: UUID) -> int | None:
    """The entry of that."""
    entry = last_done(party)
    return entry.pk if entry else None
