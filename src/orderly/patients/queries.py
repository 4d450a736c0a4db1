"""Finding patients, and those who may be the same person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.journal.queries import history
from orderly.patients.alike import Likeness, Reason, score
from orderly.patients.keys import SAID, keys_sought, person_of
from orderly.patients.models import LinkRequest, Patient, SearchKey, ToldApart

MOST_MATCHES = 10
MOST_COMPARED = 500
LIKELY = 0.5  # even odds
MARKS = {Reason.SAME_PHONE: "mobile", Reason.SAME_DOCUMENT: "document", Reason.SAME_EMAIL: "email"}
NOBODY = Q(pk__isnull=True)
COMMON = ("patient_changed", "patients_merged", "patients_unmerged")  # what changes the record that all share


@dataclass(frozen=True, slots=True)
class Match:
    """A record that may be the same person: how sure that is, from 0 to 1, why, and by what beside name and birth date:
    "mobile", "document", "email".
    """

    patient: Patient
    score: float
    reasons: tuple[Reason, ...]
    by: tuple[str, ...]


def duplicates(details: Mapping[str, Any], *, actor: Actor, but: UUID | None = None) -> Sequence[Match]:
    """Records the actor may see that are as likely as not the same person, and those with the same telephone number,
    document or e-mail address; the likeliest first. `but` is the record itself, where there is one; whom somebody has
    told apart from it isn't among them.
    """
    sought = person_of(details)
    rows = Patient.objects.viewable_by(actor).filter(resource__in=_candidates(keys_sought(sought)))
    alike: list[tuple[float, UUID, Likeness]] = []
    for row in (rows.exclude(pk__in={but, *apart_from(but)}) if but else rows).values("pk", *SAID):
        found = score(sought, person_of(row))
        if found.score >= LIKELY or MARKS.keys() & set(found.reasons):
            alike.append((-found.score, row["pk"], found))
    best = sorted(alike, key=lambda one: one[:2])[:MOST_MATCHES]
    patients = Patient.objects.in_bulk([pk for _, pk, _ in best])
    return [Match(patients[pk], one.score, one.reasons, _by(one)) for _, pk, one in best]


def apart_from(patient: UUID) -> set[UUID]:
    """Whom somebody has told apart from this one."""
    return {mark.beside(patient) for mark in ToldApart.objects.around(patient)}


def _candidates(keys: Collection[str]) -> list[int]:
    """The resources that have one of the keys; those with the most of them where they are too many."""
    having = SearchKey.objects.filter(key__in=keys).values("resource").annotate(shared=Count("key"))
    return [row["resource"] for row in having.order_by("-shared", "resource")[:MOST_COMPARED]]


def _by(likeness: Likeness) -> tuple[str, ...]:
    return tuple(name for reason, name in MARKS.items() if reason in likeness.reasons)


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
    alike = Patient.objects.standing().filter(same_mobile | same_document, birth_date=details["birth_date"])
    hidden = alike.exclude(registrations__clinic=clinic).exclude(pk__in=Patient.objects.viewable_by(actor).values("pk"))
    said = _names(details["first_name"], details["last_name"])
    return next((one for one in hidden.order_by("id") if _names(one.first_name, one.last_name) == said), None)


def _names(*names: str) -> list[str]:
    return [" ".join(name.split()).casefold() for name in names]


def history_for(actor: Actor, patient: UUID) -> QuerySet[Entry]:
    """What happened to a patient, oldest first, as far as the actor may know: which other clinics know the patient is
    nobody's business; what they changed in the common record is. What happened to those that were merged into it
    is part of it.
    """
    entries = history(patient, *merged_with(patient))
    if actor.clinics is None:
        return entries
    return entries.filter(Q(clinic__in=actor.clinics) | Q(clinic__isnull=True) | Q(fact__in=COMMON))


def merged_with(patient: UUID) -> list[UUID]:
    """The records that were merged into this one, and those that were merged into these before."""
    found: list[UUID] = []
    some = [patient]
    while some:
        some = list(Patient.objects.filter(merged_into__in=some).order_by("id").values_list("pk", flat=True))
        found += some
    return found


def survivor(patient: UUID) -> UUID:
    """The record that this one is part of by now: itself, unless it was merged into another."""
    into = Patient.objects.filter(pk=patient).values_list("merged_into", flat=True).first()
    return survivor(into) if into else patient


def asked_by(clinic: UUID) -> QuerySet[LinkRequest]:
    """The requests that a clinic has made."""
    return LinkRequest.objects.filter(clinic=clinic, patient__merged_into__isnull=True)


def asked_of(clinic: UUID) -> QuerySet[LinkRequest]:
    """The requests that are about patients of a clinic, made by others."""
    return LinkRequest.objects.filter(patient__registrations__clinic=clinic).exclude(clinic=clinic)
