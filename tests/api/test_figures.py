"""APT-9: statistics, and who comes next."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.appointments.models import Appointment
from orderly.people.permissions import PERMISSIONS, Role
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import make_clinic, make_patient, make_provider

pytestmark = pytest.mark.django_db

STATES = ("requested", "confirmed", "arrived", "in_progress", "completed", "no_show", "cancelled")
VISITS = ("waiting", "called", "in_progress", "done", "left", "cancelled", "no_show")
SOURCES = ("walk_in", "phone", "website", "mobile_app", "portal", "partner", "repeat")


def statistics(
    practice: Practice, first: str = "2026-03-02", last: str = "2026-03-05", *, role: Role = Role.CLINIC_ADMIN
) -> dict[str, Any]:
    caller, days = Caller(practice.clinic, role), {"from": first, "to": last}
    response = caller.get("appointments/statistics", clinic=practice.clinic.pk, **days)
    assert response.status_code == 200, response.content
    return response.json()


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def paid(whole: dict[str, Any], amount: int) -> None:
    payment = Appointment.objects.get(pk=whole["appointment"]["id"]).payment
    payment.paid = amount
    payment.save()


def test_of_some_days() -> None:
    practice = Practice()
    second = make_provider(practice.clinic, service=practice.service)
    here, gone, missed, off, done, theirs = (
        practice.book(f"2026-03-03T{hour:02}:00", patient=str(make_patient(practice.clinic).pk), **more)
        for hour, more in ((9, {}), (10, {}), (11, {}), (12, {}), (13, {}), (9, {"provider": str(second.pk)}))
    )
    practice.book("2026-03-05T00:00".replace("00:00", "09:00"))  # the day after
    practice.verb(here, "arrive", {})
    practice.verb(gone, "arrive", {})
    practice.desk.post(f"visits/{gone['visit']['id']}/left")
    practice.verb(missed, "no-show", {})
    practice.verb(off, "cancel", {"reason": "other"})
    practice.verb(done, "complete", {})
    paid(done, 5000)
    paid(theirs, 1050)
    one = dict.fromkeys(("arrived", "no_show", "completed", "confirmed"), 1)
    seen = {"waiting": 2, "left": 1, "cancelled": 1, "no_show": 1, "done": 1}
    assert statistics(practice) == {
        "total": 6,
        "by_status": {**dict.fromkeys(STATES, 0), **one, "cancelled": 2},
        "by_visit_status": {**dict.fromkeys(VISITS, 0), **seen},
        "by_source": {**dict.fromkeys(SOURCES, 0), "phone": 6},
        "by_provider": [{"id": str(practice.provider.pk), "count": 5}, {"id": str(second.pk), "count": 1}],
        "by_service": [{"id": str(practice.service.pk), "count": 6}],
        "no_show": {"count": 1, "of": 3, "rate": 0.3333},
        "cancellation": {"count": 1, "of": 6, "rate": 0.1667},
        "left": {"count": 1, "of": 6, "rate": 0.1667},
        "expected": money("150.00"),
        "paid": money("60.50"),
    }


def test_what_they_bring_in_is_for_those_who_see_the_finances() -> None:
    """ACC-3: everybody else who sees the calendar has the same figures without the amounts."""
    practice = Practice()
    practice.book()
    whole = statistics(practice)
    assert (whole["total"], whole["expected"]) == (1, money("50.00"))
    shown = {role: statistics(practice, role=role) for role in Role if role in PERMISSIONS["booking:view_calendar"]}
    finance = PERMISSIONS["reports:finance"]
    assert shown == {role: whole if role in finance else whole | {"expected": None, "paid": None} for role in shown}
    assert {role in finance for role in shown} == {True, False}


def test_of_nothing() -> None:
    found = statistics(Practice())
    assert (found["total"], found["by_provider"], found["expected"], found["paid"]) == (0, [], *[money("0.00")] * 2)
    assert found["no_show"] == found["cancellation"] == {"count": 0, "of": 0, "rate": None}


@pytest.mark.parametrize(
    ("query", "status", "problem"),
    [
        ({"from": "2026-03-02"}, 422, ("missing", "to")),
        ({"from": "2026-03-02", "to": "2026-03-02"}, 422, ("invalid", "to")),
        ({"from": "2026-03-02", "to": "2026-06-03"}, 400, ("invalid", "to")),
    ],
)
def test_ranges(query: dict[str, str], status: int, problem: tuple[str, str]) -> None:
    practice = Practice()
    assert said(practice.desk.get("appointments/statistics", clinic=practice.clinic.pk, **query)) == (status, [problem])


def test_the_days_are_the_clinics_also_when_the_clocks_change() -> None:
    """29 March has 23 hours in Berlin."""
    practice = Practice()
    provider = make_provider(practice.clinic, service=practice.service, hours=(0, 1440), weekdays=127)
    for start in ("2026-03-28T23:30", "2026-03-29T00:00", "2026-03-29T23:30", "2026-03-30T00:00"):
        practice.book(start, provider=str(provider.pk))
    assert [statistics(practice, f"2026-03-{day}", f"2026-03-{day + 1}")["total"] for day in (28, 29, 30)] == [1, 2, 1]


def arrivals(practice: Practice, **query: Any) -> list[dict[str, Any]]:
    response = practice.desk.get("appointments/arrivals", clinic=practice.clinic.pk, **query)
    assert response.status_code == 200, response.content
    return response.json()["items"]


def test_who_comes_next() -> None:
    practice = Practice()
    late, here, soon, later = (practice.book(f"2026-03-02T{hour}:00") for hour in ("09", "10", "11", "14"))
    practice.book("2026-03-03T09:00")
    practice.verb(here, "arrive", {})
    with time_machine.travel(datetime(2026, 3, 2, 9, 10, tzinfo=UTC), tick=False):  # ten past ten in Berlin
        assert arrivals(practice) == [
            {
                "appointment": {"id": late["appointment"]["id"], "number": late["appointment"]["number"], "version": 1},
                "start": "2026-03-02T09:00:00+01:00",
                "minutes_until": -70,
                "overdue": True,
                "queue_number": 1,
                "patient": {"id": str(practice.patient.pk), "name": practice.patient.full_name},
                "provider": {"id": str(practice.provider.pk), "name": "Dr Smith"},
                "service": {"id": str(practice.service.pk), "name": practice.service.name},
            },
            arrivals(practice, within_minutes=60)[1],
        ]
        shown = [(one["appointment"]["id"], one["minutes_until"]) for one in arrivals(practice, within_minutes=1440)]
    assert shown == [
        (late["appointment"]["id"], -70),
        (soon["appointment"]["id"], 50),
        (later["appointment"]["id"], 230),
    ]


def test_another_clinics_are_not_there() -> None:
    """ACC-4"""
    practice, stranger = Practice(), Caller(make_clinic())
    days = {"from": "2026-03-02", "to": "2026-03-03"}
    for path, query in (("statistics", days), ("arrivals", {})):
        response = stranger.get(f"appointments/{path}", clinic=practice.clinic.pk, **query)
        assert said(response) == (404, [("invalid", "clinic")])


def test_as_many_queries_for_three_as_for_one() -> None:
    """OPS-5"""
    practice = Practice()
    arrivals(practice)  # whoever watches is written down once in five minutes
    taken = []
    for hours in ((9,), (10, 11)):
        for hour in hours:
            practice.book(f"2026-03-02T{hour:02}:00")
        for ask in (statistics, arrivals):
            with CaptureQueriesContext(connection) as queries:
                ask(practice)
            taken.append(len(queries))
    assert taken[:2] == taken[2:]
