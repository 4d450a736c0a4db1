"""Telling patients by e-mail, once, of all visits that were booked or called off together with a package."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.core.clock import minute
from orderly.documents.schedule import PATIENTS, VIEW, printer, schedule, sold
from orderly.edge.mail import send
from orderly.edge.notices import Kind, Notice, about
from orderly.edge.series_notices import series_notice, visits_of
from orderly.edge.telling import EXPECTED, TOGETHER, WAIT
from orderly.journal.actions import later, outside
from orderly.journal.actor import SYSTEM, Actor
from orderly.journal.models import Entry
from orderly.packages.actions.told import note_purchase_told
from orderly.packages.models import Purchase

SCHEDULED, CANCELLED, TOLD = "purchase_scheduled", "purchase_cancelled", "purchase_told"
FACTS: Final = (SCHEDULED, CANCELLED)
PATIENT: Final = Actor(user=None, everywhere=frozenset({VIEW, PATIENTS}))  # who may read all that concerns them


def asks(entry: Entry) -> bool:
    """Whether the patient is to be told of it."""
    return bool(entry.ids.get("tell")) and entry.fact in FACTS


@later(WAIT, asks)
@outside
def tell_of_package(entry: Entry, now: datetime) -> None:
    """Of each clinic's visits as they stand by now, with all sessions as a PDF, unless nothing is left to tell."""
    found = Purchase.objects.select_related("patient").filter(pk=entry.subject).first()
    if found is None or not found.patient.email:
        return
    kind, visits = owed(entry, list(Entry.objects.filter(subject=found.pk).order_by("id")), now=now)
    for clinic, said in by_clinic(kind, visits):
        send(said.subject, said.text, found.patient.email, *_enclosed(found, kind, clinic, now))
        note_purchase_told(found, entry.pk, kind, clinic=clinic, actor=SYSTEM, now=now)


def by_clinic(kind: Kind, visits: Iterable[Appointment]) -> Iterator[tuple[UUID, Notice]]:
    """A message of each clinic's visits."""
    inorder = sorted(visits, key=lambda one: (one.clinic_id, one.start))
    for clinic, some in groupby(inorder, key=lambda one: one.clinic_id):
        there = list(some)
        yield clinic, series_notice(kind, about(there[0]), visits_of(there))


def owed(entry: Entry, history: Sequence[Entry], *, now: datetime) -> tuple[Kind, Sequence[Appointment]]:
    """What the patient is still to read because of this entry, and of which visits."""
    sent = {one.clinic for one in history if one.fact == TOLD and one.ids["entry"] == entry.pk}
    rows = Appointment.objects.whole().filter(pk__in=entry.ids["appointments"], start__gt=minute(now))
    rows = rows.exclude(clinic__in=sent)
    if entry.fact == SCHEDULED:
        return Kind.BOOKED, list(rows.filter(status__in=EXPECTED))
    return Kind.CANCELLED, list(rows.filter(status=Status.CANCELLED).exclude(pk__in=unheard(history, entry.at)))


def unheard(history: Sequence[Entry], at: datetime) -> set[str]:
    """Visits that the patient was to be told of and hadn't been at that time: they needn't hear that these are off. As
    with single appointments, what was longer ago isn't waited for: who had no address then was called.
    """
    told = {one.ids["entry"] for one in history if one.fact == TOLD}
    asked = [one for one in history if one.fact == SCHEDULED and asks(one) and one.pk not in told]
    return {pk for one in asked if at - one.at < TOGETHER for pk in one.ids["appointments"]}


def _enclosed(found: Purchase, kind: Kind, clinic: UUID, now: datetime) -> tuple[tuple[str, bytes], ...]:
    if kind is Kind.CANCELLED:
        return ()
    purchase = sold(found.pk, actor=PATIENT, now=now)
    place = printer(purchase, clinic, actor=PATIENT)
    return ((f"{purchase.invoice.number}.pdf", schedule(purchase, place, actor=PATIENT, now=now)),)
