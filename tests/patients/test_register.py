"""PAT-1: a patient's record begins."""

import json
from datetime import date
from uuid import UUID

import pytest

from orderly.clinics.models import Clinic
from orderly.core.errors import Forbidden, NotFound, Refused
from orderly.core.ids import uuid7
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.actions import register, register_with
from orderly.patients.models import Patient, Registration
from orderly.people.permissions import Role
from orderly.resources.models import Resource
from tests.factories import NOW, make_actor, make_patient
from tests.patients.details import NODIRA, missing, nodira, problems, wrong

pytestmark = pytest.mark.django_db
WORDS = {
    "first_name": "Nodira",
    "middle_name": "Rustam qizi",
    "last_name": "Karimova",
    "email": "nodira@example.org",
    "address": "Amir Temur 1, flat 2",
    "country": "UZ",
    "region": "Toshkent",
    "district": "Yunusobod",
    "document_type": "passport",
    "document_number": "AA1234567",
    "tax_id": "123456789",
    "language": "ru",
    "emergency_name": "Rustam Karimov",
}


def facts() -> list[dict[str, object]]:
    names = ("at", "fact", "subject", "clinic", "user", "address", "ids", "changes", "note")
    return list(Entry.objects.order_by("id").values(*names))


def fact(name: str, patient: UUID, clinic: Clinic, actor: Actor, **more: object) -> dict[str, object]:
    bare = {"ids": {}, "changes": {}, "note": ""}
    who = {"user": actor.user, "address": "127.0.0.1"}
    return {"at": NOW, "fact": name, "subject": patient, "clinic": clinic.pk, **who, **bare, **more}


def test_all_that_can_be_said(clinic: Clinic, desk: Actor) -> None:
    """PAT-1, PAT-3: kept as typed, without the blanks around, phones in E.164; who made the record, and when."""
    guardian = make_patient(clinic)
    typed = {name: f"  {text} " for name, text in WORDS.items()}
    phones = {"mobile": "90 123-45-67", "home_phone": "71 200 00 01", "emergency_phone": "+44 7911 123456"}
    more = {"gestation_weeks": 12, "gestation_noted_on": date(2026, 2, 20), "extra": {"blood": "0+"}}
    patient = register(nodira(**typed, **phones, **more, guardian=guardian.pk), clinic=clinic.pk, actor=desk, now=NOW)
    assert Patient.objects.filter(pk=patient.pk).values().get() == {
        "id": patient.pk,
        "resource_id": Resource.objects.get(kind="patient", patient=patient.pk).pk,
        **WORDS,
        "birth_date": date(1990, 5, 17),
        "gender": "female",
        "mobile": "+998901234567",
        "home_phone": "+998712000001",
        "emergency_phone": "+447911123456",
        **more,
        "guardian_id": guardian.pk,
        "merged_into_id": None,
        "created_at": NOW,
        "created_by_id": desk.user,
        "updated_at": NOW,
        "updated_by_id": desk.user,
        "version": 1,
    }
    assert list(Registration.objects.filter(patient=patient).values_list("clinic", "last_visit_on")) == [
        (clinic.pk, None)
    ]
    assert facts() == [fact("patient_registered", patient.pk, clinic, desk)]


def test_the_little_that_must_be_said(clinic: Clinic, desk: Actor) -> None:
    patient = register(NODIRA, clinic=clinic.pk, actor=desk, now=NOW)
    said = NODIRA.given()
    kept = Patient.objects.filter(pk=patient.pk).values().get()
    assert {name: kept[name] for name in said} == said
    silent = set(kept) - set(said) - {"id", "resource_id", "version"}
    assert {kept[name] for name in silent if name.split("_")[0] not in ("created", "updated", "extra")} == {"", None}
    assert kept["extra"] == {}


def test_everything_missing_is_said_at_once(clinic: Clinic, desk: Actor) -> None:
    """PAT-1"""
    nothing = nodira(first_name=None, last_name=None, birth_date=None, gender=None, mobile=None)
    required = ["first_name", "last_name", "birth_date", "gender", "mobile"]
    found = problems(lambda: register(nothing, clinic=clinic.pk, actor=desk, now=NOW))
    assert found == [missing(name) for name in required]
    assert (Patient.objects.count(), Resource.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_blank_is_missing(clinic: Clinic, desk: Actor) -> None:
    blank = nodira(first_name="", last_name=" ", gender="", mobile="\t")
    found = problems(lambda: register(blank, clinic=clinic.pk, actor=desk, now=NOW))
    assert found == [missing(name) for name in ("first_name", "last_name", "gender", "mobile")]


def test_what_is_missing_and_what_is_wrong_are_said_together(clinic: Clinic, desk: Actor) -> None:
    """PAT-2: an error for each field."""
    bad = nodira(first_name=None, mobile="12", birth_date=date(2026, 3, 3), gender="robot")
    assert problems(lambda: register(bad, clinic=clinic.pk, actor=desk, now=NOW)) == [
        missing("first_name"),
        wrong("mobile", "phone"),
        wrong("birth_date", "future"),
        wrong("gender", "unknown"),
    ]


def test_one_may_share_an_email_address(clinic: Clinic, desk: Actor) -> None:
    """PAT-1: families do."""
    for name in ("Nodira", "Aziza"):
        register(nodira(first_name=name, email="family@example.org"), clinic=clinic.pk, actor=desk, now=NOW)
    assert Patient.objects.filter(email="family@example.org").count() == 2


def test_a_guardian_one_cant_see_is_not_there(clinic: Clinic, london: Clinic, desk: Actor) -> None:
    """ACC-4"""
    for guardian in (make_patient(london).pk, uuid7()):
        with pytest.raises(NotFound, match="guardian"):
            register(nodira(guardian=guardian), clinic=clinic.pk, actor=desk, now=NOW)
    assert Registration.objects.filter(clinic=clinic).count() == 0


def test_likely_duplicates_dont_stop_it_and_the_journal_names_them(clinic: Clinic, london: Clinic, desk: Actor) -> None:
    first = register(NODIRA, clinic=clinic.pk, actor=desk, now=NOW)
    make_patient(london, mobile=NODIRA.mobile)  # nobody here may know
    second = register(nodira(first_name="Aziza"), clinic=clinic.pk, actor=desk, now=NOW)
    assert facts() == [
        fact("patient_registered", first.pk, clinic, desk),
        fact("patient_registered", second.pk, clinic, desk, ids={"duplicates": [str(first.pk)]}),
    ]


def test_the_journal_holds_nothing_personal(clinic: Clinic, desk: Actor) -> None:
    for _ in range(2):
        register(nodira(**WORDS, home_phone="71 200 00 01"), clinic=clinic.pk, actor=desk, now=NOW)
    written = json.dumps(list(Entry.objects.values()), default=str)
    personal = {*WORDS.values(), "90123", "2000001", "1990"} - {WORDS["language"], WORDS["country"]}
    assert {text for text in personal if text in written} == set()


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        *((role, None) for role in (Role.FRONT_DESK, Role.CLINICAL_STAFF, Role.DOCTOR, Role.CLINIC_ADMIN)),
        *((role, Forbidden) for role in (Role.BILLING, Role.READ_ONLY)),
        (Role.SUPER_ADMIN, None),
    ],
)
def test_who_may(role: str, expected: type[Exception] | None, clinic: Clinic) -> None:
    """ACC-3"""
    outcome = None
    try:
        register(NODIRA, clinic=clinic.pk, actor=make_actor(role, clinic), now=NOW)
    except (Refused, Forbidden) as refused:
        outcome = type(refused)
    assert (outcome, Patient.objects.count()) == (expected, 0 if expected else 1)


def test_another_clinic_is_not_there(london: Clinic, desk: Actor) -> None:
    """ACC-4"""
    with pytest.raises(NotFound):
        register(NODIRA, clinic=london.pk, actor=desk, now=NOW)


def test_one_more_clinic_gets_to_know_a_patient_once(clinic: Clinic, london: Clinic, desk: Actor) -> None:
    """PAT-12's ground: one record, linked to the clinics that know the person."""
    patient = make_patient(london)
    for _ in range(2):
        register_with(patient.pk, clinic.pk, actor=desk, now=NOW)
    assert set(patient.registrations.values_list("clinic", flat=True)) == {clinic.pk, london.pk}
    assert facts() == [fact("patient_linked", patient.pk, clinic, desk)]
