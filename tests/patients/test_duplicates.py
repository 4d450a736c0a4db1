"""PAT-4's ground: records with the same mobile number or document, as far as one may see them."""

from typing import Any

import pytest

from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.patients.models import Patient, Registration
from orderly.patients.queries import MOST_MATCHES, Match, duplicates
from orderly.people.permissions import Role
from tests.factories import make_actor, make_patient

pytestmark = pytest.mark.django_db
MOBILE, DOCUMENT = "+998901234567", "AA1234567"
BOTH = {"mobile": MOBILE, "document_number": DOCUMENT}


def found(actor: Actor, **details: Any) -> list[Match]:
    return list(duplicates(details, actor=actor))


@pytest.fixture
def same_mobile(clinic: Clinic) -> Patient:
    return make_patient(clinic, mobile=MOBILE, document_number="BB7654321")


@pytest.fixture
def same_document(clinic: Clinic) -> Patient:
    return make_patient(clinic, document_number=DOCUMENT)


@pytest.fixture
def same_both(clinic: Clinic) -> Patient:
    return make_patient(clinic, **BOTH)


def by_id(*matches: Match) -> list[Match]:
    """Within a millisecond ids are in no order."""
    return sorted(matches, key=lambda match: match.patient.pk)


def test_those_with_both_first_then_the_oldest(
    same_mobile: Patient, same_document: Patient, same_both: Patient, clinic: Clinic, desk: Actor
) -> None:
    make_patient(clinic)
    assert found(desk, **BOTH) == [
        Match(same_both, ("mobile", "document")),
        *by_id(Match(same_mobile, ("mobile",)), Match(same_document, ("document",))),
    ]


def test_by_what_is_given(same_mobile: Patient, same_document: Patient, clinic: Clinic, desk: Actor) -> None:
    """Nobody is a duplicate for having no document."""
    make_patient(clinic)
    assert found(desk, mobile=MOBILE) == [Match(same_mobile, ("mobile",))]
    assert found(desk, mobile=MOBILE, document_number="") == [Match(same_mobile, ("mobile",))]
    assert found(desk, document_number=DOCUMENT) == [Match(same_document, ("document",))]
    assert found(desk) == []


def test_the_likeliest_is_not_lost_in_a_large_family(clinic: Clinic, desk: Actor) -> None:
    family = by_id(*(Match(make_patient(clinic, mobile=MOBILE), ("mobile",)) for _ in range(MOST_MATCHES)))
    likeliest = Match(make_patient(clinic, **BOTH), ("mobile", "document"))
    assert found(desk, **BOTH) == [likeliest, *family[:-1]]


def test_only_in_ones_own_clinics(same_both: Patient, clinic: Clinic, london: Clinic, desk: Actor) -> None:
    """ACC-4"""
    londoner = make_patient(london, mobile=MOBILE)
    assert found(desk, **BOTH) == [Match(same_both, ("mobile", "document"))]
    assert found(make_actor(Role.FRONT_DESK, london), **BOTH) == [Match(londoner, ("mobile",))]
    assert [match.patient for match in found(make_actor(Role.SUPER_ADMIN), **BOTH)] == [same_both, londoner]
    Registration.objects.create(patient=londoner, clinic=clinic)
    assert [match.patient for match in found(desk, **BOTH)] == [same_both, londoner]
