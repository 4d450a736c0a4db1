"""Finding patients, and those who may be the same person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When

from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.journal.queries import history
from orderly.patients.models import LinkRequest, Patient

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
    same_mobile, same_document = _same(details)
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


def _same(details: Mapping[str, Any]) -> tuple[Q, Q]:
    mobile, document = details.get("mobile", ""), details.get("document_number", "")
    return Q(mobile=mobile) if mobile else NOBODY, Q(document_number=document) if document else NOBODY


def elsewhere(details: Mapping[str, Any], *, clinic: UUID, actor: Actor) -> Patient | None:
    """Somebody whom only clinics know that the actor may not look into, and who is beyond doubt the person described.

    First and last name, birth date, and the mobile number or the document must all be said and all agree: whoever can
    say them knows the person already, so that the answer tells them nothing but that there is a record.
    """
    if not all(details.get(name) for name in ("first_name", "last_name", "birth_date")):
        return None
    same_mobile, same_document = _same(details)
    alike = Patient.objects.filter(same_mobile | same_document, birth_date=details["birth_date"])
    hidden = alike.exclude(registrations__clinic=clinic).exclude(pk__in=Patient.objects.viewable_by(actor).values("pk"))
    said = _names(details["first_name"], details["last_name"])
    return next((one for one in hidden.order_by("id") if _names(one.first_name, one.last_name) == said), None)


def _names(*names: str) -> list[str]:
    return [" ".join(name.split()).casefold() for name in names]


def history_for(actor: Actor, patient: UUID) -> QuerySet[Entry]:
    """What happened to a patient, oldest first, as far as the actor may know: which other clinics know the patient is
    nobody's business; what they changed in the common record is.
    """
    entries = history(patient)
    if actor.clinics is None:
        return entries
    return entries.filter(Q(clinic__in=actor.clinics) | Q(clinic__isnull=True) | Q(fact="patient_changed"))


def asked_by(clinic: UUID) -> QuerySet[LinkRequest]:
    """The requests that a clinic has made."""
    return LinkRequest.objects.filter(clinic=clinic)


def asked_of(clinic: UUID) -> QuerySet[LinkRequest]:
    """The requests that are about patients of a clinic, made by others."""
    return LinkRequest.objects.filter(patient__registrations__clinic=clinic).exclude(clinic=clinic)
