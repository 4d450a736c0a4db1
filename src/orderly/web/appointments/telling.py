"""Whether the patient is to be told, and what they would read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderly.appointments.models import Appointment
from orderly.appointments.queries.undoable import change_of
from orderly.edge.notices import Kind, Notice, about, notice
from orderly.edge.telling import foreseen
from orderly.journal.actor import Actor
from orderly.journal.models import Entry

MODIFY = "booking:modify_appointment"


@dataclass(frozen=True, slots=True)
class Telling:
    """Where a message would go; nowhere for who has no e-mail address: their `mobile` is called. The messages are as
    the appointment stands.
    """

    email: str
    mobile: str
    cancelled: Notice
    confirmed: Notice


def telling(found: Appointment) -> Telling:
    it = about(found)
    return Telling(
        found.patient.email,
        found.patient.mobile,
        cancelled=notice(Kind.CANCELLED, it),
        confirmed=notice(Kind.CONFIRMED, it),
    )


@dataclass(frozen=True, slots=True)
class Question:
    """Whether the patient is to be told of what the reader has just done; it can be answered for so many `seconds`."""

    letter: Notice
    seconds: int


def question(found: Appointment, entries: Sequence[Entry], *, actor: Actor, now: datetime) -> Question | None:
    """What is still to be asked, by all that has happened to the appointment, the oldest first; None where it was
    asked with the change, isn't this reader's to say, or there is nothing a patient would want to know.
    """
    change = change_of(entries[::-1])
    if not actor.may(MODIFY, found.clinic_id) or change.untellable(actor.user, now) or change.news is None:
        return None
    kind = foreseen(change.news, found, entries, now=now)
    left = int((change.until - now).total_seconds())
    return Question(notice(kind, about(found)), left) if kind is not None and left > 0 else None
