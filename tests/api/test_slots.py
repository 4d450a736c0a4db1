from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.patients.models import Registration
from orderly.resources.models import Kind
from tests.api.client import said
from tests.api.practice import Practice
from tests.factories import make_asset, make_clinic, make_patient, make_provider, make_service

pytestmark = pytest.mark.django_db


def starts(response: Any) -> list[str]:
    return [slot["start"] for slot in response.json()["items"]]


def test_slots_of_a_day() -> None:
    """AVL-1"""
    practice = Practice()
    response = practice.slots(step=240)
    provider = str(practice.provider.pk)
    assert response.json() == {
        "items": [
            {
                "start": "2026-03-03T12:00:00+01:00",
                "end": "2026-03-03T12:30:00+01:00",
                "provider": provider,
                "resources": [],
            },
            {
                "start": "2026-03-03T16:00:00+01:00",
                "end": "2026-03-03T16:30:00+01:00",
                "provider": provider,
                "resources": [],
            },
        ],
        "next": None,
    }


def test_slots_name_the_assets_a_booking_would_get() -> None:
    practice = Practice(asset_kinds=(Kind.CHAIR, Kind.ROOM))
    chair, room = make_asset(practice.clinic), make_asset(practice.clinic, Kind.ROOM)
    [slot] = practice.slots(limit=1).json()["items"]
    assert sorted(slot["resources"]) == sorted([str(chair.pk), str(room.pk)])
    assert practice.book(slot["start"])["appointment"]["resources"] == slot["resources"]


def test_slots_are_ordered_by_start_then_provider_and_cover_everybody() -> None:
    practice = Practice()
    second = make_provider(practice.clinic, service=practice.service)
    items = practice.slots(step=480 + 240).json()["items"]
    assert [(one["start"], one["provider"]) for one in items] == [
        ("2026-03-03T12:00:00+01:00", str(practice.provider.pk)),
        ("2026-03-03T12:00:00+01:00", str(second.pk)),
    ]
    items = practice.slots(step=720, provider=second.pk).json()["items"]
    assert [one["provider"] for one in items] == [str(second.pk)]


def test_slots_show_the_offset_of_their_own_day() -> None:
    """AVL-1: the clocks of Berlin go forward on 29 March 2026."""
    response = Practice().slots(**{"from": "2026-03-27", "to": "2026-03-31"}, step=720)
    assert starts(response) == ["2026-03-27T12:00:00+01:00", "2026-03-30T12:00:00+02:00"]


def test_a_patient_who_is_busy_has_no_slot_then() -> None:
    practice = Practice()
    other = make_provider(practice.clinic, service=practice.service)
    practice.book("2026-03-03T12:00")
    assert starts(practice.slots(step=720, provider=other.pk)) == ["2026-03-03T12:00:00+01:00"]
    assert starts(practice.slots(step=720, provider=other.pk, patient=practice.patient.pk)) == []


def test_pages_put_together_are_the_whole_list() -> None:
    practice = Practice()
    make_provider(practice.clinic, service=practice.service)
    query = {"from": "2026-03-03", "to": "2026-03-24", "step": 60}
    whole = practice.slots(**query).json()
    assert len(whole["items"]) == 240
    assert whole["next"] is None
    found, cursor = [], None
    while True:
        page = practice.slots(**query, limit=37, **({"cursor": cursor} if cursor else {})).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
        assert len(page["items"]) == 37
    assert found == whole["items"]


def test_first_fit() -> None:
    """AVL-2: the earliest of each day, on chosen weekdays (0 = Sunday), near a time of day."""
    practice = Practice()
    week = {"from": "2026-03-02", "to": "2026-03-09", "per_day": 1}
    assert starts(practice.slots(**week)) == [f"2026-03-0{day}T09:00:00+01:00" for day in range(2, 7)]
    assert starts(practice.slots(**week, weekdays="2,4")) == ["2026-03-03T09:00:00+01:00", "2026-03-05T09:00:00+01:00"]
    assert starts(practice.slots(**week, weekdays=[3], near="14:20")) == ["2026-03-04T14:30:00+01:00"]
    assert starts(practice.slots(**week, weekdays=[3], near="23:00")) == ["2026-03-04T16:30:00+01:00"]


@pytest.mark.parametrize(
    ("query", "status", "problem"),
    [
        ({"to": "2026-06-03"}, 200, None),
        ({"to": "2026-06-04"}, 400, ("invalid", "to")),
        ({"to": "2126-03-03"}, 400, ("invalid", "to")),
        ({"to": "2026-03-03"}, 422, ("invalid", "to")),
        ({"to": "9999-12-31"}, 422, ("invalid", "to")),
        ({"to": "2026-02-30"}, 422, ("invalid", "to")),
        ({"from": "03.03.2026"}, 422, ("invalid", "from")),
        ({"from": "1969-12-31"}, 422, ("invalid", "from")),
        ({"step": 0}, 422, ("invalid", "step")),
        ({"step": 1441}, 422, ("invalid", "step")),
        ({"step": 10**30}, 422, ("invalid", "step")),
        ({"limit": 0}, 422, ("invalid", "limit")),
        ({"limit": 501}, 422, ("invalid", "limit")),
        ({"cursor": "made-up"}, 422, ("invalid", "cursor")),
        ({"provider": "7"}, 422, ("invalid", "provider")),
        ({"weekdays": 1}, 422, ("missing", "per_day")),
        ({"near": "09:00"}, 422, ("missing", "per_day")),
        ({"per_day": 2}, 422, ("invalid", "per_day")),
        ({"per_day": 1, "weekdays": "1,7"}, 422, ("invalid", "weekdays.1")),
        ({"per_day": 1, "near": "24:00"}, 422, ("invalid", "near")),
        ({"form": "2026-03-03"}, 422, ("invalid", "form")),
    ],
)
def test_what_cannot_be_asked(query: dict[str, Any], status: int, problem: tuple[str, str] | None) -> None:
    response = Practice().slots(**query)
    assert response.status_code == status
    if problem:
        assert said(response) == (status, [problem])


def test_what_is_missing_is_named() -> None:
    assert said(Practice().desk.get("slots")) == (
        422,
        [("missing", "clinic"), ("missing", "service"), ("missing", "from"), ("missing", "to")],
    )


def test_what_belongs_to_another_clinic_is_not_there() -> None:
    """ACC-4"""
    practice, elsewhere = Practice(), make_clinic()
    theirs = {
        "service": make_service(elsewhere),
        "provider": make_provider(elsewhere),
        "patient": make_patient(elsewhere),
        "clinic": elsewhere,
    }
    for field, one in theirs.items():
        assert said(practice.slots(**{field: one.pk})) == (404, [("invalid", field)])


def test_a_service_without_phases_has_no_slots() -> None:
    practice = Practice()
    practice.service.phases.all().delete()
    assert practice.slots().json() == {"items": [], "next": None}


def test_constant_number_of_queries() -> None:
    """OPS-5"""
    practice = Practice()
    practice.slots()
    with CaptureQueriesContext(
        connection,
    ) as one:
        practice.slots()
    for _ in range(2):
        make_provider(practice.clinic, service=practice.service)
    with CaptureQueriesContext(connection) as three:
        practice.slots()
    assert len(one) == len(three)


def why(practice: Practice, **query: Any) -> Any:
    usual = {"clinic": practice.clinic.pk, "service": practice.service.pk, "start": "2026-03-03T10:00"}
    return practice.desk.get("slots/why", **{**usual, **query}).json()


def test_why_not() -> None:
    """AVL-5"""
    practice = Practice()
    practice.book("2026-03-03T10:00")
    provider = str(practice.provider.pk)
    assert why(practice, provider=provider) == {
        "bookable": False,
        "problems": [
            {"code": "provider_busy", "message": "Dr Smith is busy 10:00–10:30.", "field": "provider"},
        ],
        "alternatives": [
            {"start": "2026-03-03T09:30:00+01:00", "end": "2026-03-03T10:00:00+01:00", "provider": provider},
            {"start": "2026-03-03T10:30:00+01:00", "end": "2026-03-03T11:00:00+01:00", "provider": provider},
            {"start": "2026-03-03T09:15:00+01:00", "end": "2026-03-03T09:45:00+01:00", "provider": provider},
        ],
    }


def test_nothing_against_it() -> None:
    assert why(Practice()) == {"bookable": True, "problems": [], "alternatives": []}


def test_an_offset_of_ones_own_and_a_plus_that_nobody_escaped() -> None:
    practice = Practice()
    practice.book("2026-03-03T10:00")
    for start in ("2026-03-03T09:00Z", "2026-03-03T09:00:00 00:00", "2026-03-03T14:00:00+05:00"):
        assert why(practice, start=start)["bookable"] is False


def test_a_provider_elsewhere_tells_nothing_of_the_patient() -> None:
    """PAT-12: busy in another clinic, without detail."""
    practice, other = Practice(), Practice()
    other.patient = practice.patient
    other.provider = make_provider(other.clinic, service=other.service)
    practice.book("2026-03-03T10:00")
    Registration.objects.create(patient=practice.patient, clinic=other.clinic)
    found = why(other, provider=other.provider.pk, patient=practice.patient.pk)
    assert found["problems"] == [
        {"code": "patient_busy", "message": "The patient is busy at that time.", "field": "patient"}
    ]
