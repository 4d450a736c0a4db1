"""Who may be the same person, asked before a record is made."""

from datetime import datetime

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.patients.inputs import PatientDetails
from orderly.patients.queries import duplicates
from orderly.patients.rules import checked
from orderly.web.patients.cards import Card, cards


def likely(details: PatientDetails, clinic: Clinic, *, actor: Actor, now: datetime) -> list[Card]:
    """Records with the same number or document, the likeliest first. Raises Invalid with all that is wrong."""
    today, _ = local(clinic.timezone, minute(now))
    values = checked(details.given(), country=clinic.country, today=today, whole=True)
    return cards([match.patient for match in duplicates(values, actor=actor)], clinic, now=now)
