"""What the calendar is told: wall times of the clinic, whatever its clocks do, and who is booking what."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from orderly.appointments.actions.book import book
from orderly.appointments.actions.hold import hold
from orderly.appointments.inputs import Wish
from orderly.calendars.models import Hold
from orderly.people.queries import actor_for
from tests.factories import (
    MONDAY,
    NOW,
    booking,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
    make_user,
    minute_of,
)
from tests.web.desk import Desk

pytestmark = pytest.mark.django_db

EVERY_DAY = 0b1111111
COLOUR = "#4263eb"


def feed(desk: Desk, first: date, days: int = 1) -> dict[str, Any]:
    query = {"from": str(first), "to": str(first + timedelta(days=days))}
    return desk.get("calendar-feed", desk.clinic.pk, **query).json()


def settle(desk: Desk, hours: tuple[int, int], **clinic: object) -> None:
    """Move the desk to another clinic, whose one provider works every day."""
    desk.clinic = make_clinic(**clinic)
    desk.service = make_service(desk.clinic, 30, name="Consultation")
    desk.provider = make_provider(desk.clinic, service=desk.service, name="Karim", weekdays=EVERY_DAY, hours=hours)
    desk.patient = make_patient(desk.clinic, first_name="Ann", last_name="Lee")
    desk.user.memberships.create(clinic=desk.clinic, role="front_desk")


def booked_at(desk: Desk, minute: int) -> str:
    request = booking(desk.clinic, desk.service, desk.provider, make_patient(desk.clinic, last_name="Lee"), minute)
    return str(book(request, actor=actor_for(desk.user), now=NOW).pk)


def boxes(found: dict[str, Any]) -> list[list[object]]:
    """Id, start and end of every appointment."""
    return [[box[0], *box[2:4]] for box in found["appointments"]]


def test_a_day_in_tashkent(desk: Desk) -> None:
    """CAL-1: 04:30 UTC is half past nine there, and so is everything else the wall clock's."""
    settle(desk, (9 * 60, 18 * 60), timezone="Asia/Tashkent", slot_minutes=20)
    made = booked_at(desk, minute_of(2026, 3, 2, 6, 30))
    assert feed(desk, MONDAY) == {
        "now": "2026-03-02T11:00:00+05:00",
        "grid": 20,
        "columns": [[str(desk.provider.pk), "Karim", "", COLOUR, True, "provider"]],
        "closed": [
            [0, "2026-03-02T00:00", "2026-03-02T09:00", "hours", ""],
            [0, "2026-03-02T18:00", "2026-03-03T00:00", "hours", ""],
        ],
        "appointments": [
            [
                made,
                0,
                "2026-03-02T11:30",
                "2026-03-02T12:00",
                "confirmed",
                1,
                "Test Lee",
                "Consultation",
                COLOUR,
                "",
                "",
                0,
                "",
                False,
                "",
                False,
                0,
                0,
            ]
        ],
        "assisting": [],
        "holds": [],
    }


def test_the_day_before_begins_at_the_clinics_midnight(desk: Desk) -> None:
    """CAL-1: 20:00 UTC is already tomorrow in Tashkent."""
    settle(desk, (0, 24 * 60), timezone="Asia/Tashkent")
    made = booked_at(desk, minute_of(2026, 3, 2, 20, 0))
    assert boxes(feed(desk, MONDAY)) == []
    assert boxes(feed(desk, MONDAY + timedelta(days=1))) == [[made, "2026-03-03T01:00", "2026-03-03T01:30"]]


def test_the_week_in_which_clocks_go_forward(desk: Desk) -> None:
    """CAL-1: on 29 March 2026 London has no 01:30; opening hours stay where the wall clock has them."""
    settle(desk, (9 * 60, 17 * 60), timezone="Europe/London")
    before, after = booked_at(desk, minute_of(2026, 3, 28, 10)), booked_at(desk, minute_of(2026, 3, 29, 10))
    found = feed(desk, date(2026, 3, 28), 2)
    assert boxes(found) == [
        [before, "2026-03-28T10:00", "2026-03-28T10:30"],
        [after, "2026-03-29T11:00", "2026-03-29T11:30"],
    ]
    assert found["closed"] == [
        [0, "2026-03-28T00:00", "2026-03-28T09:00", "hours", ""],
        [0, "2026-03-28T17:00", "2026-03-29T09:00", "hours", ""],
        [0, "2026-03-29T17:00", "2026-03-30T00:00", "hours", ""],
    ]


def test_an_appointment_across_the_missing_hour(desk: Desk) -> None:
    """CAL-1: half an hour from 00:45 ends at 02:15 on the wall."""
    settle(desk, (0, 24 * 60), timezone="Europe/London")
    made = booked_at(desk, minute_of(2026, 3, 29, 0, 45))
    assert boxes(feed(desk, date(2026, 3, 29))) == [[made, "2026-03-29T00:45", "2026-03-29T02:15"]]


def test_the_day_on_which_clocks_go_back(desk: Desk) -> None:
    """CAL-1: 09:30 UTC on 25 October 2026 is 09:30 in London, and the day before it was 10:30."""
    settle(desk, (9 * 60, 17 * 60), timezone="Europe/London")
    desk.service.horizon_days = 365
    desk.service.save()
    before, after = booked_at(desk, minute_of(2026, 10, 24, 9, 30)), booked_at(desk, minute_of(2026, 10, 25, 9, 30))
    assert boxes(feed(desk, date(2026, 10, 24), 2)) == [
        [before, "2026-10-24T10:30", "2026-10-24T11:00"],
        [after, "2026-10-25T09:30", "2026-10-25T10:00"],
    ]


def test_who_is_booking_what_is_shown_to_the_clinic_until_it_expires(desk: Desk) -> None:
    """AVL-6: each hold says whose it is, so that the page can leave out the reader's own."""
    other = make_user("front_desk", desk.clinic, name="Oda Other")
    held = []
    for user, hour in ((desk.user, 10), (other, 11)):
        wish = Wish(
            clinic=desk.clinic.pk,
            service=desk.service.pk,
            start=minute_of(2026, 3, 2, hour),
            provider=desk.provider.pk,
        )
        held.append(hold(wish, actor=actor_for(user), now=NOW))
    mine, theirs = held
    assert feed(desk, MONDAY)["holds"] == [
        [str(mine.pk), 0, "2026-03-02T10:00", "2026-03-02T10:30", str(desk.user.pk), "Dee Desk", "Consultation"],
        [str(theirs.pk), 0, "2026-03-02T11:00", "2026-03-02T11:30", str(other.pk), "Oda Other", "Consultation"],
    ]
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        assert feed(desk, MONDAY)["holds"] == []


def test_a_hold_becomes_an_appointment(desk: Desk) -> None:
    """AVL-6, APT-1: choosing, booking and looking again, as the screen does it."""
    desk.post("booking-hold", desk.clinic.pk, **desk.form())
    during = feed(desk, MONDAY)
    desk.post("booking-book", desk.clinic.pk, **desk.form(hold=Hold.objects.get().pk))
    after = feed(desk, MONDAY)
    assert [(len(one["holds"]), len(one["appointments"])) for one in (during, after)] == [(1, 0), (0, 1)]


def test_a_held_time_is_refused_to_somebody_else(desk: Desk) -> None:
    """AVL-6, AVL-5"""
    desk.post("booking-hold", desk.clinic.pk, **desk.form())
    desk.client.force_login(make_user("front_desk", desk.clinic))
    response = desk.post("booking-hold", desk.clinic.pk, **desk.form("10:15"))
    assert (response.status_code, Hold.objects.count()) == (409, 1)


def test_the_feed_costs_the_same_with_ten_times_as_much_in_it(desk: Desk, django_assert_num_queries) -> None:
    """OPS-5"""
    desk.book("09:00")
    feed(desk, MONDAY)
    with django_assert_num_queries(7):
        assert len(feed(desk, MONDAY)["appointments"]) == 1
    for number in range(9):
        desk.book(f"{10 + number // 2}:{number % 2 * 30:02}", patient=make_patient(desk.clinic))
    with django_assert_num_queries(7):
        assert len(feed(desk, MONDAY)["appointments"]) == 10
