"""AVL-7, APT-14: group sessions over REST."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_clinic, make_patient, make_provider

pytestmark = pytest.mark.django_db

TEN = "2026-03-03T10:00"
SHOWN = "2026-03-03T10:00:00+01:00"


@pytest.fixture
def practice() -> Practice:
    return Practice(places=2)


def join(practice: Practice, start: str = TEN) -> str:
    booked = practice.book(start, patient=str(make_patient(practice.clinic).pk))
    return booked["appointment"]["id"]


def listed(practice: Practice, **more: object) -> dict[str, object]:
    query = {"clinic": practice.clinic.pk, "from": "2026-03-03", "to": "2026-03-04", **more}
    return practice.desk.get("sessions", **query).json()


def test_slots_say_how_many_places_are_left(practice: Practice) -> None:
    def found() -> dict[str, int]:
        items = practice.slots(step=30).json()["items"]
        return {item["start"][11:16]: item["places_left"] for item in items if item["start"][11:13] in ("10", "11")}

    assert found() == {"10:00": 2, "10:30": 2, "11:00": 2, "11:30": 2}
    join(practice)
    assert found() == {"10:00": 1, "10:30": 2, "11:00": 2, "11:30": 2}
    join(practice)
    assert found() == {"10:30": 2, "11:00": 2, "11:30": 2}


def test_a_full_group_is_refused_in_words_with_the_nearest_times(practice: Practice) -> None:
    join(practice)
    join(practice)
    response = practice.desk.post("appointments", practice.body(TEN))
    assert said(response) == (409, [("resource_busy", "start")])
    answer = response.json()
    assert answer["problems"][0]["message"] == "The group is full: all 2 places are taken."
    assert [one["start"][11:16] for one in answer["alternatives"]] == ["09:30", "10:30", "09:15"]
    why = practice.desk.get("slots/why", clinic=practice.clinic.pk, service=practice.service.pk, start=TEN).json()
    assert (why["bookable"], why["problems"]) == (False, answer["problems"])


def test_sessions_of_a_day(practice: Practice) -> None:
    one = join(practice)
    practice.desk.post("holds", practice.body(TEN, source=None, patient=None))
    join(practice, "2026-03-04T10:00")
    [session] = listed(practice)["items"]  # type: ignore[misc]
    assert {**session, "id": None} == {
        "id": None,
        "clinic": str(practice.clinic.pk),
        "service": str(practice.service.pk),
        "provider": str(practice.provider.pk),
        "start": SHOWN,
        "end": "2026-03-03T10:30:00+01:00",
        "places": 2,
        "taken": 2,
        "appointments": [one],
        "version": 1,
    }
    assert practice.desk.get(f"sessions/{session['id']}").json() == session
    assert practice.desk.get(f"appointments/{one}").json()["appointment"]["session"] == session["id"]


def test_sessions_by_service_and_provider(practice: Practice) -> None:
    join(practice)
    other = make_provider(practice.clinic, service=practice.service)
    assert len(listed(practice, service=practice.service.pk, provider=practice.provider.pk)["items"]) == 1  # type: ignore[arg-type]
    assert listed(practice, provider=other.pk)["items"] == []


def test_sessions_in_pieces(practice: Practice) -> None:
    for hour in (10, 11, 12):
        join(practice, f"2026-03-03T{hour}:00")
    first = listed(practice, limit=2)
    rest = listed(practice, limit=2, cursor=first["next"])
    assert [one["start"][11:13] for page in (first, rest) for one in page["items"]] == ["10", "11", "12"]  # type: ignore[attr-defined]
    assert rest["next"] is None


def test_a_list_costs_the_same_however_many(practice: Practice) -> None:
    counts = []
    for hours in ((10,), (10, 11, 12)):
        for hour in hours:
            join(practice, f"2026-03-03T{hour}:00")
        with CaptureQueriesContext(connection) as sent:
            listed(practice)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_session_moves_with_everybody(practice: Practice) -> None:
    made = [join(practice), join(practice)]
    [session] = listed(practice)["items"]  # type: ignore[misc]
    path = f"sessions/{session['id']}/move"
    response = practice.desk.post(path, {"start": "2026-03-03T11:00"}, if_match='"v1"')
    assert response.status_code == 200, response.content
    assert (response.status_code, response["ETag"]) == (200, '"v2"')
    assert response.json() == {
        **session,
        "start": "2026-03-03T11:00:00+01:00",
        "end": "2026-03-03T11:30:00+01:00",
        "version": 2,
    }
    for one in made:
        assert practice.desk.get(f"appointments/{one}").json()["appointment"]["start"] == "2026-03-03T11:00:00+01:00"
    assert practice.desk.post(path, {"start": TEN}, if_match='"v1"').status_code == 412
    assert said(practice.desk.post(path, {})) == (422, [("missing", "start")])
    assert said(practice.desk.post(path, {"start": "2026-03-03T16:45"})) == (409, [("outside_hours", "start")])


def test_another_clinics_sessions_are_not_there(practice: Practice) -> None:
    join(practice)
    [session] = listed(practice)["items"]  # type: ignore[misc]
    stranger, billing = Caller(make_clinic()), Caller(practice.clinic, "billing")
    assert stranger.get(f"sessions/{session['id']}").status_code == 404
    assert stranger.post(f"sessions/{session['id']}/move", {"start": TEN}).status_code == 404
    assert billing.post(f"sessions/{session['id']}/move", {"start": TEN}).status_code == 403
    query = {"clinic": practice.clinic.pk, "from": "2026-03-03", "to": "2026-03-04"}
    assert said(stranger.get("sessions", **query)) == (404, [("invalid", "clinic")])
