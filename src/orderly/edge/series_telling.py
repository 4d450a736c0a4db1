"""Telling patients by e-mail what became of a whole series, once, as `telling` does of single appointments."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.core.clock import minute
from orderly.edge.mail import send
from orderly.edge.notices import Kind, about
from orderly.edge.series_notices import series_notice, visits_of
from orderly.edge.telling import EXPECTED, WAIT, waiting
from orderly.journal.actions import later, outside
from orderly.journal.actor import SYSTEM
from orderly.journal.models import Entry
from orderly.series.actions.told import note_series_told
from orderly.series.models import Series
from orderly.series.queries.undoable import TOLD, UNDONE, of_chain

SAID: Final = {"series_created": Kind.BOOKED, "series_changed": Kind.MOVED, "series_cancelled": Kind.CANCELLED}
FACTS: Final = (*SAID, UNDONE)


def asks(entry: Entry) -> bool:
    """As for a single appointment."""
    return entry.fact == UNDONE or (bool(entry.ids.get("tell")) and entry.fact in FACTS)


@later(WAIT, asks)
@outside
def tell_of_series(entry: Entry, now: datetime) -> None:
    """Unless it was undone, a newer change tells it, or there is nothing left to tell."""
    series = Series.objects.filter(pk=entry.subject).first()
    if series is None:
        return
    history = list(of_chain(series))
    for kind, visits in owed(entry, series, history, now=now).items():
        if visits and (address := visits[0].patient.email):
            said = series_notice(kind, about(visits[0]), visits_of(visits))
            send(said.subject, said.text, address)
            note_series_told(series, entry.pk, kind, actor=SYSTEM, now=now)


def owed(
    entry: Entry, series: Series, history: Sequence[Entry], *, now: datetime
) -> Mapping[Kind, Sequence[Appointment]]:
    """What the patient is still to read because of this entry, and of which visits; what was sent before the mail
    server failed isn't sent again.
    """
    sent = {one.pk: one.ids["kind"] for one in history if one.fact == TOLD and one.ids["entry"] == entry.pk}
    before = [one for one in history if one.pk not in sent]
    owing = waiting([one for one in before if asks(one)], before, UNDONE, TOLD)
    if not owing or owing[-1].pk != entry.pk:
        return {}
    said = _said(series, owing, minute(now)) or _left_out(series, owing[-1], history, minute(now))
    return {kind: visits for kind, visits in said.items() if kind not in sent.values()}


def _said(series: Series, owing: Sequence[Entry], now: int) -> Mapping[Kind, Sequence[Appointment]]:
    """Who never heard of them needn't hear that they are off; who did hears of those, and where the others are now.
    Nothing where all of it was undone.
    """
    kinds = {SAID[one.fact] for one in owing if one.fact in SAID}
    if not kinds:
        return {}
    rows = Appointment.objects.whole().filter(start__gt=now).order_by("start")
    left = rows.filter(occurrence__series__chain=series.chain, status__in=EXPECTED)
    if Kind.BOOKED in kinds:
        return {Kind.BOOKED: list(left)}
    off = {pk for one in owing if one.fact == "series_cancelled" for pk in one.ids["appointments"]}
    said = {Kind.MOVED: list(left)} if Kind.MOVED in kinds else {}
    return {**said, Kind.CANCELLED: list(rows.filter(pk__in=off, status=Status.CANCELLED)) if off else []}


def _left_out(
    series: Series, undone: Entry, history: Sequence[Entry], now: int
) -> Mapping[Kind, Sequence[Appointment]]:
    """What a message that went out while these were called off, which was `undone` since, told of the others."""
    between = [one for one in history if one.fact == TOLD and undone.ids["entry"] < one.pk < undone.pk]
    rows = Appointment.objects.whole().filter(pk__in=undone.ids["appointments"], start__gt=now, status__in=EXPECTED)
    return {kind: list(rows.order_by("start")) for one in between if (kind := Kind(one.ids["kind"])) != Kind.CANCELLED}
