"""APT-13: a plan for what somebody's absence strands, and its application, as others see it."""

from datetime import timedelta

import pytest
import time_machine

from orderly.appointments.models import Appointment
from orderly.people.permissions import Role
from tests.api.client import Caller
from tests.api.practice import Practice
from tests.factories import NOW, make_provider

pytestmark = pytest.mark.django_db

NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def practice() -> Practice:
    return Practice()


@pytest.fixture
def colleague(practice: Practice) -> str:
    return str(make_provider(practice.clinic, service=practice.service).pk)


def away(practice: Practice) -> dict[str, object]:
    body = {"provider": str(practice.provider.pk), "clinic": str(practice.clinic.pk), "kind": "sick_leave"}
    found = practice.desk.post("time-off", {**body, "start": "2026-03-03T00:00", "end": "2026-03-04T00:00"})
    assert found.status_code == 201
    return found.json()


def test_APT_13_planned_and_applied(practice: Practice, colleague: str) -> None:
    made = practice.book()["appointment"]
    off = away(practice)
    assert off["stranded"] == [made["id"]]
    clinic = str(practice.clinic.pk)
    found = practice.desk.post("absences/plan", {"clinic": clinic, "time_off": off["id"]}).json()
    [row] = found.pop("items")
    assert found == {"proven_best": True, "left_off": 0}
    assert (row["appointment"], row["start"], row["provider"]) == (made["id"], made["start"], str(practice.provider.pk))
    assert row["proposed"] == {
        "start": made["start"],
        "end": made["end"],
        "provider": colleague,
        "resources": None,
        "shift_minutes": 0,
        "another_provider": True,
        "known_provider": False,
    }
    move = {
        "appointment": row["appointment"],
        "version": row["version"],
        **{name: row["proposed"][name] for name in ("start", "provider")},
    }
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):  # what is done at one instant is one change
        done = practice.desk.post("absences/apply", {"clinic": clinic, "moves": [move], "tell": False})
    assert done.status_code == 200
    assert [(one["id"], one["provider"]) for one in done.json()["appointments"]] == [(made["id"], colleague)]
    deed = {"clinic": clinic, "deed": done.json()["deed"]}
    again = practice.desk.post("absences/apply", {"clinic": clinic, "moves": [move]})
    assert (again.status_code, again.json()["detail"]) == (412, "Somebody has changed this since you read it.")
    assert [practice.desk.post("absences/undo", deed).status_code for _ in range(2)] == [204, 409]
    assert str(Appointment.objects.get().provider_id) == made["provider"]
    assert practice.desk.post("absences/undo", {**deed, "deed": 2**63 - 1}).status_code == 404


def test_APT_13_refusals_name_the_move(practice: Practice, colleague: str) -> None:
    first, second = practice.book()["appointment"], practice.book("2026-03-03T11:00")["appointment"]
    moves = [
        {"appointment": one["id"], "start": start, "provider": colleague}
        for one, start in ((first, first["start"]), (second, "2026-03-03T20:00"))
    ]
    refused = practice.desk.post("absences/apply", {"clinic": str(practice.clinic.pk), "moves": moves})
    assert refused.status_code == 409
    assert [(one["code"], one["field"]) for one in refused.json()["problems"]] == [("outside_hours", "moves.1.start")]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"days": 61}, 422, "days"),
        ({"days": -1}, 422, "days"),
        ({"appointments": [NOBODY]}, 404, "appointments"),
        ({"time_off": NOBODY}, 404, "time_off"),
        ({"same_provider": [NOBODY]}, 422, "same_provider"),
        ({"pinned": [{"appointment": NOBODY, "start": "2026-03-03T10:00"}]}, 422, "pinned.provider"),
    ],
)
def test_APT_13_what_can_not_be_planned(practice: Practice, body: dict[str, object], status: int, field: str) -> None:
    found = practice.desk.post("absences/plan", {"clinic": str(practice.clinic.pk), **body})
    assert found.status_code == status
    assert found.json()["problems"][0]["field"] == field


def test_APT_13_only_for_who_may_move(practice: Practice) -> None:
    reader = Caller(practice.clinic, role=Role.READ_ONLY)
    assert reader.post("absences/plan", {"clinic": str(practice.clinic.pk)}).status_code == 403
    assert reader.post("absences/apply", {"clinic": str(practice.clinic.pk), "moves": []}).status_code == 403
