"""VIS-1, VIS-2: the queue, calling, walking in, and what hangs on the wall."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orderly.appointments.actions.screens import add_screen, revoke_screen
from orderly.appointments.models import VisitCheck
from orderly.journal.models import Look
from orderly.people.models import RoleOverride
from orderly.people.permissions import Role
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import NOW, make_actor, make_clinic, make_patient

pytestmark = pytest.mark.django_db

AT_SEVEN = "2026-03-02T07:00:00+01:00"
NOBODY = {
    "waiting": 0, "arrived": 0, "called": 0, "in_progress": 0, "done": 0, "left": 0, "no_show": 0, "cancelled": 0
}  # fmt: skip


def queue(practice: Practice, **query: Any) -> dict[str, Any]:
    response = practice.desk.get("queue", clinic=practice.clinic.pk, **query)
    assert response.status_code == 200
    return response.json()


def today(practice: Practice, clock: str = "10:00", **more: Any) -> dict[str, Any]:
    return practice.book(f"2026-03-02T{clock}", **more)


def arrived(practice: Practice, clock: str = "10:00") -> dict[str, Any]:
    booked = today(practice, clock, patient=str(make_patient(practice.clinic).pk))
    return practice.verb(booked, "arrive", {}).json()


def shown(practice: Practice, whole: dict[str, Any]) -> dict[str, Any]:
    appointment = whole["appointment"]
    return {
        "visit": {**whole["visit"], "waiting_minutes": None},
        "appointment": {name: appointment[name] for name in ("id", "number", "version")},
        "patient": {"id": str(practice.patient.pk), "name": practice.patient.full_name},
        "provider": {"id": str(practice.provider.pk), "name": "Dr Smith"},
        "service": {"id": str(practice.service.pk), "name": practice.service.name},
    }


def test_a_days_queue() -> None:
    practice = Practice()
    assert queue(practice) == {"date": "2026-03-02", "counts": NOBODY, "items": []}
    booked, tomorrow = today(practice), practice.book()
    assert queue(practice) == {
        "date": "2026-03-02",
        "counts": {**NOBODY, "waiting": 1},
        "items": [shown(practice, booked)],
    }
    assert queue(practice, date="2026-03-03")["items"] == [shown(practice, tomorrow)]


def test_arrival_call_and_back() -> None:
    practice = Practice()
    booked = arrived(practice)
    visit = f"visits/{booked['visit']['id']}"
    response = practice.desk.post(f"{visit}/call", if_match='"v2"')
    assert (response.status_code, response["ETag"]) == (200, '"v3"')
    assert response.json() == {
        **booked,
        "appointment": {**booked["appointment"], "version": 3},
        "visit": {**booked["visit"], "status": "called", "called_at": AT_SEVEN},
    }
    [item] = queue(practice)["items"]
    assert (item["visit"]["status"], item["visit"]["waiting_minutes"]) == ("called", 0)
    assert said(practice.desk.post(f"{visit}/call")) == (409, [("bad_transition", "status")])
    assert said(practice.desk.post(f"{visit}/uncall", if_match='"v2"')) == (412, [])
    again = practice.desk.post(f"{visit}/uncall")
    assert again.json() == {**booked, "appointment": {**booked["appointment"], "version": 4}}


def test_who_left() -> None:
    practice = Practice()
    booked = arrived(practice)
    response = practice.desk.post(f"visits/{booked['visit']['id']}/left", {"note": "could not wait"})
    whole = response.json()
    assert (whole["appointment"]["status"], whole["appointment"]["cancellation"]) == (
        "cancelled",
        {"reason": None, "note": "could not wait", "fee": None, "refund": None},
    )
    assert whole["visit"] == {**booked["visit"], "status": "left", "done_at": AT_SEVEN}
    assert queue(practice)["counts"] == {**NOBODY, "left": 1, "arrived": 1}


def test_the_next() -> None:
    practice = Practice()
    body = {"clinic": str(practice.clinic.pk)}
    today(practice)
    response = practice.desk.post("queue/call-next", body)
    assert said(response) == (409, [("nobody_waiting", None)])
    assert response.json()["detail"] == "Nobody who has arrived is waiting."
    second, first = arrived(practice, "12:00"), arrived(practice, "11:00")
    called = [practice.desk.post("queue/call-next", body).json()["appointment"]["id"] for _ in range(2)]
    assert called == [first["appointment"]["id"], second["appointment"]["id"]]
    stranger = Practice().provider.pk
    response = practice.desk.post("queue/call-next", {**body, "provider": str(stranger)})
    assert said(response) == (404, [("invalid", "provider")])


def test_the_wall_shows_numbers_alone() -> None:
    practice = Practice()
    path, body = f"queue/display?clinic={practice.clinic.pk}", {"clinic": str(practice.clinic.pk)}
    assert practice.desk.get(path).json() == {"date": "2026-03-02", "called": [], "calls": [], "waiting": []}
    for clock in ("12:00", "11:00", "10:00"):
        arrived(practice, clock)
    today(practice, "09:00")
    nobody = {"date": "2026-03-02", "called": [], "calls": [], "waiting": [3, 2, 1]}
    assert practice.desk.get(path).json() == nobody
    practice.desk.post("queue/call-next", body)
    practice.desk.post("queue/call-next", body)
    where = str(practice.provider)
    calls = [{"number": 3, "where": where}, {"number": 2, "where": where}]
    assert practice.desk.get(path).json() == {**nobody, "called": [3, 2], "calls": calls, "waiting": [1]}


def test_a_display_asks_with_its_own_token() -> None:
    """VIS-2: for the numbers of its own clinic and for nothing else, until it is switched off."""
    practice, other = Practice(), Practice()
    actor = make_actor("front_desk", practice.clinic)
    screen, secret = add_screen(practice.clinic.pk, "display", "Hall", actor=actor, now=NOW)
    _, kiosk = add_screen(practice.clinic.pk, "kiosk", "Door", actor=actor, now=NOW)

    def status(path: str, token: str, clinic: Any = practice.clinic.pk) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return Client().get(f"/api/v1/{path}", {"clinic": clinic}, headers=headers).status_code

    assert status("queue/display", secret) == 200
    assert status("queue/display", secret, other.clinic.pk) == 404
    refused = [status("queue", secret), status("clinics", secret), status("queue/display", kiosk)]
    assert [*refused, status("queue/display", "scr_x")] == [401] * 4
    revoke_screen(screen.pk, actor=actor, now=NOW)
    assert status("queue/display", secret) == 401


def test_what_was_checked_of_who_arrives() -> None:
    """VIS-3: a clinic may require it."""
    practice = Practice()
    practice.clinic.check_in_requires = ["identity", "contact"]
    practice.clinic.save()
    booked = practice.book("2026-03-02T10:00")
    response = practice.verb(booked, "arrive", {"checked": ["contact"]})
    assert said(response) == (422, [("missing", "identity")])
    assert said(practice.verb(booked, "arrive", {"checked": ["shoes"]}))[0] == 422
    arrived = practice.verb(booked, "arrive", {"checked": ["identity", "contact"]}).json()
    assert arrived["appointment"]["status"] == "arrived"
    assert sorted(VisitCheck.objects.values_list("what", flat=True)) == ["contact", "identity"]


def test_walking_in() -> None:
    practice = Practice()
    patient = make_patient(practice.clinic)
    body = {"clinic": str(practice.clinic.pk), "service": str(practice.service.pk), "patient": str(patient.pk)}
    response = practice.desk.post("visits/walk-in", {**body, "type": "emergency", "notes": "fell"}, idempotency_key="k")
    assert (response.status_code, response["ETag"]) == (201, '"v2"')
    whole = response.json()
    named = ("patient", "provider", "start", "end", "status", "source", "notes")
    assert [whole["appointment"][name] for name in named] == [
        str(patient.pk),
        str(practice.provider.pk),
        "2026-03-02T09:00:00+01:00",
        "2026-03-02T09:30:00+01:00",
        "arrived",
        "walk_in",
        "fell",
    ]
    assert {**whole["visit"], "id": None} == {
        "id": None,
        "type": "emergency",
        "status": "waiting",
        "queue_number": 1,
        "planned_at": "2026-03-02T09:00:00+01:00",
        "arrived_at": AT_SEVEN,
        "called_at": None,
        "done_at": None,
    }
    again = practice.desk.post("visits/walk-in", {**body, "type": "emergency", "notes": "fell"}, idempotency_key="k")
    assert again.json() == whole


def test_walking_in_where_nothing_is_free_any_more() -> None:
    practice = Practice()
    today(practice, "09:00", duration_minutes=480)
    body = {"clinic": str(practice.clinic.pk), "service": str(practice.service.pk)}
    response = practice.desk.post("visits/walk-in", {**body, "patient": str(make_patient(practice.clinic).pk)})
    assert said(response) == (409, [("outside_hours", "start")])
    assert [one["start"] for one in response.json()["alternatives"]] == [
        "2026-03-03T09:00:00+01:00",
        "2026-03-03T09:15:00+01:00",
        "2026-03-03T09:30:00+01:00",
    ]


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ({"type": "scheduled"}, 422, ("invalid", "type")),
        ({"service": None}, 422, ("missing", "service")),
        ({"patient": None}, 422, ("missing", "patient")),
        ({"overbook_reason": "in pain"}, 422, ("missing", "provider")),
        ({"start": "2026-03-02T10:00"}, 422, ("invalid", "start")),
    ],
)
def test_fields(body: dict[str, Any], status: int, problem: tuple[str, str]) -> None:
    practice = Practice()
    usual = {name: str(getattr(practice, name).pk) for name in ("clinic", "service", "patient")}
    sent = {name: value for name, value in {**usual, **body}.items() if value is not None}
    caller = Caller(practice.clinic, Role.CLINIC_ADMIN)
    assert said(caller.post("visits/walk-in", sent)) == (status, [problem])


def test_another_clinics_are_not_there() -> None:
    """ACC-4"""
    practice, other = Practice(), Practice()
    visit = arrived(other)["visit"]["id"]
    for verb in ("call", "uncall", "left"):
        assert said(practice.desk.post(f"visits/{visit}/{verb}")) == (404, [])
    assert said(practice.desk.get("queue", clinic=other.clinic.pk)) == (404, [("invalid", "clinic")])
    body = {name: str(getattr(practice, name).pk) for name in ("clinic", "service")}
    response = practice.desk.post("visits/walk-in", {**body, "patient": str(other.patient.pk)})
    assert said(response) == (404, [("invalid", "patient")])
    response = Caller(make_clinic()).post("queue/call-next", {"clinic": str(practice.clinic.pk)})
    assert said(response) == (404, [("invalid", "clinic")])


def test_who_watches_is_written_down() -> None:
    """ACC-7"""
    practice = Practice()
    queue(practice)
    queue(practice)
    assert list(Look.objects.values_list("what", "clinic", "user", "asked")) == [
        ("queue", practice.clinic.pk, practice.desk.user.pk, {"date": "2026-03-02"})
    ]


def test_names_are_for_those_who_may_see_patients() -> None:
    """ACC-3"""
    practice = Practice()
    today(practice)
    RoleOverride.objects.create(clinic=practice.clinic, role=Role.FRONT_DESK, permission="patients:view", allowed=False)
    [item] = queue(practice)["items"]
    assert item["patient"] == {"id": str(practice.patient.pk), "name": None}


def test_as_many_queries_for_three_as_for_one() -> None:
    """OPS-5"""
    practice = Practice()
    queue(practice)  # whoever watches a queue is written down once in five minutes
    taken = []
    for clocks in (("09:00",), ("10:00", "11:00")):
        for clock in clocks:
            arrived(practice, clock)
        for path in ("queue", "queue/display"):
            with CaptureQueriesContext(connection) as queries:
                practice.desk.get(path, clinic=practice.clinic.pk)
            taken.append(len(queries))
    assert taken[:2] == taken[2:]


@pytest.mark.parametrize("kind", ["scheduled", "follow_up"])
def test_a_booking_says_what_kind_of_visit_it_is(kind: str) -> None:
    practice = Practice()
    assert practice.book(visit_type=kind)["visit"]["type"] == kind


@pytest.mark.parametrize("kind", ["walk_in", "emergency", "x"])
def test_who_books_does_not_walk_in(kind: str) -> None:
    """They would be let in without notice."""
    practice = Practice()
    response = practice.desk.post("appointments", practice.body(visit_type=kind))
    assert said(response) == (422, [("invalid", "visit_type")])
