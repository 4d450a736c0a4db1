"""CAL-4: today at the desk, true to the database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderly.appointments.actions import cancel, progress, visits
from orderly.appointments.models import Appointment
from orderly.appointments.queries.queue import counts, queue
from orderly.core.errors import Refused
from orderly.journal.models import Look
from orderly.people.models import RoleOverride
from orderly.people.queries import actor_for
from tests.factories import MONDAY, NOW, make_patient, make_provider
from tests.web.desk import Desk, text

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def shown(desk: Desk) -> Any:
    return desk.get("dashboard-part", desk.clinic.pk).context["shown"]


def figures(desk: Desk) -> dict[str, int]:
    board = shown(desk)
    found = {one.code: one.count for one in [*board.figures, board.owed, board.requests]}
    return {name: count for name, count in found.items() if count}


def booked(desk: Desk, *times: str) -> list[Appointment]:
    return [desk.book(time, patient=make_patient(desk.clinic)) for time in times]


STEPS: dict[str, Callable[..., Any]] = {
    "arrive": progress.arrive,
    "start": progress.start,
    "complete": progress.complete,
    "no_show": progress.no_show,
    "cancel": lambda pk, **who: cancel.cancel(pk, reason="other", **who),
    "call": visits.call,
    "undo": progress.undo_arrival if hasattr(progress, "undo_arrival") else progress.arrive,
}


def test_an_empty_day(desk: Desk) -> None:
    page = text(desk.get("dashboard", desk.clinic.pk))
    assert figures(desk) == {}
    assert "Nobody is expected in the next hour." in page
    assert "Updated at 06:00:00" in page
    assert "Dr Smith 0 appointments 0% 8:00 09:00" in page


def test_a_booking_for_today_raises_waiting(desk: Desk) -> None:
    """VIS-1"""
    desk.book()
    assert figures(desk) == {"appointments": 1, "waiting": 1, "owed": 1}


def test_the_way_through_the_day(desk: Desk) -> None:
    """VIS-1: arrived are all who came."""
    actor = actor_for(desk.user)
    one, two, three, four = booked(desk, "09:00", "10:00", "11:00", "12:00")
    progress.arrive(one.pk, actor=actor, now=TEN)
    progress.arrive(two.pk, actor=actor, now=TEN)
    progress.start(two.pk, actor=actor, now=TEN)
    progress.no_show(three.pk, actor=actor, now=TEN + timedelta(hours=2))
    cancel.cancel(four.pk, reason="other", actor=actor, now=TEN)
    assert figures(desk) == {
        "appointments": 3, "waiting": 1, "arrived": 2, "in_progress": 1, "no_show": 1, "cancelled": 1, "owed": 2,
    }  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(sorted(STEPS))), max_size=12))
def test_each_figure_is_its_list_and_the_queues(desk: Desk, steps: list[tuple[int, str]]) -> None:
    """VIS-1: counted by hand, by the list that the figure leads to, and by the queue: always the same."""
    Appointment.objects.filter(clinic=desk.clinic).delete()
    with time_machine.travel(NOW, tick=False):
        desk = Desk()
        actor = actor_for(desk.user)
        made = booked(desk, "09:00", "09:30", "10:00", "10:30", "11:00", "11:30")
        for number, step in steps:
            try:
                STEPS[step](made[number].pk, actor=actor, now=TEN + timedelta(hours=4))
            except Refused:
                continue
        board = shown(desk)
        for one in [*board.figures, board.owed, board.requests]:
            listed = desk.client.get(unescape(one.address))
            assert (one.code, listed.context["page"].total) == (one.code, one.count)
        found = {one.code: one.count for one in board.figures}
        standing = counts(queue(desk.clinic.pk, MONDAY))
        rows = list(Appointment.objects.filter(clinic=desk.clinic).select_related("payment"))
        assert (found["waiting"], found["arrived"]) == (standing["waiting"], standing["arrived"])
        assert found["appointments"] + found["cancelled"] == len(rows)
        unpaid = [row for row in rows if row.status in ("confirmed", "arrived", "in_progress", "completed")]
        due = sum(row.payment.total - row.payment.paid for row in unpaid)
        assert board.due == ([(due, "GBP")] if due else [])


def test_who_is_late_and_who_comes(desk: Desk) -> None:
    late, soon, later = booked(desk, "09:40", "10:30", "15:00")
    with time_machine.travel(TEN, tick=False):
        board = shown(desk)
    assert [(one.appointment, one.late) for one in board.late] == [(late, 20)]
    assert [(one.appointment, one.minutes) for one in board.soon] == [(soon, 30)]
    assert later.pk


def test_how_busy_each_provider_is(desk: Desk) -> None:
    away = make_provider(desk.clinic, hours=None, name="Away")
    booked(desk, "10:00", "10:30", "16:30")
    with time_machine.travel(TEN, tick=False):
        board = shown(desk)
    [busy] = board.busy
    load = busy.load
    assert (load.work, load.taken, load.free, load.share) == (480, 90, 330, 19)
    assert (load.next, busy.appointments, board.away) == (int(TEN.timestamp()) // 60 + 60, 3, [away])


def test_times_being_booked(desk: Desk) -> None:
    desk.post("booking-hold", desk.clinic.pk, **desk.form("10:00"))
    page = text(desk.get("dashboard", desk.clinic.pk))
    assert "Being booked just now 1 Mon 2 Mar 2026, 10:00 Consultation · Dr Smith Dee Desk until 06:05:00" in page
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        assert shown(desk).holds == []


def test_requests_of_all_days_to_come(desk: Desk) -> None:
    provider, desk.provider = desk.provider, None
    desk.book("10:00", source="website")
    desk.provider = provider
    board = shown(desk)
    assert (board.requests.count, figures(desk)) == (1, {"appointments": 1, "requested": 1})


def test_money_and_names_are_for_those_who_may(desk: Desk) -> None:
    """ACC-3"""
    desk.book("09:00")
    with time_machine.travel(TEN, tick=False):
        page = text(desk.get("dashboard", desk.clinic.pk))
        assert ("To be paid £50.00" in page, "Ann Lee" in page) == (True, True)
        for permission in ("billing:view", "patients:view"):
            RoleOverride.objects.create(clinic=desk.clinic, role="front_desk", permission=permission, allowed=False)
        page = text(desk.get("dashboard", desk.clinic.pk))
    assert ("To be paid" in page, "£" in page, "Ann Lee" in page) == (False, False, False)


def test_another_clinics_day_is_its_own(desk: Desk) -> None:
    """ACC-4"""
    Desk().book()
    assert figures(desk) == {}


def test_whoever_watches_is_written_down_once_in_five_minutes(desk: Desk) -> None:
    """PAT-9"""
    for _ in range(3):
        shown(desk)
    assert list(Look.objects.values_list("what", "clinic", "count")) == [("dashboard", desk.clinic.pk, 0)]


def test_as_many_queries_for_ten_as_for_one(desk: Desk) -> None:
    """OPS-5"""
    shown(desk)
    taken = []
    for times in (("09:00",), ("09:30", "10:00"), ("10:30", "11:00", "11:30", "12:00", "12:30", "13:00", "13:30")):
        booked(desk, *times)
        make_provider(desk.clinic)
        with time_machine.travel(TEN, tick=False), CaptureQueriesContext(connection) as queries:
            shown(desk)
        taken.append(len(queries))
    assert len(set(taken[1:])) == 1
