"""VIS-1, VIS-2: many press at once. Each call is somebody else's, each walk-in gets a time of their own."""

from datetime import datetime
from typing import Any

import pytest

from orderly.appointments.actions import visits
from orderly.appointments.actions.progress import arrive
from orderly.appointments.actions.visits import call_next
from orderly.appointments.actions.walk_in import walk_in
from orderly.appointments.inputs import WalkIn
from orderly.appointments.models import Appointment
from orderly.core.clock import instant
from orderly.core.errors import NotFound
from orderly.journal.models import Entry
from tests.races.audit import faults
from tests.races.storm import Outcome, codes, storm, winners
from tests.races.town import Town
from tests.races.unguarded import without_locks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WAITING, CLIENTS, ROUNDS = 6, 12, 10


def full_house(town: Town) -> list[Any]:
    """Everybody has arrived, each at a time of their own."""
    made = [town.book(patient, town.time("08:00") + 30 * nth)() for nth, patient in enumerate(town.patients)]
    for one in made:
        arrive(one, actor=town.desk, now=_now(town))
    return made


def _now(town: Town) -> datetime:
    return instant(town.time("07:00"))


def everybody_calls(town: Town) -> list[Outcome]:
    return storm([lambda: call_next(town.clinic.pk, actor=town.desk, now=_now(town)).pk for _ in range(CLIENTS)])


def test_each_who_waits_is_called_once() -> None:
    town = Town(patients=WAITING)
    waiting = full_house(town)
    found = everybody_calls(town)
    assert sorted(winners(found)) == sorted(waiting)
    assert codes(found) == {"nobody_waiting"}
    assert Entry.objects.filter(fact="visit_called").count() == WAITING


def test_without_the_lock_somebody_is_called_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control."""

    def look(appointment: Any, permission: str, *, actor: Any, version: Any) -> Appointment:
        found = Appointment.objects.visible_to(actor).whole().filter(pk=appointment).first()
        if found is None:
            raise NotFound
        return found

    monkeypatch.setattr(visits, "locked", look)
    with without_locks():  # on SQLite the transaction itself is the lock
        for _ in range(ROUNDS):
            town = Town(patients=WAITING)
            full_house(town)
            called = winners(everybody_calls(town))
            if len(called) != len(set(called)):
                return
    pytest.fail("nobody was called twice")


def everybody_comes(town: Town) -> list[Outcome]:
    wishes = [WalkIn(clinic=town.clinic.pk, patient=one.pk, service=town.service.pk) for one in town.patients]
    return storm([lambda wish=wish: walk_in(wish, actor=town.desk, now=_now(town)).start for wish in wishes])


def test_each_who_walks_in_gets_a_time_of_their_own() -> None:
    town = Town(patients=CLIENTS, providers=2)
    found = everybody_comes(town)
    first = town.time("07:00")
    assert sorted(winners(found)) == sorted([first + 30 * nth for nth in range(CLIENTS // 2)] * 2)
    assert faults() == {}


def test_without_the_locks_they_get_in_each_others_way() -> None:
    """The positive control: two see the same time free, and one of them is turned away although there is time."""
    with without_locks():
        for _ in range(ROUNDS):
            found = everybody_comes(Town(patients=CLIENTS))
            if len(winners(found)) < CLIENTS:
                return
    pytest.fail("nobody was turned away")
