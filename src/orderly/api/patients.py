"""People who are treated: finding, registering and correcting them."""

from typing import Literal
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from orderly.api.operations import reads, writes
from orderly.api.paging import Paged, piece
from orderly.api.patient_filters import KeptPatientFilters, PatientFilters, place_of
from orderly.api.patient_shapes import (
    EDIT,
    VIEW,
    DetailsIn,
    LikeIn,
    MatchesOut,
    MatchOut,
    PatientIn,
    PatientOut,
    RegisteredOut,
    patients_out,
    seen,
    shown,
)
from orderly.api.schemas import Page
from orderly.core.clock import minute
from orderly.dossier.queries.find import NEWEST
from orderly.dossier.queries.find import patients as find
from orderly.edge.actors import actor_of, now_of
from orderly.edge.likeness import reasons_in_words
from orderly.edge.limits import REGISTRATION, SEARCH
from orderly.edge.readlog import looked
from orderly.edge.scope import clinic_for, only_clinic
from orderly.edge.versions import expected_version
from orderly.engine.walltime import local
from orderly.journal.models import Kind
from orderly.patients import actions, queries
from orderly.patients.rules import checked

router = Router(tags=["patients"])


class PatientsQuery(PatientFilters, Paged):
    sort: Literal["newest", "name"] = Field("newest", description="the last registered first, or by name")


ORDER = {"newest": NEWEST, "name": ("last_name", "first_name", "id")}


@reads(router, "patients", needs=VIEW, shows="patients", limit=SEARCH)
def list_patients(request: HttpRequest, asked: Query[PatientsQuery]) -> Page[PatientOut]:
    """Patients, active ones unless asked otherwise, the last registered first."""
    actor = actor_of(request)
    clinic = place_of(asked, actor)
    rows = find(asked.asked(), clinic=clinic, actor=actor, now=now_of(request)).whole()
    found, rest = piece(rows, ORDER[asked.sort], asked, name=f"patients {asked.sort}")
    kind = Kind.SEARCH if asked.q else Kind.VIEW
    given = asked.model_dump(include=set(KeptPatientFilters.model_fields) - {"clinic"}, exclude_defaults=True)
    looked(request, "patients", among=[one.pk for one in found], clinic=asked.clinic, kind=kind, **given)
    return Page[PatientOut](items=patients_out(found, actor), next=rest)


@writes(router, "POST", "patients", needs=EDIT, status=201, limit=REGISTRATION)
def register_patient(request: HttpRequest, body: PatientIn) -> RegisteredOut:
    """Register a patient with a clinic. Likely duplicates don't stop it; ask for them first."""
    actor = actor_of(request)
    clinic = clinic_for(actor, EDIT, body.clinic)
    now = now_of(request)
    known = actions.tell_elsewhere(body.details(), clinic=clinic.pk, actor=actor, now=now)
    patient = actions.register(body.details(), clinic=clinic.pk, actor=actor, now=now)
    return RegisteredOut(**shown(patient, actor).model_dump(), exists_elsewhere=known)


@reads(router, "patients/duplicates", method="POST", needs=VIEW, shows="patients", limit=SEARCH)
def find_duplicates(request: HttpRequest, body: LikeIn) -> MatchesOut:
    """Who may be the same person: by number, document or e-mail address, or by a name and birth date that are alike, in
    whichever letters. No record is made or changed.
    """
    actor = actor_of(request)
    clinic = clinic_for(actor, VIEW, body.clinic)
    today, _ = local(clinic.timezone, minute(now_of(request)))
    details = checked(body.details().given(), country=clinic.country, today=today)
    matches = queries.duplicates(details, actor=actor)
    alike = [match.patient.pk for match in matches]
    looked(request, "duplicates", among=alike, clinic=clinic.pk, kind=Kind.SEARCH)
    prefetch_related_objects([match.patient for match in matches], "registrations", "resource")
    people = patients_out([match.patient for match in matches], actor)
    items = [
        MatchOut(
            patient=one,
            score=match.score,
            reasons=list(match.reasons),
            words=reasons_in_words(match.reasons),
            by=list(match.by),
        )
        for one, match in zip(people, matches, strict=True)
    ]
    known = actions.tell_elsewhere(body.details(), clinic=clinic.pk, actor=actor, now=now_of(request))
    return MatchesOut(items=items, next=None, exists_elsewhere=known)


@reads(router, "patients/{uuid:patient}", needs=VIEW, shows="patients")
def get_patient(request: HttpRequest, patient: UUID) -> PatientOut:
    """One patient."""
    actor = actor_of(request)
    found = seen(actor, patient)
    looked(request, "patient", found.pk, clinic=only_clinic(found, actor))
    return shown(found, actor)


@writes(router, "PATCH", "patients/{uuid:patient}", needs=EDIT, versioned=True)
def change_patient(request: HttpRequest, patient: UUID, body: DetailsIn) -> PatientOut:
    """Correct a patient's record. What isn't given stays as it is."""
    actor, version = actor_of(request), expected_version(request)
    found = actions.change(patient, body.details(), actor=actor, now=now_of(request), version=version)
    return shown(found, actor)
