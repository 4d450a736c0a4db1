"""PAT-6's ground: patients are found by parts of the name in any writing, and by digits of the number. ACC-4"""

from dataclasses import replace
from datetime import date

import pytest
from django.apps import apps

from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.patients.actions import change, register
from orderly.patients.actions.index import index
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Patient, Registration, SearchKey
from orderly.patients.reindex import reindex
from orderly.people.permissions import Role
from tests.factories import NOW, make_actor, make_patient

pytestmark = pytest.mark.django_db

PEOPLE = {
    "anna": ("Anna", "Maria", "Smith", "+447700900123"),
    "brendan": ("Brendan", "", "O'Brien", "+447700900456"),
    "ivan": ("Иван", "Сергеевич", "Ёлкин", "+998901234567"),
    "olga": ("ОЛЬГА", "", "ПЕТРОВА", "+998907654321"),
    "muhammad": ("محمد", "", "الفارسي", "+966501234567"),
    "zoe": ("Zoë", "", "Élan", "+33612345678"),
}


@pytest.fixture
def people(clinic: Clinic) -> dict[Patient, str]:
    parts = ("first_name", "middle_name", "last_name", "mobile")
    return {make_patient(clinic, **dict(zip(parts, one, strict=True))): name for name, one in PEOPLE.items()}


def found(people: dict[Patient, str], query: str) -> set[str]:
    return {people[patient] for patient in Patient.objects.matching(query)}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ann", {"anna"}),
        ("SMI", {"anna"}),
        ("smith anna", {"anna"}),
        ("  maria   s ", {"anna"}),
        ("anna brendan", set()),
        ("mith", set()),
        ("o'b", {"brendan"}),
        ("иван", {"ivan"}),
        ("ИВАН", {"ivan"}),
        ("ёлк", {"ivan"}),
        ("Иван серг", {"ivan"}),
        ("ольга", {"olga"}),
        ("Пет Оль", {"olga"}),
        ("محمد", {"muhammad"}),
        ("الفار محم", {"muhammad"}),
        ("zoë", {"zoe"}),
        ("ÉLAN", {"zoe"}),
        ("élan", {"zoe"}),
        ("_", set()),
        ("%", set()),
        ("\\", set()),
        ("a\x00", set()),
        ("\u202eanna", set()),
    ],
)
def test_by_parts_of_the_name(people: dict[Patient, str], query: str, expected: set[str]) -> None:
    """PAT-6: each word begins one of them, large and small letters being the same."""
    assert found(people, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("+998901234567", {"ivan"}),
        ("+998 90 123-45-67", {"ivan"}),
        ("90 123 45 67", {"ivan"}),
        ("(90) 123", {"ivan"}),
        ("4567", {"ivan", "muhammad", "zoe"}),
        ("998", {"ivan", "olga"}),
        ("٩٠ ١٢٣", {"ivan"}),
        ("07700 900123", {"anna"}),
        ("07700", {"anna", "brendan"}),
        ("456 Brendan", {"brendan"}),
        ("456 Anna", set()),
        ("12", set()),
        ("00", set()),
        ("---", set()),
    ],
)
def test_by_digits_of_the_number(people: dict[Patient, str], query: str, expected: set[str]) -> None:
    """PAT-6: at least three, however they are grouped, with or without the country or the zero at home."""
    assert found(people, query) == expected


@pytest.mark.parametrize("query", ["", "   "])
def test_asking_for_nothing_finds_all(people: dict[Patient, str], query: str) -> None:
    assert found(people, query) == set(PEOPLE)


def test_only_those_ones_clinics_know(clinic: Clinic, london: Clinic, desk: Actor) -> None:
    """ACC-4: and each once, in however many of them they are known."""
    mine, theirs = make_patient(clinic, last_name="A"), make_patient(london, last_name="B")
    shared = make_patient(clinic, last_name="C")
    Registration.objects.create(patient=shared, clinic=london)
    londoner, boss = make_actor(Role.READ_ONLY, london), make_actor(Role.SUPER_ADMIN)
    seen = [list(Patient.objects.visible_to(actor)) for actor in (desk, londoner, boss, make_actor(role=None))]
    assert seen == [[mine, shared], [theirs, shared], [mine, theirs, shared], []]
    assert list(Patient.objects.in_clinic(london.pk)) == [theirs, shared]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ivan", {"ivan"}),
        ("Elk Iv", {"ivan"}),
        ("elan", {"zoe"}),
        ("obrien", {"brendan"}),
        ("Oʻbr", {"brendan"}),
        ("zoe@ex", {"zoe"}),
        ("ZOE@EXAMPLE.ORG", {"zoe"}),
        ("ab 12", {"anna"}),
        ("AB-12", {"anna"}),
        ("71 200", {"olga"}),
        ("@", set()),
    ],
)
def test_by_the_rest_and_in_other_letters(people: dict[Patient, str], query: str, expected: set[str]) -> None:
    """PAT-6: a name is found as it sounds; e-mail, document and home telephone too."""
    by_name = {name: patient for patient, name in people.items()}
    for name, said in (("zoe", {"email": "Zoe@Example.org"}), ("anna", {"document_number": "AB 12-34"})):
        Patient.objects.filter(pk=by_name[name].pk).update(**said)
    Patient.objects.filter(pk=by_name["olga"].pk).update(home_phone="+998712001020")
    for patient in by_name.values():
        index(Patient.objects.get(pk=patient.pk))
    assert found(people, query) == expected


def test_keys_follow_the_record(clinic: Clinic, desk: Actor) -> None:
    """And say nothing that it doesn't say any more."""
    details = PatientDetails(first_name="Anna", last_name="Smith", birth_date=date(1990, 1, 1), gender="female")
    patient = register(replace(details, mobile="+447700900123"), clinic=clinic.pk, actor=desk, now=NOW)
    change(patient.pk, PatientDetails(last_name="Jones", mobile="+447700900456"), actor=desk, now=NOW)
    queries = ("anna", "smith", "jones", "900123", "900456")
    assert [Patient.objects.matching(query).count() for query in queries] == [1, 0, 1, 0, 1]
    kept = sorted(SearchKey.objects.values_list("resource", "key"))
    reindex(apps)
    assert sorted(SearchKey.objects.values_list("resource", "key")) == kept
