"""APT-13, APT-14, PKG-5, APT-8: several bookings or moves, all or nothing."""

import pytest

from orderly.appointments.actions.together import Moving, book_all, move_all
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment, Visit
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.errors import CannotBookAll, Forbidden, Stale
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from orderly.resources.models import Provider
from tests.appointments.asking import booked, codes
from tests.appointments.audit import faults
from tests.appointments.groups import School
from tests.factories import MONDAY, NOW, TUESDAY, at, booking, make_actor, make_patient, make_provider


@pytest.fixture
def other(clinic: Clinic, service: Service) -> Provider:
    return make_provider(clinic, service=service)


def test_all_are_booked_in_the_order_they_were_asked_for(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor
) -> None:
    starts = [at(clinic, day, clock) for day, clock in ((TUESDAY, "09:00"), (MONDAY, "11:00"), (MONDAY, "10:30"))]
    made = book_all([booking(clinic, service, doctor, patient, one) for one in starts], actor=desk, now=NOW)
    assert [one.start for one in made] == starts
    assert list(Visit.objects.order_by("planned").values_list("day", "queue_number")) == [
        (MONDAY, 1),
        (MONDAY, 2),
        (TUESDAY, 1),
    ]
    assert faults() == {}


def test_none_is_booked_if_one_cannot_be_and_every_reason_is_said(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor
) -> None:
    booked(clinic, service, doctor, make_patient(clinic))
    before = Entry.objects.count()
    clocks = ("09:00", "10:15", "18:00", "09:15")
    wanted = [booking(clinic, service, doctor, patient, at(clinic, MONDAY, clock)) for clock in clocks]
    with pytest.raises(CannotBookAll) as refused:
        book_all(wanted, actor=desk, now=NOW)
    assert {nth: codes(problems) for nth, problems in refused.value.against.items()} == {
        1: [("provider_busy", "provider")],
        2: [("outside_hours", "start")],
        3: [("provider_busy", "provider"), ("patient_busy", "patient")],
    }
    assert (Appointment.objects.count(), Entry.objects.count(), faults()) == (1, before, {})


def test_only_by_who_may(clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> None:
    reader = make_actor(Role.READ_ONLY, clinic)
    wanted = booking(clinic, service, doctor, patient, at(clinic, MONDAY, "10:00"))
    with pytest.raises(Forbidden):
        book_all([wanted], actor=reader, now=NOW)
    made = booked(clinic, service, doctor, patient)
    with pytest.raises(Forbidden):
        move_all([Moving(appointment=made.pk, move=Move(start=made.start + 30))], actor=reader, now=NOW)


def test_they_change_places(
    clinic: Clinic, service: Service, doctor: Provider, other: Provider, patient: Patient, desk: Actor
) -> None:
    """Each wants the time that the next one has: no order of single moves would do it."""
    made = [booked(clinic, service, one, make_patient(clinic)) for one in (doctor, other)]
    made.append(booked(clinic, service, doctor, patient, "10:30"))
    to = [(other, "10:00"), (doctor, "10:30"), (doctor, "10:00")]
    moves = [
        Moving(appointment=one.pk, move=Move(start=at(clinic, MONDAY, clock), provider=who.pk), version=1)
        for one, (who, clock) in zip(made, to, strict=True)
    ]
    found = move_all(moves, actor=desk, now=NOW)
    assert [one.pk for one in found] == [one.pk for one in made]
    fresh = {one.pk: one for one in Appointment.objects.all()}
    assert [(fresh[one.pk].provider, fresh[one.pk].start) for one in made] == [
        (who, at(clinic, MONDAY, clock)) for who, clock in to
    ]
    assert (Entry.objects.filter(fact="appointment_rescheduled").count(), faults()) == (3, {})


def test_none_moves_if_one_cannot(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor
) -> None:
    made = [booked(clinic, service, doctor, patient, clock) for clock in ("10:00", "11:00")]
    clocks = ("12:00", "17:00")
    moves = [
        Moving(appointment=one.pk, move=Move(start=at(clinic, MONDAY, clock)))
        for one, clock in zip(made, clocks, strict=True)
    ]
    with pytest.raises(CannotBookAll) as refused:
        move_all(moves, actor=desk, now=NOW)
    assert {nth: codes(problems) for nth, problems in refused.value.against.items()} == {
        1: [("outside_hours", "start")]
    }
    assert [one.start for one in Appointment.objects.order_by("start")] == [one.start for one in made]
    with pytest.raises(Stale):
        move_all([Moving(appointment=made[0].pk, move=moves[0].move, version=7)], actor=desk, now=NOW)
    assert faults() == {}


@pytest.mark.django_db
def test_places_of_a_group_change_too() -> None:
    school = School()
    made = [school.book() for _ in range(2)]
    later = school.time("11:00")
    move_all(
        [Moving(appointment=one.pk, move=Move(start=later)) for one in made],
        actor=make_actor(Role.CLINIC_ADMIN, school.clinic),
        now=NOW,
    )
    assert [one.start for one in Appointment.objects.all()] == [later, later]
    assert faults() == {}
