from typing import Any

import pytest
from django.db.models import Model

from orderly.appointments.models import Appointment, Visit
from orderly.billing.models import Payment
from orderly.calendars.models import Claim, Reservation
from orderly.journal.models import Entry
from orderly.patients.models import Registration
from orderly.resources.models import Kind
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_asset, make_clinic, make_patient, make_provider, make_service

pytestmark = pytest.mark.django_db

WRITTEN: tuple[type[Model], ...] = (Appointment, Visit, Payment, Claim, Reservation, Entry, Registration)


def rows() -> list[int]:
    return [model._default_manager.count() for model in WRITTEN]


def test_the_whole_answer() -> None:
    """APT-2: appointment, visit and payment."""
    practice = Practice()
    response = practice.desk.post(
        "appointments", practice.body(referral="Dr Jones", notes="Nervous.\nCall before.", duration_minutes=45)
    )
    [appointment] = Appointment.objects.select_related("visit", "payment")
    assert response.status_code == 201
    assert response["ETag"] == '"v1"'
    euros = {"currency": "EUR"}
    assert response.json() == {
        "appointment": {
            "id": str(appointment.pk),
            "number": appointment.number,
            "clinic": str(practice.clinic.pk),
            "patient": str(practice.patient.pk),
            "provider": str(practice.provider.pk),
            "proposed_provider": None,
            "service": str(practice.service.pk),
            "resources": [],
            "team": [],
            "session": None,
            "start": "2026-03-03T10:00:00+01:00",
            "end": "2026-03-03T10:45:00+01:00",
            "duration_minutes": 45,
            "status": "confirmed",
            "source": "phone",
            "referral": "Dr Jones",
            "notes": "Nervous.\nCall before.",
            "package": None,
            "cancellation": None,
            "overbook_reason": "",
            "afterwards_reason": "",
            "created_by": str(practice.desk.user.pk),
            "created_at": "2026-03-02T07:00:00+01:00",
            "version": 1,
        },
        "visit": {
            "id": str(appointment.visit.pk),
            "type": "scheduled",
            "status": "waiting",
            "queue_number": 1,
            "planned_at": "2026-03-03T10:00:00+01:00",
            "arrived_at": None,
            "called_at": None,
            "done_at": None,
        },
        "payment": {
            "id": str(appointment.payment.pk),
            "status": "pending",
            "method": "cash",
            "total": {"amount": "50.00", **euros},
            "paid": {"amount": "0.00", **euros},
            "provider_share": {"amount": "25.00", **euros},
            "clinic_share": {"amount": "25.00", **euros},
        },
    }
    assert practice.desk.get(f"appointments/{appointment.pk}").json() == response.json()


def test_a_chosen_chair_is_used() -> None:
    practice = Practice(asset_kinds=(Kind.CHAIR,))
    make_asset(practice.clinic)
    second = make_asset(practice.clinic)
    assert practice.book(resources=[str(second.pk)])["appointment"]["resources"] == [str(second.pk)]


def test_all_reasons_and_the_nearest_three_times() -> None:
    """API-1, AVL-5: what blocks, in words, and what can be had instead."""
    practice = Practice()
    practice.book()
    before = rows()
    response = practice.desk.post("appointments", practice.body())
    provider = str(practice.provider.pk)
    busy, patient = "Dr Smith is busy 10:00–10:30.", "The patient is busy at that time."
    assert response.json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": f"{busy} {patient}",
        "problems": [
            {"code": "provider_busy", "message": busy, "field": "provider"},
            {"code": "patient_busy", "message": patient, "field": "patient"},
        ],
        "alternatives": [
            {"start": "2026-03-03T09:30:00+01:00", "end": "2026-03-03T10:00:00+01:00", "provider": provider},
            {"start": "2026-03-03T10:30:00+01:00", "end": "2026-03-03T11:00:00+01:00", "provider": provider},
            {"start": "2026-03-03T09:15:00+01:00", "end": "2026-03-03T09:45:00+01:00", "provider": provider},
        ],
    }
    assert rows() == before


def test_without_a_provider_it_is_a_request() -> None:
    """AVL-4, APT-4, APT-5: its provider is proposed, then chosen, then it is confirmed."""
    practice = Practice()
    post = practice.desk.post
    made = post("appointments", practice.body(provider=None))
    shown, doctor = made.json(), practice.body()["provider"]
    appointment = shown["appointment"]
    assert made.status_code == 201
    assert (appointment["status"], appointment["provider"]) == ("requested", None)
    assert appointment["proposed_provider"] == doctor
    assert (shown["visit"]["queue_number"], shown["payment"]["provider_share"]) == (None, None)
    one = f"appointments/{appointment['id']}"
    assert said(post(f"{one}/confirm", {})) == (409, [("missing", "provider")])
    listed = practice.desk.get(f"{one}/candidates").json()
    assert [(item["provider"], item["free"], item["proposed"]) for item in listed["items"]] == [(doctor, True, True)]
    chosen = post(f"{one}/assign", {"provider": doctor}).json()["appointment"]
    assert (chosen["status"], chosen["provider"], chosen["proposed_provider"]) == ("requested", doctor, None)
    done = post(f"{one}/confirm", {}).json()
    assert (done["appointment"]["status"], done["visit"]["queue_number"]) == ("confirmed", 1)
    assert done["payment"]["provider_share"] is not None
    refused = said(post("appointments", practice.body(provider=None, patient=str(make_patient(practice.clinic).pk))))
    assert refused == (409, [("provider_busy", "provider")])


@pytest.mark.parametrize("field", ["clinic", "service", "patient", "start", "source"])
def test_a_missing_field_is_named(field: str) -> None:
    """APT-11"""
    practice = Practice()
    before = rows()
    assert said(practice.desk.post("appointments", practice.body(**{field: None}))) == (422, [("missing", field)])
    assert rows() == before


def test_overbooking_needs_the_right_and_a_service_that_allows_it() -> None:
    """APT-3"""
    practice = Practice(overbook=1)
    practice.book()
    other = practice.body(patient=str(make_patient(practice.clinic).pk), overbook_reason="in pain")
    assert said(Caller(practice.clinic, "clinical_staff").post("appointments", other)) == (403, [])
    response = practice.desk.post("appointments", other)
    assert (response.status_code, response.json()["appointment"]["overbook_reason"]) == (201, "in pain")
    third = {**other, "patient": str(make_patient(practice.clinic).pk)}
    assert said(practice.desk.post("appointments", third)) == (409, [("overbook_limit", "provider")])


def test_a_record_made_afterwards_says_so() -> None:
    """APT-11: nobody books into the past, except with a reason."""
    practice = Practice()
    past = practice.body("2026-02-27T10:00")
    assert said(practice.desk.post("appointments", past)) == (409, [("past", "start")])
    response = practice.desk.post("appointments", {**past, "afterwards_reason": "the computer was down"})
    assert response.json()["appointment"]["afterwards_reason"] == "the computer was down"


def test_what_belongs_to_another_clinic_is_not_there() -> None:
    """ACC-4"""
    practice, elsewhere = Practice(), make_clinic()
    before = rows()
    theirs: dict[str, Any] = {
        "clinic": elsewhere,
        "service": make_service(elsewhere),
        "provider": make_provider(elsewhere),
        "patient": make_patient(elsewhere),
    }
    before = rows()
    for field, one in theirs.items():
        assert said(practice.desk.post("appointments", practice.body(**{field: str(one.pk)}))) == (
            404,
            [("invalid", field)],
        )
    chair = str(make_asset(elsewhere).pk)
    assert said(practice.desk.post("appointments", practice.body(resources=[chair]))) == (
        404,
        [("invalid", "resources")],
    )
    assert rows() == before


def test_clocks_that_skip_and_repeat_an_hour() -> None:
    """A time without offset is the clinic's: a skipped one comes after the gap, a repeated one is the first."""
    practice = Practice()
    make_provider_for_nights(practice)
    skipped = practice.book("2026-03-29T02:30")["appointment"]
    assert skipped["start"] == "2026-03-29T03:30:00+02:00"


def make_provider_for_nights(practice: Practice) -> None:
    practice.provider = make_provider(practice.clinic, service=practice.service, hours=(0, 1440), weekdays=127)


def test_texts_as_long_as_they_may_be() -> None:
    """Every database takes what the API lets through."""
    practice = Practice(overbook=1)
    practice.book()
    patient = str(make_patient(practice.clinic).pk)
    longest = {"referral": "r" * 200, "overbook_reason": "o" * 200, "notes": "n" * 2000, "patient": patient}
    booked = practice.book(**longest)
    assert {name: booked["appointment"][name] for name in longest} == longest
    afterwards = practice.book("2026-02-27T10:00", afterwards_reason="a" * 200)
    assert afterwards["appointment"]["afterwards_reason"] == "a" * 200
    cancelled = practice.verb(booked, "cancel", {"reason": "c" * 200, "note": "n" * 200}).json()
    assert cancelled["appointment"]["cancellation"]["note"] == f"{'c' * 200} – {'n' * 200}"
    assert practice.verb(booked, "reopen", {"reason": "r" * 200}).status_code == 200
    assert practice.verb(booked, "no-show", {"reason": "s" * 200}).status_code == 200
