"""Who may be the same person, asked before a record is made."""

from datetime import datetime

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import Invalid
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.patients.inputs import PatientDetails
from orderly.patients.queries import duplicates
from orderly.patients.rules import absent, checked
from orderly.web.patients.cards import Card, cards


def likely(details: PatientDetails, clinic: Clinic, *, actor: Actor, now: datetime) -> list[Card]:
    """Records with the same number or document, the likeliest first. Raises Invalid with all that is wrong or missing."""
    today, _ = local(clinic.timezone, minute(now))
    given = {name: value for name, value in details.given().items() if value != ""}
    problems = absent(given)
    try:
        values = checked(given, country=clinic.country, today=today)
    except Invalid as wrong:
        raise Invalid(*problems, *wrong.problems) from wrong
    if problems:
        raise Invalid(*problems)
    return cards([match.patient for match in duplicates(values, actor=actor)], clinic, now=now)
