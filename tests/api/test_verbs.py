import pytest

from orderly.appointments.models import Appointment
from orderly.clinics.models import FeeKind
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_clinic, make_provider

pytestmark = pytest.mark.django_db

AT_SEVEN = "2026-03-02T07:00:00+01:00"


def test_a_day() -> None:
    """APT-4, VIS-1: from confirmed to completed and back."""
    practice = Practice()
    booked = practice.book()
    seen = []
    for verb, body in (
        ("arrive", {}),
        ("confirm", {}),
        ("arrive", None),
        ("start", {}),
        ("complete", {}),
        ("reopen", {"reason": "one more X-ray"}),
        ("complete", {}),
    ):
        response = practice.verb(booked, verb, body)
        whole = response.json()
        assert response["ETag"] == f'"v{whole["appointment"]["version"]}"'
        visit = whole["visit"]
        seen.append((whole["appointment"]["status"], visit["status"], visit["arrived_at"], visit["done_at"]))
    assert seen == [
        ("arrived", "waiting", AT_SEVEN, None),
        ("confirmed", "waiting", None, None),
        ("arrived", "waiting", AT_SEVEN, None),
        ("in_progress", "in_progress", AT_SEVEN, None),
        ("completed", "done", AT_SEVEN, AT_SEVEN),
        ("in_progress", "in_progress", AT_SEVEN, None),
        ("completed", "done", AT_SEVEN, AT_SEVEN),
    ]


def test_moving() -> None:
    """APT-6: the same appointment, at another time, with another provider."""
    practice = Practice()
    other = make_provider(practice.clinic, service=practice.service, share_percent=100)
    booked = practice.book()
    response = practice.verb(
        booked,
        "reschedule",
        {"start": "2026-03-04T11:00", "provider": str(other.pk), "duration_minutes": 60},
        if_match='"v1"',
    )
    assert response.status_code == 200
    moved = response.json()
    assert moved["appointment"] == {
        **booked["appointment"],
        "provider": str(other.pk),
        "start": "2026-03-04T11:00:00+01:00",
        "end": "2026-03-04T12:00:00+01:00",
        "duration_minutes": 60,
        "version": 2,
    }
    assert moved["visit"] == {**booked["visit"], "planned_at": "2026-03-04T11:00:00+01:00", "queue_number": 1}
    assert moved["payment"] == {
        **booked["payment"],
        "provider_share": {"amount": "50.00", "currency": "EUR"},
        "clinic_share": {"amount": "0.00", "currency": "EUR"},
    }


def test_moving_onto_somebody_else_offers_other_times() -> None:
    practice = Practice()
    practice.book("2026-03-03T11:00")
    booked = practice.book("2026-03-03T10:00")
    response = practice.verb(booked, "reschedule", {"start": "2026-03-03T11:00"})
    assert said(response) == (409, [("provider_busy", "provider"), ("patient_busy", "patient")])
    assert [one["start"] for one in response.json()["alternatives"]] == [  # its own time is in nobody's way
        "2026-03-03T10:30:00+01:00",
        "2026-03-03T11:30:00+01:00",
        "2026-03-03T10:15:00+01:00",
    ]


def test_a_version_that_is_no_more_is_refused() -> None:
    """API-1: If-Match against lost updates."""
    practice = Practice()
    booked = practice.book()
    for stale in ('"v2"', '"v0"', "v1", '"abc"', ""):
        assert said(practice.verb(booked, "arrive", {}, if_match=stale)) == (412, [])
    assert practice.verb(booked, "arrive", {}, if_match='"v1"').status_code == 200
    assert said(practice.verb(booked, "start", {}, if_match='"v1"')) == (412, [])
    assert practice.verb(booked, "start", {}, if_match="*").status_code == 200


def test_cancelling_late_costs_what_the_clinic_says() -> None:
    """APT-7"""
    practice = Practice()
    practice.clinic.late_fee_kind, practice.clinic.late_fee = FeeKind.PERCENT, 50
    practice.clinic.save()
    booked = practice.book("2026-03-02T10:00")
    cancelled = practice.verb(booked, "cancel", {"reason": "patient_ill", "note": "flu"}).json()
    assert cancelled["appointment"] == {
        **booked["appointment"],
        "status": "cancelled",
        "cancellation": {
            "reason": "patient_ill",
            "note": "flu",
            "fee": {"amount": "25.00", "currency": "EUR"},
            "refund": None,
        },
        "version": 2,
    }
    assert (cancelled["visit"]["status"], cancelled["payment"]["status"]) == ("cancelled", "void")
    assert practice.slots(**{"from": "2026-03-02", "to": "2026-03-03"}, step=600, limit=1).json()["items"] != []


def test_a_cancelled_one_comes_back_only_if_its_time_is_free() -> None:
    practice = Practice()
    booked = practice.book()
    practice.verb(booked, "cancel", {"reason": "patient_request"})
    again = practice.book()
    assert said(practice.verb(booked, "reopen", {"reason": "changed her mind"}))[0] == 409
    practice.verb(again, "cancel", {"reason": "patient_request"})
    reopened = practice.verb(booked, "reopen", {"reason": "changed her mind"}).json()
    assert reopened["appointment"] == {**booked["appointment"], "version": 3}


def test_no_show_fee() -> None:
    practice = Practice()
    practice.clinic.no_show_fee = 1500
    practice.clinic.save()
    missed = practice.verb(practice.book(), "no-show", {"reason": "no answer"}).json()
    assert missed["appointment"]["status"] == "no_show"
    assert missed["appointment"]["cancellation"] == {
        "reason": None,
        "note": "",
        "fee": {"amount": "15.00", "currency": "EUR"},
        "refund": None,
    }


def test_moves_that_are_not_allowed() -> None:
    practice = Practice()
    booked = practice.book()
    assert said(practice.verb(booked, "start", {})) == (409, [("bad_transition", "status")])
    assert said(practice.verb(booked, "reopen", {"reason": "x"})) == (409, [("bad_transition", "status")])
    practice.verb(booked, "complete", {})
    response = practice.verb(booked, "cancel", {"reason": "x"})
    assert response.json()["problems"] == [
        {
            "code": "bad_transition",
            "message": "An appointment that is completed can't be cancelled.",
            "field": "status",
        }
    ]


@pytest.mark.parametrize(
    ("verb", "body", "problem"),
    [
        ("cancel", {}, ("missing", "reason")),
        ("cancel", {"reason": "  "}, ("invalid", "reason")),
        ("reopen", {}, ("missing", "reason")),
        ("reschedule", {}, ("missing", "start")),
        ("reschedule", {"start": "tomorrow"}, ("invalid", "start")),
        ("reschedule", {"start": "2026-03-03T10:00", "duration_minutes": 0}, ("invalid", "duration_minutes")),
        ("arrive", {"at": "09:00"}, ("invalid", "at")),
    ],
)
def test_fields(verb: str, body: dict[str, object], problem: tuple[str, str]) -> None:
    practice = Practice()
    booked = practice.book()
    assert said(practice.verb(booked, verb, body)) == (422, [problem])
    assert Appointment.objects.get().version == 1


VERBS = {
    "confirm": {},
    "reschedule": {"start": "2026-03-03T11:00"},
    "cancel": {"reason": "x"},
    "no-show": {},
    "reopen": {"reason": "x"},
    "arrive": {},
    "start": {},
    "complete": {},
}


@pytest.mark.parametrize("verb", VERBS)
def test_rights(verb: str) -> None:
    """ACC-3, ACC-4: 403 in one's own clinic, 404 elsewhere."""
    practice = Practice()
    path = f"appointments/{practice.book()['appointment']['id']}/{verb}"
    assert said(Caller(practice.clinic, "read_only").post(path, VERBS[verb])) == (403, [])
    assert said(Caller(make_clinic(), "clinic_admin").post(path, VERBS[verb])) == (404, [])
    assert said(Caller(None, None).post(path, VERBS[verb])) == (401, [])
