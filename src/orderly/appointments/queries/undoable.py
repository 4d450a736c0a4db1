"""What somebody has just done with an appointment, and whether they can still take it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final
from uuid import UUID

from orderly.journal.models import Entry

WINDOW: Final = timedelta(minutes=3)
BESIDE: Final = {"appointment_proposal_moved", "patient_told", "check_in_link_made"}  # change nothing anybody decided
UNDONE: Final = "appointment_undone"
MOST: Final = 20  # facts of one verb, by far

KINDS: Final = frozenset(
    {
        "appointment_booked",
        "appointment_rescheduled",
        "appointment_assigned",
        "appointment_status_changed",
        "appointment_completed",
        "appointment_cancelled",
        "appointment_reopened",
        "appointment_corrected",
        "appointment_put_back",
        "visit_called",
        "visit_call_undone",
        "visit_checked",
        "visit_left",
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """The last one: `entries` are the facts that one person wrote at one moment, oldest first."""

    entries: Sequence[Entry]

    @property
    def first(self) -> Entry:
        return self.entries[0]

    @property
    def until(self) -> datetime:
        """As long as it can be taken back."""
        return self.first.at + WINDOW

    def against(self, user: UUID | None, now: datetime) -> str:
        """Why this user can't take it back now; nothing where they can."""
        facts = {entry.fact for entry in self.entries}
        if not self.entries or not facts <= KINDS | {UNDONE}:
            return "nothing"
        if UNDONE in facts:
            return "undone"
        if user is None or self.first.user != user:
            return "others"
        if now > self.until:
            return "late"
        return "together" if any("session" in entry.ids for entry in self.entries) else ""


def last_change(appointment: UUID) -> Change:
    """One query. What was done at one moment by one person is one change, however many facts it took."""
    newest = Entry.objects.filter(subject=appointment).exclude(fact__in=BESIDE).order_by("-id")
    return change_of(list(newest.prefetch_related("words")[:MOST]))


def change_of(newest: Sequence[Entry]) -> Change:
    """The last change among an appointment's entries, the newest first."""
    told = [entry for entry in newest if entry.fact not in BESIDE]
    together = takewhile(lambda entry: (entry.at, entry.user) == (told[0].at, told[0].user), told)
    return Change(list(together)[::-1])
