"""Telling patients by e-mail what became of their appointment, three minutes after whoever changed it said so.

A message tells how things stand when it goes out, and several changes in a row are one message. A messaging layer takes
the place of `tell_patient`; what the facts say (`ids["tell"]`) stays.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from orderly.appointments.actions.told import note_told
from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.appointments.queries.undoable import UNDONE, WINDOW
from orderly.core.clock import minute
from orderly.edge.mail import send
from orderly.edge.notices import Kind, about, kind_now, notice
from orderly.journal.actions import later, outside
from orderly.journal.actor import SYSTEM
from orderly.journal.models import Entry

MARGIN: Final = timedelta(seconds=10)  # an undo pressed at the last moment is in the database by then
WAIT: Final = WINDOW + MARGIN
TOGETHER: Final = timedelta(hours=1)  # changes whose message hasn't gone out yet, should the worker have been away
EXPECTED: Final = frozenset({Status.REQUESTED, Status.CONFIRMED})

SAID: Final = {
    "appointment_booked": Kind.BOOKED,
    "appointment_reopened": Kind.BOOKED,
    "appointment_rescheduled": Kind.MOVED,
    "appointment_assigned": Kind.CONFIRMED,
    "appointment_status_changed": Kind.CONFIRMED,
    "appointment_cancelled": Kind.CANCELLED,
}


FACTS: Final = (*SAID, UNDONE)


def asks(entry: Entry) -> bool:
    """Whether the patient is to be told of it; of what was undone, so that what came before it is told after all."""
    return bool(entry.ids.get("tell")) and entry.fact in FACTS


@later(WAIT, asks)
@outside
def tell_patient(entry: Entry, now: datetime) -> None:
    """Unless it was undone, a newer change tells it, or it has become untrue: then there is nothing to send."""
    found = Appointment.objects.whole().filter(pk=entry.subject).first()
    if found is None or not found.patient.email:
        return
    kind = owed(entry, found, list(Entry.objects.filter(subject=found.pk).order_by("id")), now=now)
    if kind is not None:
        said = notice(kind, about(found))
        send(said.subject, said.text, found.patient.email)
        note_told(found, entry.pk, kind, actor=SYSTEM, now=now)


def owed(entry: Entry, found: Appointment, history: Sequence[Entry], *, now: datetime) -> Kind | None:
    """What the patient is to read because of this entry, by all that has happened to the appointment."""
    waiting = _waiting(history)
    kinds = [SAID[one.fact] for one in waiting if one.fact in SAID]
    if not kinds or waiting[-1].pk != entry.pk or found.start <= minute(now):
        return None
    if found.status == Status.CANCELLED:  # whoever never heard of it needn't hear that it is off
        return Kind.CANCELLED if kinds[-1] is Kind.CANCELLED and Kind.BOOKED not in kinds[:-1] else None
    if kinds[-1] is Kind.CANCELLED or found.status not in EXPECTED:
        return None
    return kind_now(found.status, Kind.BOOKED if Kind.BOOKED in kinds else kinds[-1])


def _waiting(history: Sequence[Entry]) -> list[Entry]:
    """What the patient was to be told of and hasn't been yet: not undone, and no message has gone out since."""
    undone = [(one.ids["entry"], one.pk) for one in history if one.fact == UNDONE]
    told = max((one.ids["entry"] for one in history if one.fact == "patient_told"), default=0)
    asked = [one for one in history if asks(one) and one.pk > told]
    left = [one for one in asked if not any(first <= one.pk < last for first, last in undone)]
    return [one for one in left if left[-1].at - one.at < TOGETHER]
