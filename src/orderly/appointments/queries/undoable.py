"""What somebody has just done with an appointment, and whether they can still take it back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final
from uuid import UUID

from orderly.appointments.choices import Status
from orderly.journal.models import Entry

WINDOW: Final = timedelta(minutes=3)
TOLD: Final = "patient_told"
BESIDE: Final = {"appointment_proposal_moved", TOLD, "check_in_link_made"}  # change nothing anybody decided
ANSWERED: Final = "telling_chosen"
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

NEWS: Final = {"appointment_booked", "appointment_cancelled", "appointment_reopened"}


@dataclass(frozen=True, slots=True)
class Change:
    """The last one: `entries` are the facts that one person wrote at one moment, oldest first; `answers` are what was
    said since about telling the patient of it.
    """

    entries: Sequence[Entry]
    answers: Sequence[Entry] = ()

    @property
    def first(self) -> Entry:
        return self.entries[0]

    @property
    def until(self) -> datetime:
        """As long as it can be taken back."""
        return self.first.at + WINDOW

    @property
    def tell(self) -> bool | None:
        """Whether the patient is to be told of it; None where nobody was asked yet."""
        said = [one.ids["tell"] for one in (*self.entries, *self.answers) if "tell" in one.ids]
        return any(said) if said else None

    @property
    def news(self) -> Entry | None:
        """What the patient could be told of it: where they are to come, when and to whom, or that they needn't."""
        return next((one for one in reversed(self.entries) if _is_news(one)), None)

    def against(self, user: UUID | None, now: datetime) -> str:
        """Why this user can't take it back now; nothing where they can."""
        grouped = any("session" in entry.ids for entry in self.entries)
        return self.closed(user, now) or ("together" if grouped else "")

    def untellable(self, user: UUID | None, now: datetime) -> str:
        """Why this user can't say now whether the patient is to be told of it; nothing where they can."""
        if self.news is None:
            return "nothing"
        return "answered" if self.tell is not None else self.closed(user, now)

    def closed(self, user: UUID | None, now: datetime) -> str:
        """Why there is nothing more to be said about it by this user."""
        facts = {entry.fact for entry in self.entries}
        if not self.entries or not facts <= KINDS | {UNDONE}:
            return "nothing"
        if UNDONE in facts:
            return "undone"
        if user is None or self.first.user != user:
            return "others"
        return "late" if now > self.until else ""


def last_change(appointment: UUID) -> Change:
    """One query. What was done at one moment by one person is one change, however many facts it took."""
    newest = Entry.objects.filter(subject=appointment).exclude(fact__in=BESIDE).order_by("-id")
    return change_of(list(newest.prefetch_related("words")[:MOST]))


def change_of(newest: Sequence[Entry]) -> Change:
    """The last change among an appointment's entries, the newest first."""
    told = [entry for entry in newest if entry.fact not in BESIDE | {ANSWERED}]
    together = list(takewhile(lambda entry: (entry.at, entry.user) == (told[0].at, told[0].user), told))[::-1]
    known = {entry.pk for entry in together}
    return Change(together, [one for one in newest if one.fact == ANSWERED and one.ids["entry"] in known])


def against_all(
    entry: Entry | None,
    user: UUID | None,
    now: datetime,
    *,
    undoable: Collection[str],
    undone: str,
    deed: int | None = None,
) -> str:
    """Why this user can't take back, all at once, what was done last to several visits, which the entry names, or not
    as the `deed` they mean; nothing where they can. `undoable` are the facts that can be, `undone` that they were. One
    query.
    """
    if entry is not None and entry.fact == undone:
        return "undone"
    if entry is None or entry.fact not in undoable:
        return "nothing"
    if user is None or entry.user != user:
        return "others"
    if now > entry.at + WINDOW:
        return "late"
    if deed not in (None, entry.pk):
        return "since"
    since = Entry.objects.filter(subject__in=entry.ids["appointments"], pk__gt=entry.pk)
    return "since" if since.exclude(fact__in={*BESIDE, ANSWERED}).exists() else ""


def untold(history: Iterable[Entry], telling: str) -> bool:
    """Whether the patient was to be told of any of this and no message (`telling` notes them) has gone out since: what
    is undone may have kept it back.
    """
    every = list(history)
    told = max((one.ids["entry"] for one in every if one.fact == telling), default=0)
    return any(one.ids.get("tell") and one.pk > told for one in every)


def _is_news(entry: Entry) -> bool:
    """Another room is none, nor whoever is only proposed."""
    if entry.fact == "appointment_rescheduled":
        return not {"start", "end", "provider"}.isdisjoint(entry.changes)
    before, after = entry.changes.get("status", (None, None))
    if entry.fact == "appointment_status_changed":
        return (before, after) == (Status.REQUESTED, Status.CONFIRMED)
    return entry.fact in NEWS and not (entry.fact == "appointment_reopened" and before != Status.CANCELLED)
