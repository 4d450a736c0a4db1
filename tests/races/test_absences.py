"""APT-13: a plan is applied while others book the times it wants: all of it or nothing, and nobody twice."""

from collections.abc import Callable
from typing import Any

import pytest

from orderly.absences.actions import rearrange
from orderly.appointments.models import Appointment
from orderly.core.database import fetch
from tests.absences.sick import Sick, taken
from tests.appointments.audit import OVERLAPS
from tests.factories import NOW, make_patient
from tests.races.audit import faults
from tests.races.storm import storm, winners
from tests.races.unguarded import without_guard, without_locks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLOCKS = ("09:00", "09:30", "10:00", "10:30", "11:00", "11:30")


def ill() -> Sick:
    sick = Sick()
    for clock in CLOCKS:
        sick.book(clock)
    sick.falls_ill()
    return sick


def rush(sick: Sick) -> list[Callable[[], Any]]:
    """Two who apply the same plan, and for each of its times three who want it."""
    moves = taken(sick.plan())

    def apply() -> int:
        return len(rearrange(sick.clinic.pk, moves, actor=sick.desk, now=NOW))

    def want(clock: str) -> Callable[[], str]:
        who = {"patient": make_patient(sick.clinic), "actor": sick.desk}
        return lambda: sick.book(clock, sick.others[0], **who).number

    wants = [want(clock) for _ in range(3) for clock in CLOCKS]
    return [apply, *wants[:9], apply, *wants[9:]]


def test_all_of_a_plan_or_nothing() -> None:
    sick = ill()
    affected = [row.appointment.pk for row in sick.plan().rows]
    applied = [one for one in winners(storm(rush(sick))) if isinstance(one, int)]
    moved = Appointment.objects.filter(pk__in=affected, provider=sick.others[0]).count()
    others = Appointment.objects.exclude(pk__in=affected).count()
    assert (applied, moved, others) in (([6], 6, 0), ([], 0, 6))
    assert faults() == {}


def test_without_guard_and_locks_it_would_not_be() -> None:
    """The control: the same rush books somebody twice."""
    with without_guard(), without_locks():
        for _ in range(10):
            storm(rush(ill()), insist=False)
            if fetch(OVERLAPS, []):
                return
        raise AssertionError("nobody was booked twice")
