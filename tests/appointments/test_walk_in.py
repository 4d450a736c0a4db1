"""VIS-2: somebody who hasn't booked gets the first free time of today, and is here."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.appointments.actions.walk_in import walk_in
from orderly.appointments.choices import VisitType
from orderly.appointments.inputs import WalkIn
from orderly.appointments.models import Appointment, Visit
from orderly.calendars.models import Reservation
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.errors import CannotBook, Forbidden, Invalid, NotFound
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from orderly.resources.models import Provider
from tests.appointments.asking import booked, codes, off, refusal
from tests.factories import MONDAY, at, make_actor, make_clinic, make_patient, make_provider, make_service

LOCKS = re.compile(r'FROM "resources_resource" WHERE "resources_resource"."id" IN \(([\d, ]+)\) ORDER BY')
TEN_PAST = datetime(2026, 3, 2, 10, 9, 30, tzinfo=UTC)


def comes(clinic: Clinic, patient: Patient, actor: Actor, now: datetime = TEN_PAST, **more: object) -> Appointment:
    return walk_in(WalkIn(clinic=clinic.pk, patient=patient.pk, **more), actor=actor, now=now)  # type: ignore[arg-type]


def test_at_once_where_somebody_is_free(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor
) -> None:
    made = comes(clinic, patient, desk, service=service.pk, notes="toothache")
    start = at(clinic, MONDAY, "10:10")
    found = Appointment.objects.get(pk=made.pk)
    assert (found.status, found.source, found.start, found.end, found.provider, found.notes, found.version) == (
        "arrived",
        "walk_in",
        start,
        start + 30,
        doctor,
        "toothache",
        2,
    )
    visit = Visit.objects.get()
    assert (visit.type, visit.status, visit.planned, visit.arrived_at, visit.queue_number, visit.day) == (
        "walk_in",
        "waiting",
        start,
        TEN_PAST,
        1,
        MONDAY,
    )
    facts = Entry.objects.order_by("id").values_list("fact", "changes__status")
    assert list(facts) == [
        ("appointment_booked", [None, "confirmed"]),
        ("appointment_status_changed", ["confirmed", "arrived"]),
    ]


def test_the_first_free_time_of_anybody_or_of_the_one_named(
    clinic: Clinic, service: Service, doctor: Provider, desk: Actor
) -> None:
    other = make_provider(clinic, service=service)
    booked(clinic, service, doctor, make_patient(clinic), "10:30")
    booked(clinic, service, other, make_patient(clinic), "10:15")
    first = comes(clinic, make_patient(clinic), desk, service=service.pk)
    second = comes(clinic, make_patient(clinic), desk, service=service.pk, provider=doctor.pk)
    third = comes(clinic, make_patient(clinic), desk, service=service.pk)
    assert [(one.provider_id, one.start) for one in (first, second, third)] == [
        (other.pk, at(clinic, MONDAY, "10:45")),
        (doctor.pk, at(clinic, MONDAY, "11:00")),
        (other.pk, at(clinic, MONDAY, "11:15")),
    ]


def test_before_opening_the_first_time_of_the_day(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor
) -> None:
    made = comes(clinic, patient, desk, now=datetime(2026, 3, 2, 7, 0, tzinfo=UTC), service=service.pk)
    assert made.start == at(clinic, MONDAY, "09:00")


def test_the_general_service_and_no_notice(clinic: Clinic, patient: Patient, desk: Actor) -> None:
    general = make_service(clinic, 20, general=True, notice_minutes=24 * 60)
    make_provider(clinic, service=general)
    made = comes(clinic, patient, desk, visit=VisitType.EMERGENCY)
    assert (made.service_id, made.end - made.start, made.visit.type) == (general.pk, 20, "emergency")


def test_without_a_general_service_one_must_be_named(clinic: Clinic, patient: Patient, desk: Actor) -> None:
    assert codes(refusal(lambda: comes(clinic, patient, desk), Invalid)) == [("missing", "service")]


@pytest.mark.parametrize("kind", [VisitType.SCHEDULED, VisitType.FOLLOW_UP])
def test_who_has_booked_does_not_walk_in(
    clinic: Clinic, service: Service, patient: Patient, desk: Actor, kind: VisitType
) -> None:
    problems = refusal(lambda: comes(clinic, patient, desk, service=service.pk, visit=kind), Invalid)
    assert codes(problems) == [("invalid", "type")]


def test_where_nothing_is_left_today_the_reasons_are_given(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor
) -> None:
    off(clinic, doctor.resource, "10:00", "17:00", kind="meeting")
    problems = refusal(lambda: comes(clinic, patient, desk, service=service.pk), CannotBook)
    assert codes(problems) == [("time_off", "provider")]
    late = datetime(2026, 3, 2, 16, 45, tzinfo=UTC)
    problems = refusal(lambda: comes(clinic, patient, desk, now=late, service=service.pk), CannotBook)
    assert [str(one.code) for one in problems] == ["outside_hours", "time_off"]
    assert not Appointment.objects.exists()
    assert not Reservation.objects.exists()


def test_with_a_reason_the_provider_is_overbooked_at_once(clinic: Clinic, patient: Patient) -> None:
    service = make_service(clinic, overbook=1)
    doctor = make_provider(clinic, service=service)
    booked(clinic, service, doctor, make_patient(clinic), "10:00")
    boss = make_actor(Role.CLINIC_ADMIN, clinic)
    wish = {"service": service.pk, "overbook_reason": "in pain"}
    assert codes(refusal(lambda: comes(clinic, patient, boss, **wish), Invalid)) == [("missing", "provider")]
    made = comes(clinic, patient, boss, provider=doctor.pk, **wish)
    assert (made.start, made.overbook_reason) == (at(clinic, MONDAY, "10:10"), "in pain")
    nurse = make_actor(Role.CLINICAL_STAFF, clinic)
    with pytest.raises(Forbidden):
        comes(clinic, make_patient(clinic), nurse, provider=doctor.pk, **wish)


def test_rights(clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> None:
    """ACC-3, ACC-4"""
    with pytest.raises(Forbidden):
        comes(clinic, patient, make_actor(Role.READ_ONLY, clinic), service=service.pk)
    with pytest.raises(NotFound) as missing:
        comes(clinic, patient, make_actor(Role.CLINIC_ADMIN, make_clinic()), service=service.pk)
    assert missing.value.field == "clinic"


@pytest.mark.django_db
def test_the_day_ends_with_the_clinics_own(desk: Actor) -> None:
    """Half past eleven in the evening in Tashkent is the last half hour there is, and the day is Tashkent's."""
    clinic = make_clinic(timezone="Asia/Tashkent")
    service = make_service(clinic, 40)
    make_provider(clinic, service=service, hours=(0, 1440), weekdays=127)
    actor, late = make_actor(Role.CLINIC_ADMIN, clinic), datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
    made = comes(clinic, make_patient(clinic), actor, now=late, service=service.pk)
    assert (made.start, made.visit.day) == (at(clinic, MONDAY, "23:30"), MONDAY)
    tomorrow = refusal(lambda: comes(clinic, make_patient(clinic), actor, now=late, service=service.pk), CannotBook)
    assert [str(one.code) for one in tomorrow] == ["provider_busy"]


def test_all_locks_come_at_once(clinic: Clinic, service: Service, doctor: Provider, desk: Actor) -> None:
    """Also on whoever is proposed to others at that time, for another service: two who lock never wait in a circle."""
    other = make_service(clinic)
    make_provider(clinic, service=other)
    other.offerings.create(provider=doctor)
    booked(clinic, other, None, make_patient(clinic), "10:15")
    with CaptureQueriesContext(connection) as sent:
        comes(clinic, make_patient(clinic), desk, service=service.pk)
    locked = [set(re.findall(r"\d+", ids)) for ids in LOCKS.findall("\n".join(one["sql"] for one in sent))]
    assert (len(locked), [ids - locked[0] for ids in locked[1:]]) == (2, [set()])
