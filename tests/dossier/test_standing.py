"""PAT-8: who is deactivated isn't offered for new bookings; what they are booked for is looked at first."""

from datetime import timedelta

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.inputs import BookingRequest
from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.errors import CannotBook, Conflict, Forbidden, NotFound, Stale
from orderly.dossier.actions.standing import stand_down, take_back
from orderly.engine.problems import Code
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from tests.factories import MONDAY, NOW, at, booking, make_actor, make_patient, make_provider, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return make_patient(clinic)


@pytest.fixture
def wish(clinic: Clinic, patient: Patient) -> BookingRequest:
    service = make_service(clinic)
    provider = make_provider(clinic, service=service)
    return booking(clinic, service, provider, patient, at(clinic, MONDAY, "12:00"))


def state(patient: Patient) -> tuple[bool, int]:
    return Patient.objects.values_list("resource__active", "version").get(pk=patient.pk)


def test_not_offered_any_more_and_again(patient: Patient, wish: BookingRequest, desk: Actor) -> None:
    stand_down(patient.pk, actor=desk, now=NOW, version=1)
    with pytest.raises(CannotBook) as refused:
        book(wish, actor=desk, now=NOW)
    assert [(one.code, one.field) for one in refused.value.problems] == [(Code.INACTIVE, "patient")]
    stand_down(patient.pk, actor=desk, now=NOW)
    assert state(patient) == (False, 2)
    take_back(patient.pk, actor=desk, now=NOW, version=2)
    take_back(patient.pk, actor=desk, now=NOW)
    assert state(patient) == (True, 3)
    assert book(wish, actor=desk, now=NOW).patient == patient
    facts = Entry.objects.filter(subject=patient.pk).order_by("id").values_list("fact", "changes", "ids")
    assert list(facts) == [
        ("patient_stood_down", {"active": [True, False]}, {}),
        ("patient_taken_back", {"active": [False, True]}, {}),
    ]


def test_what_is_booked_is_looked_at_first_and_stays(patient: Patient, wish: BookingRequest, desk: Actor) -> None:
    booked = book(wish, actor=desk, now=NOW)
    with pytest.raises(Conflict) as refused:
        stand_down(patient.pk, actor=desk, now=NOW)
    assert refused.value.problems[0].params == (("reason", "booked"), ("count", 1))
    assert state(patient) == (True, 1)
    stand_down(patient.pk, confirm=True, actor=desk, now=NOW)
    assert (state(patient), Appointment.objects.get().status) == ((False, 2), booked.status)
    assert Entry.objects.get(fact="patient_stood_down").ids == {"booked": [str(booked.pk)]}


def test_what_is_over_asks_for_nothing(patient: Patient, wish: BookingRequest, desk: Actor) -> None:
    book(wish, actor=desk, now=NOW)
    stand_down(patient.pk, actor=desk, now=NOW + timedelta(days=1))
    assert state(patient) == (False, 2)


def test_who_may(patient: Patient, clinic: Clinic, london: Clinic, desk: Actor) -> None:
    """ACC-3, ACC-4"""
    with pytest.raises(Forbidden, match="patients:edit"):
        stand_down(patient.pk, actor=make_actor(Role.READ_ONLY, clinic), now=NOW)
    with pytest.raises(NotFound):
        take_back(patient.pk, actor=make_actor(Role.FRONT_DESK, london), now=NOW)
    with pytest.raises(Stale):
        stand_down(patient.pk, actor=desk, now=NOW, version=7)
    assert state(patient) == (True, 1)
