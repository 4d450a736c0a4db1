"""What a fact in the journal means to those who watch: types and ids, nothing else."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from uuid import UUID

from orderly.absences.facts import AppointmentsRearranged, PatientPhoned, PhoningTakenBack, RearrangementUndone
from orderly.appointments import facts
from orderly.calendars import facts as times
from orderly.catalogue import facts as services
from orderly.dossier.facts import PatientsMerged, PatientStoodDown, PatientsUnmerged, PatientTakenBack
from orderly.journal.facts import Fact, kind
from orderly.journal.models import Entry
from orderly.live.audiences import Audience, Kind
from orderly.patients.facts import FamilyChanged, PatientChanged, PatientLinked, PatientRegistered
from orderly.resources import facts as resources

BATCH = 500  # entries read at a time
CREATED, UPDATED, CANCELLED = "appointment_created", "appointment_updated", "appointment_cancelled"
QUEUE, PAYMENT = "queue_updated", "payment_updated"
CALENDAR, PATIENT, HOLDS = "calendar_updated", "patient_updated", "holds_updated"
RELOAD = "reload"

TYPES: Mapping[type[Fact], tuple[str, ...]] = {
    facts.AppointmentBooked: (CREATED, QUEUE, PAYMENT),
    facts.AppointmentCancelled: (CANCELLED, QUEUE, PAYMENT),
    facts.AppointmentReopened: (UPDATED, QUEUE, PAYMENT),
    facts.AppointmentCorrected: (UPDATED,),
    facts.AppointmentPutBack: (UPDATED,),
    PatientPhoned: (UPDATED,),
    PhoningTakenBack: (UPDATED,),
    facts.VisitCalled: (QUEUE,),
    facts.VisitCallUndone: (QUEUE,),
    facts.VisitLeft: (QUEUE,),
    facts.VisitChecked: (UPDATED, QUEUE),
    facts.CheckInLinkMade: (),
    facts.ScreenAdded: (),
    facts.ScreenRevoked: (),
}
OTHERWISE = (UPDATED, QUEUE)  # rather looked at once too often than missed


def _facts_of(module: ModuleType) -> list[type[Fact]]:
    return [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Fact) and one is not Fact]


PATIENTS = (
    *(PatientRegistered, PatientChanged, PatientLinked, FamilyChanged),
    *(PatientStoodDown, PatientTakenBack, PatientsMerged, PatientsUnmerged),
)

# Of these the subject is no appointment, and who watches only has to look again.
AROUND = {
    **{kind(fact): (CALENDAR,) for module in (times, services, resources) for fact in _facts_of(module)},
    **{kind(fact): (PATIENT,) for fact in PATIENTS},
    **{kind(fact): (CALENDAR,) for fact in (AppointmentsRearranged, RearrangementUndone)},
}
OF_FACT = {
    **{kind(fact): TYPES.get(fact, OTHERWISE) for fact in {*_facts_of(facts), *TYPES} if TYPES.get(fact, OTHERWISE)},
    **AROUND,
}
log = logging.getLogger(__name__)
WHO = ("provider", "proposed_provider")
NAMED = ("visit", "patient", *WHO, "service")  # of what a fact names, what is passed on


@dataclass(frozen=True, slots=True)
class Event:
    """One journal entry as it is sent: whole, in one or more frames. Without a clinic it concerns them all."""

    position: int
    clinic: UUID | None
    audiences: frozenset[Audience]
    frames: tuple[str, ...]


def after(position: int) -> tuple[int, list[Event]]:
    """What happened next, and the position up to which that is all; the same position when nothing has."""
    columns = ("position", "fact", "clinic", "subject", "ids", "changes")
    entries = list(Entry.objects.filter(position__gt=position).order_by("position").only(*columns)[:BATCH])
    last = entries[-1].position if entries else None
    return last or position, list(_told(entry for entry in entries if entry.fact in OF_FACT))


def _told(entries: Iterable[Entry]) -> Iterator[Event]:
    """One that can't be read is logged and passed over: nobody should wait behind it for ever."""
    for entry in entries:
        try:
            yield event_of(entry)
        except Exception as error:
            log.error("entry %s can't be told", entry.position, exc_info=error)


def event_of(entry: Entry) -> Event:
    assert entry.position is not None
    assert entry.clinic or entry.fact in AROUND  # appointments are a clinic's
    clinic = {Audience(Kind.CLINIC, entry.clinic)} if entry.clinic else set()
    return Event(
        position=entry.position,
        clinic=entry.clinic,
        audiences=frozenset({*clinic, *_providers(entry)}),
        frames=_frames(entry.position, OF_FACT[entry.fact], _ids(entry)),
    )


def opening(position: int) -> str:
    """The first frame: where the stream begins."""
    return json.dumps({"position": position})


def reload(position: int) -> str:
    """Sent in place of all that happened up to `position`."""
    return json.dumps({"position": position, "type": RELOAD, "ids": {}})


def held(position: int, clinic: UUID) -> str:
    """Other times are held in the clinic than before. Holds leave no trace in the journal, so nothing is replayed."""
    return json.dumps({"position": position, "type": HOLDS, "ids": {"clinic": str(clinic)}})


def _frames(position: int, types: Sequence[str], ids: Mapping[str, str]) -> tuple[str, ...]:
    """All but the last say that there is more of this position."""
    frames: list[dict[str, Any]] = [{"position": position, "type": one, "ids": ids} for one in types]
    for frame in frames[:-1]:
        frame["more"] = True
    return tuple(map(json.dumps, frames))


def _ids(entry: Entry) -> dict[str, str]:
    if entry.fact in AROUND:
        named = {"patient": str(entry.subject)} if AROUND[entry.fact] == (PATIENT,) else {}
        return {"clinic": str(entry.clinic), **named} if entry.clinic else named
    named = {name: entry.ids[name] for name in NAMED if entry.ids.get(name)}
    return {"clinic": str(entry.clinic), "appointment": str(entry.subject), **named}


def _providers(entry: Entry) -> set[Audience]:
    """Whoever gives the appointment or is proposed for it, and whoever was until now."""
    named = {one for name in WHO for one in (entry.ids.get(name), *entry.changes.get(name, ()))}
    return {Audience(Kind.PROVIDER, UUID(one)) for one in named if one}
