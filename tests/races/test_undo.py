"""CAL-9: undo against what others do at the same moment. Whoever comes second is refused, and nothing is half done."""

from datetime import timedelta

import pytest

from orderly.appointments.actions.progress import arrive
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.actions.undo import undo
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from tests.appointments.audit import faults
from tests.factories import NOW
from tests.races.storm import codes, storm, tally, winners
from tests.races.town import Town

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

SOON = NOW + timedelta(minutes=1)


def test_the_old_time_is_had_by_one() -> None:
    """A move is undone while others book where it had been."""
    town = Town(patients=8)
    made = town.book(town.patients[0], town.time("10:00"))()
    reschedule(made, Move(start=town.time("12:00")), actor=town.desk, now=SOON)
    others = [town.book(one, town.time("10:00")) for one in town.patients[1:]]
    found = storm([lambda: undo(made, actor=town.desk, now=SOON).pk, *others])
    assert (len(winners(found)), codes(found), faults()) == (1, {"provider_busy"}, {})
    assert Appointment.objects.filter(start=town.time("10:00")).count() == 1


def test_it_is_undone_once_or_changed_before() -> None:
    """Several windows of one person press undo while a colleague notes an arrival."""
    town = Town(patients=1)
    made = town.book(town.patients[0], town.time("10:00"))()
    arrive(made, actor=town.desk, now=SOON)
    arrive_again = town.receptionist()
    presses = [lambda: undo(made, actor=town.desk, now=SOON).pk for _ in range(6)]
    found = storm([*presses, lambda: arrive(made, actor=arrive_again, now=SOON).pk])
    assert len(winners(found[:6])) <= 1
    assert set(tally(found)) <= {"won", "not_undoable", "bad_transition"}
    assert faults() == {}
