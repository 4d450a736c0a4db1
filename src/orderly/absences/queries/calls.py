"""Whom of those whose visits were rearranged somebody has to call, and who has been called."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from orderly.absences.queries.undoable import REARRANGED, UNDONE
from orderly.appointments.choices import EXTENDABLE
from orderly.appointments.models import Appointment
from orderly.core.clock import minute
from orderly.journal.models import Entry

RECENT: Final = timedelta(hours=12)
PHONED: Final = "patient_phoned"
SAID: Final = (PHONED, "phoning_taken_back")
PLACE: Final = {"start", "provider"}


@dataclass(frozen=True, slots=True)
class Call:
    """A visit at another time, or with somebody else, and what says that the patient was called since."""

    appointment: Appointment
    done: Entry | None


def calls(clinic: UUID, *, now: datetime) -> list[Call]:
    """Those to come that were rearranged in the last hours, of patients who can't be written to, by start. Up to three
    queries.
    """
    moved = _moved(clinic, now)
    if not moved:
        return []
    found = Appointment.objects.filter(pk__in=moved, patient__email="", status__in=EXTENDABLE, start__gt=minute(now))
    done = _done(moved, now)
    return [Call(one, done.get(one.pk)) for one in found.whole().order_by("start", "pk")]


def _moved(clinic: UUID, now: datetime) -> set[UUID]:
    """Those of rearrangements that stand."""
    entries = list(Entry.objects.filter(clinic=clinic, at__gte=now - RECENT, fact__in=(REARRANGED, UNDONE)))
    undone = {entry.ids["entry"] for entry in entries if entry.fact == UNDONE}
    stand = (entry for entry in entries if entry.fact == REARRANGED and entry.pk not in undone)
    return {UUID(one) for entry in stand for one in entry.ids["appointments"]}


def _done(moved: Collection[UUID], now: datetime) -> Mapping[UUID, Entry]:
    """What says of each that its patient was called, and about where it is now: whatever moved it since ends that."""
    last: dict[UUID, Entry] = {}
    for entry in Entry.objects.filter(subject__in=moved, at__gte=now - RECENT).order_by("id"):
        if entry.fact in SAID or not PLACE.isdisjoint(entry.changes):
            last[entry.subject] = entry
    return {one: entry for one, entry in last.items() if entry.fact == PHONED}
