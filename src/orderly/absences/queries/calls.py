"""Whom of those whose visits were rearranged somebody has to call, and who has been called."""

from collections.abc import Mapping
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
    done = {entry.subject: entry for entry in Entry.objects.filter(subject__in=moved, fact__in=SAID).order_by("id")}
    return [Call(one, _since(done.get(one.pk), moved[one.pk])) for one in found.whole().order_by("start", "pk")]


def _moved(clinic: UUID, now: datetime) -> Mapping[UUID, int]:
    """Each with the entry that moved it last, unless that was undone."""
    entries = Entry.objects.filter(clinic=clinic, at__gte=now - RECENT, fact__in=(REARRANGED, UNDONE)).order_by("id")
    moved: dict[UUID, int] = {}
    for entry in entries:
        for one in map(UUID, entry.ids["appointments"]):
            moved[one] = entry.pk
            if entry.fact == UNDONE:
                del moved[one]
    return moved


def _since(said: Entry | None, moved: int) -> Entry | None:
    return said if said is not None and said.fact == PHONED and said.pk > moved else None
