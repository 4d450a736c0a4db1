"""What a record learns when an appointment is completed: through the journal, as in production."""

from datetime import date, timedelta

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.actions.progress import complete, reopen
from orderly.appointments.actions.undo import undo
from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.journal.actions import deliver, sequence
from orderly.journal.models import Delivery
from orderly.patients.models import Patient, Registration
from orderly.people.permissions import Role
from orderly.wiring import REACTIONS
from tests.factories import (
    MONDAY,
    NOW,
    TUESDAY,
    at,
    booking,
    make_actor,
    make_patient,
    make_provider,
    make_service,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(clinic: Clinic, london: Clinic) -> Patient:
    """Known in both clinics."""
    patient = make_patient(clinic)
    Registration.objects.create(patient=patient, clinic=london)
    return patient


def booked(clinic: Clinic, patient: Patient, *visits: tuple[date, str]) -> list[Appointment]:
    service = make_service(clinic)
    provider = make_provider(clinic, service=service, hours=(0, 24 * 60), weekdays=0b1111111)
    actor = make_actor(Role.CLINIC_ADMIN, clinic)
    wishes = [booking(clinic, service, provider, patient, at(clinic, day, clock)) for day, clock in visits]
    return [book(wish, actor=actor, now=NOW - timedelta(days=1)) for wish in wishes]


def finish(appointment: Appointment) -> None:
    """Completed, and the worker has been round."""
    actor = make_actor(Role.DOCTOR, appointment.clinic)
    complete(appointment.pk, actor=actor, now=NOW)
    go_round()


def go_round() -> None:
    sequence(REACTIONS, now=NOW)
    deliver(REACTIONS, now=NOW)
    assert not Delivery.objects.exists()


def last_visits(patient: Patient) -> dict[object, date | None]:
    return dict(patient.registrations.values_list("clinic", "last_visit_on"))


def test_a_completed_appointment_is_the_last_visit_there(patient: Patient, clinic: Clinic, london: Clinic) -> None:
    """PAT-6's last visit; of nobody else, and in no other clinic."""
    other = make_patient(clinic)
    [appointment] = booked(clinic, patient, (MONDAY, "10:00"))
    go_round()
    assert last_visits(patient) == {clinic.pk: None, london.pk: None}
    finish(appointment)
    assert last_visits(patient) == {clinic.pk: MONDAY, london.pk: None}
    assert last_visits(other) == {clinic.pk: None}


def test_the_day_is_the_clinics(patient: Patient, clinic: Clinic, london: Clinic) -> None:
    """In Tashkent Tuesday begins on Monday at 19:00 UTC."""
    [appointment] = booked(clinic, patient, (TUESDAY, "01:00"))
    finish(appointment)
    assert last_visits(patient) == {clinic.pk: TUESDAY, london.pk: None}


def test_it_never_moves_back(patient: Patient, clinic: Clinic, london: Clinic) -> None:
    earlier, later = booked(clinic, patient, (MONDAY, "10:00"), (TUESDAY, "10:00"))
    finish(later)
    finish(earlier)
    assert last_visits(patient) == {clinic.pk: TUESDAY, london.pk: None}


def test_completing_again_changes_nothing(patient: Patient, clinic: Clinic, london: Clinic) -> None:
    [appointment] = booked(clinic, patient, (MONDAY, "10:00"))
    finish(appointment)
    reopen(appointment.pk, "not done yet", actor=make_actor(Role.DOCTOR, clinic), now=NOW)
    finish(appointment)
    assert last_visits(patient) == {clinic.pk: MONDAY, london.pk: None}


def test_what_was_completed_by_mistake_was_no_visit(patient: Patient, clinic: Clinic, london: Clinic) -> None:
    """CAL-9, APT-4: taken back or reopened, the day is that of the last one that still stands; elsewhere it stays."""
    Registration.objects.filter(patient=patient, clinic=london).update(last_visit_on=TUESDAY)
    earlier, later = booked(clinic, patient, (MONDAY, "10:00"), (TUESDAY, "10:00"))
    finish(earlier)
    finish(later)
    doctor = make_actor(Role.DOCTOR, clinic)
    reopen(later.pk, "the wrong one", actor=doctor, now=NOW)
    go_round()
    assert last_visits(patient) == {clinic.pk: MONDAY, london.pk: TUESDAY}
    complete(later.pk, actor=doctor, now=NOW + timedelta(hours=1))
    undo(later.pk, actor=doctor, now=NOW + timedelta(hours=1, minutes=1))
    undo_first = NOW + timedelta(hours=2)
    reopen(earlier.pk, "nor this", actor=doctor, now=undo_first)
    sequence(REACTIONS, now=undo_first)
    deliver(REACTIONS, now=undo_first)
    assert last_visits(patient) == {clinic.pk: None, london.pk: TUESDAY}
