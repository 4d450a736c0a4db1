"""PAT-1: a record is corrected; who last changed it, and when. Nobody overwrites what they haven't seen."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from orderly.clinics.models import Clinic
from orderly.core.errors import Forbidden, NotFound, Stale
from orderly.core.ids import uuid7
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.actions import change
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Patient, Registration
from orderly.people.models import Membership, User
from orderly.people.permissions import Role
from orderly.people.queries import actor_for
from tests.factories import NOW, make_actor, make_patient, make_user
from tests.patients.details import problems, wrong

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return make_patient(clinic, first_name="Nodira", last_name="Karimova", mobile="+998901234567", gender="female")


def row(patient: Patient) -> dict[str, Any]:
    return Patient.objects.filter(pk=patient.pk).values().get()


def correct(patient: Patient, actor: Actor, version: int | None = None, **fields: Any) -> Patient:
    return change(patient.pk, PatientDetails(**fields), actor=actor, now=LATER, version=version)


def test_what_is_given_is_written_and_nothing_else(patient: Patient, clinic: Clinic, desk: Actor) -> None:
    before = row(patient)
    correct(patient, desk, last_name=" Aliyeva ", mobile="90 765 43 21", email="n@example.org")
    given = {"last_name": "Aliyeva", "mobile": "+998907654321", "email": "n@example.org"}
    assert row(patient) == {**before, **given, "updated_at": LATER, "updated_by_id": desk.user, "version": 2}


def test_the_journal_says_which_fields_and_not_what_they_hold(patient: Patient, clinic: Clinic, desk: Actor) -> None:
    correct(patient, desk, last_name="Aliyeva", mobile="90 765 43 21", first_name="Nodira")
    names = ("at", "fact", "subject", "clinic", "user", "ids", "changes", "note")
    assert list(Entry.objects.values(*names)) == [
        {
            "at": LATER,
            "fact": "patient_changed",
            "subject": patient.pk,
            "clinic": clinic.pk,
            "user": desk.user,
            "ids": {},
            "changes": {"last_name": [None, None], "mobile": [None, None]},
            "note": "",
        }
    ]
    written = json.dumps(list(Entry.objects.values()), default=str)
    personal = {"Nodira", "Karimova", "Aliyeva", "901234567", "907654321"}
    assert {text for text in personal if text in written} == set()


@pytest.mark.parametrize("fields", [{}, {"first_name": " Nodira "}, {"mobile": "90 123 45 67"}])
def test_saying_what_is_known_changes_nothing(patient: Patient, desk: Actor, fields: dict[str, str]) -> None:
    before = row(patient)
    correct(patient, desk, **fields)
    assert (row(patient), Entry.objects.count()) == (before, 0)


def test_two_who_edit_the_same_version(patient: Patient, desk: Actor) -> None:
    assert correct(patient, desk, version=1, region="Toshkent").version == 2
    with pytest.raises(Stale):
        correct(patient, desk, version=1, region="Samarqand")
    assert correct(patient, desk, version=2, region="Buxoro").version == 3
    assert (row(patient)["region"], Entry.objects.count()) == ("Buxoro", 2)


def test_what_is_wrong_writes_nothing(patient: Patient, desk: Actor) -> None:
    before = row(patient)
    bad = {"region": "Toshkent", "mobile": "12", "birth_date": date(2030, 1, 1)}
    assert problems(lambda: correct(patient, desk, **bad)) == [wrong("mobile", "phone"), wrong("birth_date", "future")]
    assert (row(patient), Entry.objects.count()) == (before, 0)


def test_today_is_the_clinics(patient: Patient, desk: Actor) -> None:
    """At 20:00 UTC it is tomorrow in Tashkent."""
    evening, tomorrow = NOW.replace(hour=20), date(2026, 3, 3)
    change(patient.pk, PatientDetails(birth_date=tomorrow, gestation_weeks=9), actor=desk, now=evening)
    assert (row(patient)["birth_date"], row(patient)["gestation_noted_on"]) == (tomorrow, tomorrow)
    late = PatientDetails(birth_date=date(2026, 3, 4))
    assert problems(lambda: change(patient.pk, late, actor=desk, now=evening)) == [wrong("birth_date", "future")]


def test_gestation_goes_when_the_patient_is_a_man_after_all(patient: Patient, desk: Actor) -> None:
    """PAT-1"""
    correct(patient, desk, gestation_weeks=9)
    correct(patient, desk, gender="male")
    kept = row(patient)
    assert (kept["gender"], kept["gestation_weeks"], kept["gestation_noted_on"]) == ("male", None, None)
    assert problems(lambda: correct(patient, desk, gestation_weeks=9)) == [wrong("gestation_weeks", "male")]


def test_a_guardian(patient: Patient, clinic: Clinic, london: Clinic, desk: Actor) -> None:
    mother = make_patient(clinic)
    correct(patient, desk, guardian=mother.pk)
    assert row(patient)["guardian_id"] == mother.pk
    with pytest.raises(NotFound, match="guardian"):
        correct(patient, desk, guardian=make_patient(london).pk)
    assert row(patient)["guardian_id"] == mother.pk


def test_another_clinics_patient_is_not_there(london: Clinic, patient: Patient, desk: Actor) -> None:
    """ACC-4, nor is one who is nowhere."""
    for stranger, one in ((make_actor(Role.CLINIC_ADMIN, london), patient.pk), (desk, uuid7())):
        with pytest.raises(NotFound):
            change(one, PatientDetails(region="Toshkent"), actor=stranger, now=LATER)
    assert row(patient)["region"] == ""


@pytest.mark.parametrize("role", [Role.BILLING, Role.READ_ONLY])
def test_who_may_only_look(patient: Patient, clinic: Clinic, role: str) -> None:
    """ACC-3"""
    with pytest.raises(Forbidden, match="patients:edit"):
        correct(patient, make_actor(role, clinic), region="Toshkent")


def member(*roles: tuple[str, Clinic]) -> Actor:
    user: User = make_user(role=None)
    for role, clinic in roles:
        Membership.objects.create(user=user, clinic=clinic, role=role)
    return actor_for(user)


def test_the_right_must_be_held_in_a_clinic_of_the_patients(patient: Patient, clinic: Clinic, london: Clinic) -> None:
    """ACC-2"""
    actor = member((Role.READ_ONLY, clinic), (Role.DOCTOR, london))
    with pytest.raises(Forbidden, match="patients:edit"):
        correct(patient, actor, region="Toshkent")
    Registration.objects.create(patient=patient, clinic=london)
    correct(patient, actor, region="Toshkent")
    assert (row(patient)["region"], Entry.objects.get().clinic) == ("Toshkent", london.pk)
