"""Who may be the same person, asked before a record is made."""

from dataclasses import dataclass
from datetime import datetime

from orderly.clinics.models import Clinic
from orderly.edge.likeness import reasons_in_words
from orderly.journal.actor import Actor
from orderly.patients.actions.shared import accepted
from orderly.patients.inputs import PatientDetails
from orderly.patients.queries import duplicates
from orderly.web.patients.cards import Card, cards


@dataclass(frozen=True, slots=True)
class Likely:
    """Somebody who may be the same person, how likely, and what speaks for and against it."""

    card: Card
    percent: int
    reasons: list[str]


def weighed(details: PatientDetails, clinic: Clinic, *, actor: Actor, now: datetime) -> list[Likely]:
    """The likeliest first, with the reasons. Raises Invalid with all that is wrong."""
    values = accepted(details.given(), clinic, now, whole=True)
    found = duplicates(values, actor=actor)
    shown = cards([match.patient for match in found], clinic, now=now)
    pairs = zip(shown, found, strict=True)
    return [Likely(card, round(match.score * 100), reasons_in_words(match.reasons)) for card, match in pairs]
