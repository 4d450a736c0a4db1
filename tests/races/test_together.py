"""APT-8, APT-13, PKG-5: many that want several times at once: all of theirs or none, and nobody waits in a ring."""

import random
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection

from orderly.appointments.actions import together
from orderly.appointments.actions.together import Moving, book_all, move_all
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from tests.factories import NOW, booking
from tests.races.audit import faults
from tests.races.storm import codes, storm, winners
from tests.races.town import Town

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLIENTS, SESSIONS = 12, 6


def plans(town: Town) -> list[Callable[[], list[UUID]]]:
    """Everybody wants six half hours of the same twelve, with whichever provider, in an order of their own."""
    dice = random.Random(3)

    def plan(nth: int) -> Callable[[], list[UUID]]:
        starts = dice.sample([town.time("08:00") + 30 * half for half in range(12)], SESSIONS)
        wanted = [
            booking(town.clinic, town.service, dice.choice(town.providers), town.patients[nth], start)
            for start in starts
        ]
        return lambda: [one.pk for one in book_all(wanted, actor=town.desk, now=NOW)]

    return [plan(nth) for nth in range(CLIENTS)]


def test_overlapping_plans() -> None:
    town = Town(providers=3, patients=CLIENTS)
    found = storm(plans(town), insist=False)
    assert sum(len(made) for made in winners(found)) == Appointment.objects.count() == SESSIONS * len(winners(found))
    assert len(winners(found)) >= 1
    assert (codes(found) <= {"provider_busy"}, faults()) == (True, {})


def test_without_locking_all_first_they_wait_in_a_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: each locking only as it goes, some are turned away although nobody had taken what they wanted. On
    SQLite, where one transaction writes at a time, there is nothing to see.
    """
    if connection.vendor == "sqlite":
        return
    monkeypatch.setattr(together, "locks", type("None", (), {"lock": staticmethod(lambda ids: list(ids) and {})}))
    for _ in range(10):
        town = Town(providers=3, patients=CLIENTS)
        if "contended" in codes(storm(plans(town), insist=False)):
            return
    raise AssertionError("nobody ever waited in a ring")


def test_whole_days_change_places() -> None:
    """Each client moves the same eight appointments round by some places: whoever is last, all eight are kept."""
    town = Town(providers=2, patients=8)
    starts = [town.time("10:00") + 30 * (nth // 2) for nth in range(8)]
    made = [town.book(patient, starts[nth], town.providers[nth % 2])() for nth, patient in enumerate(town.patients)]

    def turned(by: int) -> Callable[[], int]:
        moves = [
            Moving(
                appointment=one,
                move=Move(start=starts[(nth + by) % 8], provider=town.providers[(nth + by) % 2].pk),
            )
            for nth, one in enumerate(made)
        ]
        return lambda: len(move_all(moves[by:] + moves[:by], actor=town.desk, now=NOW))

    found = storm([turned(by) for by in range(8)], insist=False)
    assert winners(found) == [8] * 8
    times = Appointment.objects.values_list("start", "provider")
    assert (len(set(times)), faults()) == (8, {})
