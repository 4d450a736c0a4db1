"""What a fact in the journal means to those who watch: types and ids, nothing else."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from orderly.appointments import facts
from orderly.journal.facts import Fact, kind
from orderly.journal.models import Entry
from orderly.live.audiences import Audience, Kind

BATCH = 500  # entries read at a time
CREATED, UPDATED, CANCELLED = "appointment_created", "appointment_updated", "appointment_cancelled"
QUEUE, PAYMENT = "queue_updated", "payment_updated"
RELOAD = "reload"

TYPES: Mapping[type[Fact], tuple[str, ...]] = {
    facts.AppointmentBooked: (CREATED, QUEUE, PAYMENT),
    facts.AppointmentCancelled: (CANCELLED, QUEUE, PAYMENT),
    facts.AppointmentReopened: (UPDATED, QUEUE, PAYMENT),
    facts.AppointmentCorrected: (UPDATED,),
    facts.AppointmentPutBack: (UPDATED,),
    facts.VisitCalled: (QUEUE,),
    facts.VisitCallUndone: (QUEUE,),
    facts.VisitLeft: (QUEUE,),
    facts.VisitChecked: (UPDATED, QUEUE),
    facts.CheckInLinkMade: (),
    facts.ScreenAdded: (),
    facts.ScreenRevoked: (),
}
OTHERWISE = (UPDATED, QUEUE)  # rather looked at once too often than missed
OF_FACT = {
    kind(fact): TYPES.get(fact, OTHERWISE)
    for fact in vars(facts).values()
    if isinstance(fact, type) and issubclass(fact, Fact) and fact is not Fact and TYPES.get(fact, OTHERWISE)
}
log = logging.getLogger(__name__)
WHO = ("provider", "proposed_provider")
NAMED = ("visit", "patient", *WHO, "service")  # of what a fact names, what is passed on


@dataclass(frozen=True, slots=True)
class Event:
    """One journal entry as it is sent: whole, in one or more frames."""

    position: int
    clinic: UUID
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
    assert entry.clinic is not None  # appointments are a clinic's
    return Event(
        position=entry.position,
        clinic=entry.clinic,
        audiences=frozenset({Audience(Kind.CLINIC, entry.clinic), *_providers(entry)}),
        frames=_frames(entry.position, OF_FACT[entry.fact], _ids(entry)),
    )


def opening(position: int) -> str:
    """The first frame: where the stream begins."""
    return json.dumps({"position": position})


def reload(position: int) -> str:
    """Sent in place of all that happened up to `position`."""
    return json.dumps({"position": position, "type": RELOAD, "ids": {}})


def _frames(position: int, types: Sequence[str], ids: Mapping[str, str]) -> tuple[str, ...]:
    """All but the last say that there is more of this position."""
    frames: list[dict[str, Any]] = [{"position": position, "type": one, "ids": ids} for one in types]
    for frame in frames[:-1]:
        frame["more"] = True
    return tuple(map(json.dumps, frames))


def _ids(entry: Entry) -> dict[str, str]:
    named = {name: entry.ids[name] for name in NAMED if entry.ids.get(name)}
    return {"clinic": str(entry.clinic), "appointment": str(entry.subject), **named}


def _providers(entry: Entry) -> set[Audience]:
    """Whoever gives the appointment or is proposed for it, and whoever was until now."""
    named = {one for name in WHO for one in (entry.ids.get(name), *entry.changes.get(name, ()))}
    return {Audience(Kind.PROVIDER, UUID(one)) for one in named if one}
