"""APT-2, APT-4: one transaction writes the appointment, its visit, its payment and its fact."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from orderly.appointments.actions import book as booking_verb
from orderly.appointments.actions.book import book
from orderly.appointments.choices import Source
from orderly.appointments.models import Appointment, Visit
from orderly.billing.models import Payment
from orderly.calendars.models import Claim, Reservation
from orderly.catalogue.models import Offering, Service
from orderly.clinics.models import Clinic
from orderly.core import database
from orderly.core.errors import Invalid
from orderly.core.ids import SPOKEN
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.resources.models import Kind, Provider
from tests.appointments.audit import faults
from tests.factories import (
    MONDAY,
    NOW,
    TUESDAY,
    at,
    booking,
    make_actor,
    make_asset,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)


def test_all_that_is_written(clinic: Clinic, doctor: Provider, patient: Patient, desk: Actor) -> None:
    service = make_service(clinic, 45, asset_kinds=(Kind.CHAIR,), buffer_before=5, buffer_after=10, price=5001)
    Offering.objects.create(service=service, provider=doctor)
    chair = make_asset(clinic)
    ten = at(clinic, MONDAY, "10:00")
    request = booking(clinic, service, doctor, patient, ten, source="walk_in", referral="Dr Who", notes="two\nlines")
    made = book(request, actor=desk, now=NOW)
    appointment = Appointment.objects.get()
    assert (appointment, appointment.number) == (made, made.number)
    occupied = [[doctor.resource_id, -5, 55], [chair.resource_id, -5, 55], [patient.resource_id, 0, 45]]
    assert model_to_dict(appointment) == {
        "clinic": clinic.pk,
        "number": made.number,
        "patient": patient.pk,
        "provider": doctor.pk,
        "service": service.pk,
        "claim": Claim.objects.get().pk,
        "session": None,
        "payment": Payment.objects.get().pk,
        "start": ten,
        "end": ten + 45,
        "uses": occupied,
        "proposed_provider": None,
        "asked_minutes": None,
        "asked_resources": [],
        "status": "confirmed",
        "source": "walk_in",
        "referral": "Dr Who",
        "notes": "two\nlines",
        "overbook_reason": "",
        "afterwards_reason": "",
        "cancelled_from": "",
        "cancel_reason": None,
        "cancel_note": "",
        "fee": None,
        "refund": None,
        "created_at": NOW,
        "created_by": desk.user,
    }
    assert appointment.version == 1
    assert sorted(Reservation.objects.values_list("resource", "lane", "start", "end", "expires")) == sorted(
        (resource, 0, ten + low, ten + high, None) for resource, low, high in occupied
    )
    assert model_to_dict(Visit.objects.get()) == {
        "appointment": made.pk,
        "clinic": clinic.pk,
        "day": MONDAY,
        "queue_number": 1,
        "type": "scheduled",
        "status": "waiting",
        "planned": ten,
        "arrived_at": None,
        "called_at": None,
        "started_at": None,
        "done_at": None,
    }
    assert model_to_dict(Payment.objects.get()) == {
        "clinic": clinic.pk,
        "status": "pending",
        "method": "cash",
        "currency": "GBP",
        "total": 5001,
        "paid": 0,
        "provider_share": 2500,
        "clinic_share": 2501,
        "credit": None,
        "created_at": NOW,
    }


def test_the_fact(clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor) -> None:
    ten = at(clinic, MONDAY, "10:00")
    made = book(booking(clinic, service, doctor, patient, ten), actor=desk, now=NOW)
    assert model_to_dict(Entry.objects.get(), exclude=["id"]) == {
        "position": None,
        "at": NOW,
        "fact": "appointment_booked",
        "clinic": clinic.pk,
        "subject": made.pk,
        "user": desk.user,
        "address": "127.0.0.1",
        "ids": {"patient": str(patient.pk), "provider": str(doctor.pk), "service": str(service.pk)},
        "changes": {
            "number": [None, made.number],
            "status": [None, "confirmed"],
            "start": [None, ten],
            "end": [None, ten + 30],
            "source": [None, "phone"],
        },
        "note": "",
    }


def test_nothing_is_left_when_the_last_step_fails(
    clinic: Clinic,
    service: Service,
    doctor: Provider,
    patient: Patient,
    desk: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The queue number comes last; without it there is no appointment, payment, claim or fact either."""

    def fail(*_: object) -> int:
        raise RuntimeError("power cut")

    monkeypatch.setattr(booking_verb, "next_queue_number", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        book(booking(clinic, service, doctor, patient, at(clinic, MONDAY, "10:00")), actor=desk, now=NOW)
    written = (Appointment, Visit, Payment, Claim, Reservation, Entry)
    assert [model.objects.count() for model in written] == [0] * 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("chairs", [1, 5])
def test_it_takes_a_dozen_statements_at_most(chairs: int) -> None:
    """However many chairs there are to choose from, and whoever waits for a provider at another time of the day."""
    clinic = make_clinic()
    service = make_service(clinic, asset_kinds=(Kind.CHAIR,))
    doctor, patient, desk = make_provider(clinic, service=service), make_patient(clinic), make_actor(clinic=clinic)
    for _ in range(chairs):
        make_asset(clinic)
    book(booking(clinic, service, None, make_patient(clinic), at(clinic, MONDAY, "16:00")), actor=desk, now=NOW)
    with CaptureQueriesContext(connection) as statements:
        book(booking(clinic, service, doctor, patient, at(clinic, MONDAY, "10:00")), actor=desk, now=NOW)
    sent = [query["sql"] for query in statements if query["sql"] not in ("BEGIN", "BEGIN IMMEDIATE", "COMMIT")]
    assert len(sent) <= 12, "\n".join(sent)


def test_queue_numbers_count_up_by_clinic_and_day(
    clinic: Clinic, service: Service, doctor: Provider, desk: Actor
) -> None:
    """In the order of booking, not of the starts."""
    elsewhere = make_clinic()
    there = make_service(elsewhere)
    colleague = make_provider(elsewhere, service=there)
    boss = make_actor("super_admin")
    asked = [
        (clinic, service, doctor, MONDAY, "11:00"),
        (clinic, service, doctor, MONDAY, "10:00"),
        (clinic, service, doctor, TUESDAY, "10:00"),
        (elsewhere, there, colleague, MONDAY, "10:00"),
        (clinic, service, doctor, MONDAY, "12:00"),
    ]
    numbers = []
    for place, what, who, day, clock in asked:
        made = book(booking(place, what, who, make_patient(place), at(place, day, clock)), actor=boss, now=NOW)
        numbers.append((made.visit.day, made.visit.queue_number))
    assert numbers == [(MONDAY, 1), (MONDAY, 2), (TUESDAY, 1), (MONDAY, 1), (MONDAY, 3)]


@pytest.mark.django_db
def test_the_day_is_the_clinics() -> None:
    """In Tashkent, Tuesday begins at 19:00 UTC on Monday."""
    clinic = make_clinic(timezone="Asia/Tashkent")
    service = make_service(clinic)
    doctor = make_provider(clinic, service=service, hours=(0, 24 * 60))
    late = datetime(2026, 3, 2, 19, 30, tzinfo=UTC)
    start = at(clinic, TUESDAY, "01:00")
    made = book(
        booking(clinic, service, doctor, make_patient(clinic), start), actor=make_actor(clinic=clinic), now=late
    )
    assert (made.number[:12], made.visit.day) == ("AP-20260303-", TUESDAY)


@pytest.mark.parametrize(("seconds", "day"), [(-1, "20260302"), (0, "20260303")])
def test_the_number_names_the_day_of_booking_to_the_second(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor, seconds: int, day: str
) -> None:
    """APT-2: AP-YYYYMMDD-XXXX, four characters that survive a telephone line."""
    now = datetime(2026, 3, 3, tzinfo=UTC) + timedelta(seconds=seconds)
    made = book(booking(clinic, service, doctor, patient, at(clinic, TUESDAY, "10:00")), actor=desk, now=now)
    assert re.fullmatch(rf"AP-{day}-[{SPOKEN}]{{4}}", made.number)


def test_a_taken_number_is_not_given_again(
    clinic: Clinic,
    service: Service,
    doctor: Provider,
    desk: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another is drawn; where they run short, a longer one. A cancelled appointment keeps its number."""
    drawn = iter(["KKKK", "KKKK", "KKKK", "KKKK", "HHHHH"])
    monkeypatch.setattr(database, "spoken", lambda length: next(drawn))
    numbers = [
        book(
            booking(clinic, service, doctor, make_patient(clinic), at(clinic, MONDAY, clock)), actor=desk, now=NOW
        ).number
        for clock in ("10:00", "11:00")
    ]
    assert numbers == ["AP-20260302-KKKK", "AP-20260302-HHHHH"]
    assert faults() == {}


@pytest.mark.parametrize("source", Source.values)
def test_every_source(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor, source: str
) -> None:
    request = booking(clinic, service, doctor, patient, at(clinic, MONDAY, "10:00"), source=source)
    assert book(request, actor=desk, now=NOW).source == source


WRONG = {
    "no source": ({"source": ""}, Code.MISSING, "source", None),
    "an unknown source": ({"source": "pigeon"}, Code.INVALID, "source", "unknown"),
    **{
        f"{field} too long": ({field: "x" * 201}, Code.INVALID, field, "too_long")
        for field in ("referral", "overbook_reason", "afterwards_reason")
    },
    "notes too long": ({"notes": "x" * 2001}, Code.INVALID, "notes", "too_long"),
    **{
        f"{field} with NUL": ({field: "a\x00"}, Code.INVALID, field, "characters")
        for field in ("referral", "notes", "overbook_reason", "afterwards_reason")
    },
    "a backwards referral": ({"referral": "\u202egro"}, Code.INVALID, "referral", "characters"),
    "no length": ({"minutes": 0}, Code.INVALID, "duration_minutes", "length"),
    "a negative length": ({"minutes": -5}, Code.INVALID, "duration_minutes", "length"),
    "more than a day": ({"minutes": 1441}, Code.INVALID, "duration_minutes", "length"),
}


@pytest.mark.parametrize(("fields", "code", "field", "reason"), WRONG.values(), ids=WRONG)
def test_a_wrong_field_is_named(
    clinic: Clinic,
    service: Service,
    doctor: Provider,
    patient: Patient,
    desk: Actor,
    fields: dict[str, object],
    code: Code,
    field: str,
    reason: str | None,
) -> None:
    with pytest.raises(Invalid) as refused:
        book(booking(clinic, service, doctor, patient, at(clinic, MONDAY, "10:00"), **fields), actor=desk, now=NOW)
    assert [(one.code, one.field, dict(one.params).get("reason")) for one in refused.value.problems] == [
        (code, field, reason)
    ]
    assert not Appointment.objects.exists()


def test_somebody_must_be_booked(clinic: Clinic, service: Service, doctor: Provider, desk: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        book(booking(clinic, service, doctor, None, at(clinic, MONDAY, "10:00")), actor=desk, now=NOW)
    assert refused.value.problems == (Problem(Code.MISSING, "patient"),)


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25)])
def test_the_days_the_clocks_change(clinic: Clinic, service: Service, patient: Patient, desk: Actor, day: date) -> None:
    """AVL-1: nine in the morning is nine on the wall, an hour is an hour."""
    doctor = make_provider(clinic, service=service, weekdays=0b1111111, hours=(0, 24 * 60))
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    start = at(clinic, day, "09:00")
    made = book(booking(clinic, service, doctor, patient, start, minutes=60), actor=desk, now=now)
    offset = 1 if day == date(2026, 3, 29) else 0
    wall = datetime(day.year, day.month, day.day, 9 - offset, tzinfo=UTC)
    assert (made.start * 60, made.end - made.start, made.visit.day) == (int(wall.timestamp()), 60, day)
