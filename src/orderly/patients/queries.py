"""Finding patients, and those who may be the same person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, When

from orderly.journal.actor import Actor
from orderly.patients.models import Patient

MOST_MATCHES = 10
NOBODY = Q(pk__isnull=True)


@dataclass(frozen=True, slots=True)
class Match:
    """A record that may be the same person, and by what: "mobile", "document"."""

    patient: Patient
    by: tuple[str, ...]


def duplicates(details: dict[str, Any], *, actor: Actor) -> Sequence[Match]:
    """Records the actor may see with the same mobile number or document; those with both first."""
    mobile, document = details.get("mobile", ""), details.get("document_number", "")
    same_mobile = Q(mobile=mobile) if mobile else NOBODY
    same_document = Q(document_number=document) if document else NOBODY
    both_first = Case(When(same_mobile & same_document, then=0), default=1)
    alike = Patient.objects.viewable_by(actor).filter(same_mobile | same_document).order_by(both_first, "id")
    return [Match(patient, _by(patient, mobile, document)) for patient in alike[:MOST_MATCHES]]


def _by(patient: Patient, mobile: str, document: str) -> tuple[str, ...]:
    return tuple(
        name
        for name, same in (
            ("mobile", bool(mobile) and patient.mobile == mobile),
            ("document", bool(document) and patient.document_number == document),
        )
        if same
    )
