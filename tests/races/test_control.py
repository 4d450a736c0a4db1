"""APT-3: the storms can tell. Without guard and locks the same clients book twice; with either alone they don't."""

import pytest
from django.db import connection

from orderly.appointments.models import Appointment
from orderly.calendars.models import Claim
from orderly.core.database import fetch
from tests.appointments.audit import OVERLAPS
from tests.races.audit import crowded, faults
from tests.races.storm import Outcome, codes, storm, winners
from tests.races.town import Town
from tests.races.unguarded import without_guard, without_locks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLIENTS, ROUNDS = 24, 24


def rush(town: Town, nth: int = 0) -> list[Outcome]:
    """Everybody wants the same half hour, the `nth` of that day."""
    start = town.time("08:00") + 30 * nth
    return storm([town.book(patient, start) for patient in town.patients], insist=False)


def test_with_neither_guard_nor_locks_they_do_book_twice() -> None:
    """The positive control. If this fails, no other storm proves anything."""
    town = Town(patients=CLIENTS)
    with without_guard(), without_locks():
        for nth in range(ROUNDS):
            rush(town, nth)
            if fetch(OVERLAPS, []):
                break
        assert fetch(OVERLAPS, []) != []
        assert town.providers[0].resource_id in crowded()


def test_guarded_again_after_the_control() -> None:
    """What the control took away is back, for the tests that come after it."""
    with without_guard(), without_locks():
        pass
    town = Town(patients=CLIENTS)
    assert len(winners(rush(town))) == 1
    assert faults() == {}


def test_the_guard_alone_is_enough() -> None:
    """Locks off: the database itself refuses. What it refuses is told as a refusal too."""
    town = Town(patients=CLIENTS)
    with without_locks():
        found = [rush(town, nth) for nth in range(2)]
    assert [len(winners(one)) for one in found] == [1, 1]
    assert all(codes(one) <= {"provider_busy", "contended"} for one in found)
    assert (fetch(OVERLAPS, []), crowded(), Appointment.objects.count()) == ([], [], 2)
    if connection.vendor == "postgresql":  # on SQLite nothing was rolled back: claims without any time remain
        assert faults() == {}


def test_the_locks_alone_are_enough() -> None:
    """Guard off: nobody gets so far as to need it."""
    town = Town(patients=CLIENTS)
    with without_guard():
        found = [rush(town, nth) for nth in range(2)]
        assert [len(winners(one)) for one in found] == [1, 1]
        assert (Claim.objects.count(), faults()) == (2, {})


def test_the_locks_alone_are_enough_for_what_is_shared() -> None:
    """Guard off, two chairs, everybody with a provider and patient of their own."""
    town = Town(providers=CLIENTS, patients=CLIENTS, chairs=2)
    with without_guard():
        pairs = zip(town.patients, town.providers, strict=True)
        found = storm([town.book(patient, town.time("10:00"), provider) for patient, provider in pairs])
        assert (len(winners(found)), faults()) == (2, {})
