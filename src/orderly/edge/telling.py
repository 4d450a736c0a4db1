"""Telling patients by e-mail what became of their appointment, three minutes after whoever changed it said so.

A message tells how things stand when it goes out, and several changes in a row are one message. A messaging layer takes
the place of `tell_patient`; what the facts say (`ids["tell"]`) stays.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from orderly.appointments.actions.told import note_told
from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.appointments.queries.undoable import ANSWERED, TOLD, UNDONE, WINDOW
from orderly.core.clock import minute
from orderly.documents.confirmation import confirmation
from orderly.edge.mail import send
from orderly.edge.notices import Kind, about, kind_now, notice
from orderly.journal.actions import later, outside
from orderly.journal.actor import SYSTEM
from orderly.journal.models import Entry
from orderly.series.models import Series

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


FACTS: Final = (*SAID, ANSWERED, UNDONE)
BOOKED_TOGETHER: Final = ("series_created", "purchase_scheduled")
WHOLE: Final = {**dict.fromkeys(BOOKED_TOGETHER, Kind.BOOKED), "series_changed": Kind.MOVED}
TOLD_TOGETHER: Final = ("series_told", "purchase_told")


def asks(entry: Entry) -> bool:
    """Whether the patient is to be told of it. Of what was undone always: so that what came before is told after all,
    and what went out without it.
    """
    return entry.fact == UNDONE or (bool(entry.ids.get("tell")) and entry.fact in FACTS)


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
        enclosed = () if kind is Kind.CANCELLED else ((f"{found.number}.pdf", confirmation(found, now=now)),)
        send(said.subject, said.text, found.patient.email, *enclosed)
        note_told(found, entry.pk, kind, actor=SYSTEM, now=now)


def owed(entry: Entry, found: Appointment, history: Sequence[Entry], *, now: datetime) -> Kind | None:
    """What the patient is to read because of this entry, by all that has happened to the appointment."""
    owing = _waiting(history)
    return _kind(found, owing, history, now) if owing and owing[-1].pk == entry.pk else None


def foreseen(news: Entry, found: Appointment, history: Sequence[Entry], *, now: datetime) -> Kind | None:
    """What the patient would read if they were told of this entry, of which nobody was asked yet."""
    return _kind(found, [*_waiting(history), news], history, now)


def _kind(found: Appointment, waiting: Sequence[Entry], history: Sequence[Entry], now: datetime) -> Kind | None:
    known = {one.pk: one for one in history}
    said = [known.get(one.ids["entry"], one) if one.fact == ANSWERED else one for one in waiting]
    kinds = [SAID[one.fact] for one in said if one.fact in SAID] or _left_out(found, said, known)
    if not kinds or found.start <= minute(now) or _told_with_others(found, said[-1], history):
        return None
    if found.status == Status.CANCELLED:  # whoever never heard of it needn't hear that it is off
        return Kind.CANCELLED if kinds[-1] is Kind.CANCELLED and Kind.BOOKED not in kinds[:-1] else None
    if kinds[-1] is Kind.CANCELLED or found.status not in EXPECTED:
        return None
    return kind_now(found.status, Kind.BOOKED if Kind.BOOKED in kinds else kinds[-1])


def _left_out(found: Appointment, said: Sequence[Entry], known: Mapping[int, Entry]) -> list[Kind]:
    """What a message about all visits that were booked or moved with this one told while it was called off, until that
    was undone: of this one the patient is told by itself. What was undone together is told together (`series_telling`).
    """
    undone = said[-1] if said else None
    off = known.get(undone.ids["entry"]) if undone and undone.fact == UNDONE else None
    if undone is None or off is None or off.fact != "appointment_cancelled":
        return []
    there = Entry.objects.filter(clinic=off.clinic, at__gte=off.at - TOGETHER, pk__lt=undone.pk, fact__in=WHOLE)
    asked = [one for one in there if one.ids.get("tell") and str(found.pk) in one.ids["appointments"]]
    missed = [one for one in asked if _had_gone_out(one, undone) and not _had_gone_out(one, off)]
    beside = Entry.objects.filter(clinic=undone.clinic, at=undone.at, user=undone.user, fact="series_undone")
    return [WHOLE[one.fact] for one in missed] if missed and not beside.exists() else []


def _told_with_others(found: Appointment, last: Entry, history: Sequence[Entry]) -> bool:
    """Whether the message about all visits that were booked with this one had still to go out when this was done: it
    tells how this one stands by then, and of one that is off they never heard. Up to two queries.
    """
    booked = next((one for one in history if one.fact == "appointment_booked"), None)
    if booked is None or last.at - booked.at >= TOGETHER:
        return False
    along = Entry.objects.filter(clinic=booked.clinic, at=booked.at, user=booked.user, fact__in=BOOKED_TOGETHER)
    asked = [one for one in along if one.ids.get("tell") and str(found.pk) in one.ids["appointments"]]
    return any(not _had_gone_out(one, last) for one in asked)


def _had_gone_out(whole: Entry, by: Entry) -> bool:
    chain = Series.objects.filter(pk=whole.subject).values("chain")
    parts = Q(subject=whole.subject) | Q(subject__in=Series.objects.filter(chain__in=chain).values("pk"))
    notes = Entry.objects.filter(parts, fact__in=TOLD_TOGETHER, pk__range=(whole.pk, by.pk))
    return any(one.ids["entry"] >= whole.pk for one in notes)


def _waiting(history: Sequence[Entry]) -> list[Entry]:
    return waiting([one for one in history if asks(one)], history, UNDONE, TOLD)


def waiting(asked: Sequence[Entry], history: Sequence[Entry], undoing: str, telling: str) -> list[Entry]:
    """What the patient was `asked` to be told of and hasn't been yet: not undone, and no message has gone out since."""
    undone = [(one.ids["entry"], one.pk) for one in history if one.fact == undoing]
    told = max((one.ids["entry"] for one in history if one.fact == telling), default=0)
    asked = [one for one in asked if one.pk > told]
    left = [one for one in asked if not any(first <= one.pk < last for first, last in undone)]
    return [one for one in left if left[-1].at - one.at < TOGETHER]
