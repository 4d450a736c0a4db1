"""APT-14: several people or services in one booking, over REST."""

from typing import Any

import pytest

from orderly.engine import succession
from tests.api.client import said
from tests.api.practice import Practice
from tests.factories import make_clinic, make_patient

pytestmark = pytest.mark.django_db

DAYS = {"from": "2026-03-03", "to": "2026-03-04"}


@pytest.fixture
def practice() -> Practice:
    return Practice()


def steps(practice: Practice, people: int = 2) -> list[dict[str, Any]]:
    service, provider = str(practice.service.pk), str(practice.provider.pk)
    patients = [practice.patient, *(make_patient(practice.clinic) for _ in range(people - 1))]
    return [{"patient": str(one.pk), "service": service, "provider": provider} for one in patients]


def search(practice: Practice, **more: Any) -> dict[str, Any]:
    return {"clinic": str(practice.clinic.pk), "steps": steps(practice), **DAYS, **more}


def sent(practice: Practice, found: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What books a proposal: its steps as they came, without their ends."""
    placed = [{name: value for name, value in step.items() if name != "end"} for step in found["steps"]]
    return {"clinic": str(practice.clinic.pk), "steps": placed, "source": "phone", **more}


def clocks(party: list[dict[str, Any]]) -> list[str]:
    return [one["start"][11:16] for one in party]


def test_searched_booked_moved_and_called_off(practice: Practice) -> None:
    found = practice.desk.post("parties/search", search(practice, limit=2)).json()["items"]
    assert [clocks(one["steps"]) for one in found] == [["09:00", "09:30"], ["09:15", "09:45"]]
    assert (found[0]["end"][11:16], found[0]["waiting_minutes"]) == ("10:00", 0)
    made = practice.desk.post("parties", sent(practice, found[0]))
    party = made.json()
    assert (made.status_code, party["kind"], clocks(party["appointments"])) == (201, "group", ["09:00", "09:30"])
    one = f"parties/{party['id']}"
    moved = practice.desk.post(f"{one}/move", {"start": "2026-03-03T14:00"}, if_match=made["ETag"])
    assert clocks(moved.json()["appointments"]) == ["14:00", "14:30"]
    assert practice.desk.post(f"{one}/cancel", {"reason": "other"}, if_match=made["ETag"]).status_code == 412
    off = practice.desk.post(f"{one}/cancel", {"reason": "patient_ill"}, if_match=moved["ETag"])
    assert [row["status"] for row in off.json()["appointments"]] == ["cancelled"] * 2
    assert practice.desk.get(one).json() == off.json()
    assert said(practice.desk.post(f"{one}/cancel", {"reason": "other"})) == (409, [("bad_transition", "status")])


def test_what_was_done_to_all_of_it_is_undone(practice: Practice) -> None:
    """By its version, and once."""
    found = practice.desk.post("parties/search", search(practice, limit=1)).json()["items"][0]
    made = practice.desk.post("parties", sent(practice, found))
    one = f"parties/{made.json()['id']}"
    assert practice.desk.post(f"{one}/undo", if_match='"v1"').status_code == 412
    back = practice.desk.post(f"{one}/undo", if_match=made["ETag"])
    assert (back.status_code, [row["status"] for row in back.json()["appointments"]]) == (200, ["cancelled"] * 2)
    assert said(practice.desk.post(f"{one}/undo")) == (409, [("not_undoable", None)])


def test_a_search_that_is_cut_short_says_so(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    assert practice.desk.post("parties/search", search(practice)).json()["complete"]
    monkeypatch.setattr(succession, "MOST", 0)
    assert practice.desk.post("parties/search", search(practice)).json() == {"items": [], "complete": False}


def test_the_party_of_an_appointment(practice: Practice) -> None:
    [first, *_] = practice.desk.post("parties/search", search(practice, order="any")).json()["items"]
    party = practice.desk.post("parties", sent(practice, first)).json()
    alone = practice.book("2026-03-03T16:00")["appointment"]["id"]
    ids = [one["id"] for one in party["appointments"]]

    def of(appointment: str) -> list[Any]:
        rows = practice.desk.get("parties", clinic=practice.clinic.pk, appointment=appointment).json()["items"]
        return [(row["id"], row["appointments"]) for row in rows]

    assert (of(ids[1]), of(alone)) == ([(party["id"], ids)], [])


def test_a_refusal_says_which_steps_and_what_else_there_is_for_all(practice: Practice) -> None:
    found = practice.desk.post("parties/search", search(practice)).json()["items"]
    practice.book("2026-03-03T09:30", patient=str(make_patient(practice.clinic).pk))
    refused = practice.desk.post("parties", sent(practice, found[0]))
    assert said(refused) == (409, [("provider_busy", "steps.1.provider")])
    body = refused.json()
    assert body["problems"][0]["message"] == "Dr Smith is busy 09:30–10:00."
    assert [clocks(one["steps"]) for one in body["alternatives"]][:2] == [["10:00", "10:30"], ["10:15", "10:45"]]
    again = practice.desk.post("parties", sent(practice, body["alternatives"][0]))
    assert again.status_code == 201
    moved = practice.desk.post(f"parties/{again.json()['id']}/move", {"start": "2026-03-03T16:45"})
    assert said(moved) == (409, [("outside_hours", "appointments.0.start"), ("outside_hours", "appointments.1.start")])
    assert [one["start"] for one in moved.json()["alternatives"]] == [
        f"2026-03-03T{clock}:00+01:00" for clock in ("16:00", "15:45", "15:30")
    ]


def test_a_refusal_for_which_nothing_else_could_be_looked_for(practice: Practice) -> None:
    """The same person twice at once: said before anything is tried."""
    [found, *_] = practice.desk.post("parties/search", search(practice)).json()["items"]
    twice = {**sent(practice, found), "order": "at_once"}
    twice["steps"] = [twice["steps"][0]] * 2
    assert said(practice.desk.post("parties", twice)) == (422, [("invalid", "steps")])
    assert said(practice.desk.post("parties", {**sent(practice, found), "wait_minutes": 241}))[0] == 422


@pytest.mark.parametrize(
    ("change", "status", "problems"),
    [
        ({"steps": []}, 422, [("invalid", "steps")]),
        ({"wait_minutes": 500}, 422, [("invalid", "wait_minutes")]),
        ({"order": "soon"}, 422, [("invalid", "order")]),
        ({"to": "2026-03-03"}, 422, [("invalid", "to")]),
        ({"to": "2026-05-03"}, 422, [("invalid", "to")]),
    ],
)
def test_what_makes_no_sense(practice: Practice, change: dict[str, Any], status: int, problems: list[Any]) -> None:
    assert said(practice.desk.post("parties/search", search(practice, **change))) == (status, problems)


def test_somebody_elses_are_not_there(practice: Practice) -> None:
    body = search(practice)
    body["steps"][1]["patient"] = str(make_patient(make_clinic()).pk)
    assert said(practice.desk.post("parties/search", body)) == (404, [("invalid", "patient")])
    twice = search(practice, order="at_once")
    twice["steps"][1]["patient"] = twice["steps"][0]["patient"]
    assert said(practice.desk.post("parties/search", twice)) == (422, [("invalid", "steps")])
