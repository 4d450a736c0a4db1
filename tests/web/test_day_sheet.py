"""APT-9: a day on paper."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.appointments.actions.cancel import cancel
from orderly.journal.models import Look
from orderly.people.queries import actor_for
from orderly.resources.models import Kind
from tests.factories import NOW, make_asset, make_patient, make_provider, make_service
from tests.web.desk import Desk, text

pytestmark = pytest.mark.django_db


def sheet(desk: Desk, **asked: Any) -> str:
    return text(desk.get("day-sheet", desk.clinic.pk, **asked))


def test_by_provider_and_time(desk: Desk) -> None:
    smith = desk.provider
    desk.book("11:00")
    desk.book("10:00", patient=make_patient(desk.clinic, first_name="Bo", last_name="Ray", mobile="+447400900124"))
    desk.provider = make_provider(desk.clinic, service=desk.service, name="Adams", title="Dr")
    desk.book("09:00")
    page = sheet(desk)
    assert "Mon 2 Mar 2026 Riverside As of Mon 2 Mar 2026, 06:00 · 3 appointments Dr Adams (1)" in page
    assert "09:00–09:30 Ann Lee +44 7400 900123 Consultation Confirmed Dr Smith (2)" in page
    assert page.index("10:00–10:30 Bo Ray") < page.index("11:00–11:30 Ann Lee")
    assert smith.name == "Smith"


def test_rooms(desk: Desk) -> None:
    desk.service = make_service(desk.clinic, 30, asset_kinds=(Kind.ROOM,), name="X-ray")
    desk.provider = make_provider(desk.clinic, service=desk.service)
    make_asset(desk.clinic, Kind.ROOM, name="Room 7")
    desk.book("09:00")
    assert "X-ray Room 7 Confirmed" in sheet(desk)


def test_what_was_called_off_is_on_no_sheet(desk: Desk) -> None:
    cancel(desk.book().pk, reason="other", actor=actor_for(desk.user), now=NOW)
    assert "Nothing is booked on this day." in sheet(desk)


@pytest.mark.parametrize("day", ["2026-03-03", "", "soon", "9999-12-31", "2200-12-31", "1970-01-01"])
def test_any_day_or_today(desk: Desk, day: str) -> None:
    """APT-11"""
    response = desk.get("day-sheet", desk.clinic.pk, day=day)
    assert response.status_code == 200
    assert ("Tue 3 Mar 2026" in text(response)) == (day == "2026-03-03")


def test_it_is_a_look_at_each(desk: Desk) -> None:
    """PAT-9"""
    desk.book()
    sheet(desk)
    assert list(Look.objects.values_list("what", "asked", "count")) == [
        ("appointments", {"first": "2026-03-02", "last": "2026-03-02"}, 1)
    ]


def test_as_many_queries_for_three_as_for_one(desk: Desk) -> None:
    """OPS-5"""
    sheet(desk)
    taken = []
    for times in (("09:00",), ("10:00", "11:00")):
        for time in times:
            desk.book(time)
        with CaptureQueriesContext(connection) as queries:
            sheet(desk)
        taken.append(len(queries))
    assert taken[0] == taken[1]
