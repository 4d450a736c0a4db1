"""A patient as a line: what the desk needs to know that it is the right one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.journal.queries import last_seen
from orderly.patients.models import Patient, Registration


@dataclass(frozen=True, slots=True)
class Card:
    patient: Patient
    age: int
    last_visit_on: date | None


def cards(patients: Iterable[Patient], clinic: Clinic, *, now: datetime) -> list[Card]:
    """Two queries, however many: the patients, and when this clinic last saw them."""
    rows = list(patients)
    today, _ = local(clinic.timezone, minute(now))
    seen = Registration.objects.filter(clinic=clinic, patient__in=rows).values_list("patient", "last_visit_on")
    last = dict(seen) if rows else {}
    return [Card(patient, patient.age(today), last.get(patient.pk)) for patient in rows]


def card_of(patient: UUID, clinic: Clinic, *, actor: Actor, now: datetime) -> Card | None:
    """One patient of the clinics where the actor may look at patients."""
    return next(iter(cards(Patient.objects.viewable_by(actor).filter(pk=patient), clinic, now=now)), None)


def search(query: str, clinic: Clinic, *, actor: Actor, now: datetime, most: int) -> list[Card]:
    """Those who match what was typed so far; before anything was, those whom the actor opened last in this clinic."""
    if not query.strip():
        return _last_opened(clinic, actor=actor, now=now, most=most)
    found = Patient.objects.viewable_by(actor).filter(resource__active=True).matching(query)
    return cards(found[:most], clinic, now=now)


def _last_opened(clinic: Clinic, *, actor: Actor, now: datetime, most: int) -> list[Card]:
    ids = last_seen("patient", clinic.pk, by=actor.person(), most=most)
    found = Patient.objects.viewable_by(actor).filter(pk__in=ids, resource__active=True)
    return sorted(cards(found, clinic, now=now), key=lambda card: ids.index(card.patient.pk))
