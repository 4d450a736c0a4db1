"""Finding patients, and those who may be the same person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from orderly.journal.actor import Actor
from orderly.patients.models import Patient

MOST_MATCHES = 10


@dataclass(frozen=True, slots=True)
class Match:
    """A record that may be the same person, and by what: "mobile", "document"."""

    patient: Patient
    by: tuple[str, ...]


def duplicates(details: dict[str, Any], *, actor: Actor) -> Sequence[Match]:
    """Records the actor may see with the same mobile number or document; those with both first."""
    mobile, document = details.get("mobile", ""), details.get("document_number", "")
    same_mobile, same_document = Q(mobile=mobile), Q(document_number=document)
    wanted = (same_mobile if mobile else Q(pk__in=[])) | (same_document if document else Q(pk__in=[]))
    found = Patient.objects.visible_to(actor).filter(wanted).order_by("id")[:MOST_MATCHES]
    matches = [Match(patient, _by(patient, mobile, document)) for patient in found]
    return sorted(matches, key=lambda match: (-len(match.by), match.patient.pk))


def _by(patient: Patient, mobile: str, document: str) -> tuple[str, ...]:
    return tuple(
        name
        for name, same in (
            ("mobile", bool(mobile) and patient.mobile == mobile),
            ("document", bool(document) and patient.document_number == document),
        )
        if same
    )
