"""Patients as they are sent and answered."""

import json
import math
from collections.abc import Collection, Sequence
from typing import Annotated, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import AfterValidator, Field, StrictInt, field_validator

from orderly.api.schemas import In, Out, Page
from orderly.api.types import BirthDay, Id, Text, moment, wrong
from orderly.core.errors import Forbidden, NotFound
from orderly.core.text import is_clean
from orderly.journal.actor import Actor
from orderly.patients.alike import Reason
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Gender, Patient

VIEW, EDIT = "patients:view", "patients:edit"
LARGEST_EXTRA = 20_000  # characters
DEEPEST_EXTRA = 8


def _email(value: str) -> str:
    try:
        if value:
            validate_email(value)
    except ValidationError as error:
        raise wrong("email") from error
    return value


def _extra(value: dict[str, Any]) -> dict[str, Any]:
    """Bounded, and without what a database can't keep: NUL, half characters, infinities."""
    if not _storable(value, DEEPEST_EXTRA) or len(json.dumps(value)) > LARGEST_EXTRA:
        raise wrong("extra")
    return value


def _storable(value: Any, depth: int) -> bool:
    if isinstance(value, str):
        return is_clean(value, lines=True)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict | list):
        inner = [*value, *value.values()] if isinstance(value, dict) else value
        return depth > 0 and all(_storable(one, depth - 1) for one in inner)
    return True


Name = Annotated[str, Text(100)]
LongName = Annotated[str, Text(200)]
Word = Annotated[str, Text(50)]
Phone = Annotated[str, Text(40)]
Email = Annotated[str, Text(254), AfterValidator(_email)]
Country = Annotated[str, Text(2)]
Language = Annotated[str, Text(10)]
Address = Annotated[str, Text(500)]
Weeks = Annotated[StrictInt, Field(ge=1, le=45)]
Extra = Annotated[dict[str, Any], AfterValidator(_extra)]


class DetailsIn(In):
    """What can be said of a patient. What isn't given stays as it is; "" clears a text, null is refused."""

    first_name: Name | None = None
    middle_name: Name | None = None
    last_name: Name | None = None
    birth_date: BirthDay | None = None
    gender: Gender | None = None
    mobile: Phone | None = None
    home_phone: Phone | None = None
    email: Email | None = None
    address: Address | None = None
    country: Country | None = None
    region: Name | None = None
    district: Name | None = None
    document_type: Word | None = None
    document_number: Word | None = None
    tax_id: Word | None = None
    gestation_weeks: Weeks | None = None
    gestation_noted_on: BirthDay | None = None
    language: Language | None = None
    emergency_name: LongName | None = None
    emergency_phone: Phone | None = None
    guardian: Id | None = None
    extra: Extra | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _said(cls, value: Any) -> Any:
        if value is None:
            raise wrong("null")
        return value

    def details(self) -> PatientDetails:
        return PatientDetails(**self.model_dump(exclude_unset=True, exclude={"clinic"}))


class PatientIn(DetailsIn):
    clinic: Id
    first_name: Name
    last_name: Name
    birth_date: BirthDay
    gender: Gender
    mobile: Phone


class LikeIn(DetailsIn):
    clinic: Id


class PatientOut(Out):
    """`clinics` are those of one's own that know the patient; who isn't `active` isn't offered for new bookings."""

    id: UUID
    active: bool
    full_name: str
    first_name: str
    middle_name: str
    last_name: str
    birth_date: str
    gender: str
    mobile: str
    home_phone: str
    email: str
    address: str
    country: str
    region: str
    district: str
    document_type: str
    document_number: str
    tax_id: str
    gestation_weeks: int | None
    gestation_noted_on: str | None
    language: str
    emergency_name: str
    emergency_phone: str
    guardian: UUID | None
    extra: dict[str, Any]
    clinics: list[UUID]
    created_by: UUID | None
    created_at: str
    updated_by: UUID | None
    updated_at: str
    version: int


_ELSEWHERE = {"id", "active", "birth_date", "gestation_noted_on", "guardian", "clinics"}
_STAMPS = {"created_by", "created_at", "updated_by", "updated_at"}
SAME = tuple(name for name in PatientOut.model_fields if name not in _ELSEWHERE | _STAMPS)


class MatchOut(Out):
    """Somebody who may be the same person. `score`, from 0 to 1, is how sure that is; `reasons` say why, the strongest
    first, and `words` in the reader's language; `by` is what few people share: "mobile", "document", "email".
    """

    patient: PatientOut
    score: float
    reasons: list[Reason]
    words: list[str]
    by: list[str]


class MatchesOut(Page[MatchOut]):
    """`exists_elsewhere`: exactly the person described is known to clinics that one may not look into. For that, first
    and last name, birth date, and mobile number or document must be said; more than this isn't told.
    """

    exists_elsewhere: bool


class RegisteredOut(PatientOut):
    """`exists_elsewhere` as for duplicates: consider a link request."""

    exists_elsewhere: bool


def seen(actor: Actor, patient: UUID) -> Patient:
    """The patient, whom the actor may look at. Raises NotFound, Forbidden."""
    found = Patient.objects.visible_to(actor).whole().filter(pk=patient).first()
    if found is None:
        raise NotFound
    if VIEW not in actor.everywhere and not any(actor.may(VIEW, one.clinic_id) for one in found.registrations.all()):
        raise Forbidden(VIEW)
    return found


def shown(patient: Patient, actor: Actor) -> PatientOut:
    """The patient as the actor may see them."""
    [one] = patients_out([patient], actor)
    return one


def patients_out(patients: Sequence[Patient], actor: Actor) -> list[PatientOut]:
    """As the actor may see them: without the clinics, and without a guardian, that aren't theirs to see."""
    named = {patient.guardian_id for patient in patients if patient.guardian_id}
    guardians = set(Patient.objects.viewable_by(actor).filter(pk__in=named).values_list("pk", flat=True))
    return [_shown(patient, actor, guardians) for patient in patients]


def _shown(patient: Patient, actor: Actor, guardians: Collection[UUID]) -> PatientOut:
    plain = {name: getattr(patient, name) for name in SAME}
    clinics = sorted(one.clinic_id for one in patient.registrations.all() if actor.belongs_to(one.clinic_id))
    return PatientOut(
        **plain,
        id=patient.pk,
        active=patient.resource.active,
        birth_date=patient.birth_date.isoformat(),
        gestation_noted_on=patient.gestation_noted_on.isoformat() if patient.gestation_noted_on else None,
        guardian=patient.guardian_id if patient.guardian_id in guardians else None,
        clinics=clinics,
        created_by=patient.created_by_id,
        created_at=str(moment("UTC", patient.created_at)),
        updated_by=patient.updated_by_id,
        updated_at=str(moment("UTC", patient.updated_at)),
    )
