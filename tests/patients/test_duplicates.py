"""PAT-4: records that may be the same person, the likeliest first, as far as one may see them."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.patients.alike import Reason
from orderly.patients.models import Patient, Registration
from orderly.patients.queries import MOST_MATCHES, duplicates
from orderly.people.permissions import Role
from tests.factories import make_actor, make_patient

pytestmark = pytest.mark.django_db
MOBILE, DOCUMENT = "+998901234567", "AA1234567"
BOTH = {"mobile": MOBILE, "document_number": DOCUMENT}
BORN = date(1990, 5, 17)


def found(actor: Actor, **details: Any) -> list[tuple[Patient, tuple[str, ...]]]:
    return [(match.patient, match.by) for match in duplicates(details, actor=actor)]


@pytest.fixture
def same_mobile(clinic: Clinic) -> Patient:
    return make_patient(clinic, mobile=MOBILE, document_number="BB7654321")


@pytest.fixture
def same_document(clinic: Clinic) -> Patient:
    return make_patient(clinic, document_number=DOCUMENT)


@pytest.fixture
def same_both(clinic: Clinic) -> Patient:
    return make_patient(clinic, **BOTH)


def test_those_with_both_first(
    same_mobile: Patient, same_document: Patient, same_both: Patient, clinic: Clinic, desk: Actor
) -> None:
    make_patient(clinic)
    expected = [(same_both, ("mobile", "document")), (same_document, ("document",)), (same_mobile, ("mobile",))]
    assert found(desk, **BOTH) == expected


def test_by_what_is_given(same_mobile: Patient, same_document: Patient, clinic: Clinic, desk: Actor) -> None:
    """Nobody is a duplicate for having no document."""
    make_patient(clinic)
    assert found(desk, mobile=MOBILE) == [(same_mobile, ("mobile",))]
    assert found(desk, mobile=MOBILE, document_number="") == [(same_mobile, ("mobile",))]
    assert found(desk, document_number=DOCUMENT) == [(same_document, ("document",))]
    assert found(desk) == []


def test_the_likeliest_is_not_lost_in_a_large_family(clinic: Clinic, desk: Actor) -> None:
    for _ in range(MOST_MATCHES):
        make_patient(clinic, mobile=MOBILE)
    likeliest = make_patient(clinic, **BOTH)
    assert found(desk, **BOTH)[0] == (likeliest, ("mobile", "document"))
    assert len(found(desk, **BOTH)) == MOST_MATCHES


def test_only_in_ones_own_clinics(same_both: Patient, clinic: Clinic, london: Clinic, desk: Actor) -> None:
    """ACC-4"""
    londoner = make_patient(london, mobile=MOBILE)
    assert found(desk, **BOTH) == [(same_both, ("mobile", "document"))]
    assert found(make_actor(Role.FRONT_DESK, london), **BOTH) == [(londoner, ("mobile",))]
    assert [patient for patient, _ in found(make_actor(Role.SUPER_ADMIN), **BOTH)] == [same_both, londoner]
    Registration.objects.create(patient=londoner, clinic=clinic)
    assert [patient for patient, _ in found(desk, **BOTH)] == [same_both, londoner]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("Мухаммед", "Саидов"),
        ("محمد", "سعيدوف"),
        ("Muhammad", "Saidow"),
        ("Saidov", "Mohammed"),
    ],
)
@pytest.mark.parametrize(
    ("born", "reason"),
    [
        (BORN, Reason.SAME_BIRTH_DATE),
        (date(1990, 5, 18), Reason.DAY_BESIDE),
        (date(1990, 5, 11), Reason.DATE_MISTYPED),
    ],
)
def test_a_name_in_other_letters(
    clinic: Clinic, desk: Actor, first: str, last: str, born: date, reason: Reason
) -> None:
    there = make_patient(clinic, first_name=first, last_name=last, birth_date=born)
    make_patient(clinic, first_name="Aziz", last_name="Saidov", birth_date=born)
    [match] = duplicates({"first_name": "Mohammed", "last_name": "Saidov", "birth_date": BORN}, actor=desk)
    assert (match.patient, match.by) == (there, ())
    assert match.score > 0.5
    assert reason in match.reasons


def test_others_of_the_name_or_of_the_day_are_somebody_else(clinic: Clinic, desk: Actor) -> None:
    make_patient(clinic, first_name="Yulia", last_name="Karimova", birth_date=date(1971, 1, 1))
    make_patient(clinic, first_name="Anna", last_name="Smith", birth_date=BORN)
    assert duplicates({"first_name": "Юлия", "last_name": "Каримова", "birth_date": BORN}, actor=desk) == []


def test_any_number_counts(clinic: Clinic, desk: Actor) -> None:
    """A mobile number that is somebody's at home; an e-mail address in capitals."""
    home = make_patient(clinic, home_phone=MOBILE)
    mail = make_patient(clinic, email="Nodira@Example.org")
    assert found(desk, mobile=MOBILE) == [(home, ("mobile",))]
    assert found(desk, email="nodira@example.ORG") == [(mail, ("email",))]


def test_as_many_queries_for_one_as_for_ten(clinic: Clinic, desk: Actor) -> None:
    """OPS-5"""
    counts = []
    for _ in range(3):
        make_patient(clinic, mobile=MOBILE)
        with CaptureQueriesContext(connection) as sent:
            found(desk, **BOTH)
        counts.append(len(sent))
    assert counts == [3] * 3
