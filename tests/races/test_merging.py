"""PAT-5: making two records one against what others do with them at the same moment."""

import pytest

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.models import Appointment
from orderly.calendars.models import Reservation
from orderly.dossier.actions.merge import merge
from orderly.dossier.actions.unmerge import unmerge
from orderly.patients.models import Patient
from tests.appointments.audit import faults
from tests.factories import NOW
from tests.races.storm import codes, storm, tally, winners
from tests.races.town import Town

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def left_behind(dropped: Patient) -> int:
    """Visits and time that hang on a record which nobody finds any more."""
    times = Reservation.objects.filter(resource=dropped.resource_id).count()
    return times + Appointment.objects.filter(patient=dropped).count()


@pytest.mark.parametrize("turn", range(3))
def test_against_bookings_of_the_one_that_goes(turn: int) -> None:
    """A booking comes before, and moves, or after, and is refused; nothing is left with the record that is gone."""
    town = Town(providers=4, patients=2)
    keep, drop = town.patients
    clocks = ("10:00", "11:00", "12:00", "13:00")
    books = [town.book(drop, town.time(clock), by) for clock, by in zip(clocks, town.providers, strict=True)]
    acts = [*books, lambda: merge(keep.pk, drop.pk, {}, actor=town.desk, now=NOW).pk]
    found = storm(acts[turn:] + acts[:turn])
    assert set(tally(found)) <= {"won", "inactive", "NotFound"}, tally(found)
    assert (left_behind(drop), faults()) == (0, {})
    assert Appointment.objects.filter(patient=keep).count() == len(winners(found)) - 1


def test_against_bookings_of_both_at_one_time() -> None:
    """Either the merge is refused, or one of the bookings."""
    town = Town(providers=2, patients=2)
    keep, drop = town.patients
    books = [town.book(who, town.time("10:00"), by) for who, by in zip(town.patients, town.providers, strict=True)]
    found = storm([*books, lambda: merge(keep.pk, drop.pk, {}, actor=town.desk, now=NOW).pk])
    assert len(winners(found)) == 2, tally(found)
    assert codes(found) <= {"invalid", "inactive", "patient_busy", "NotFound"}
    assert faults() == {}


def test_crosswise() -> None:
    """Each of the two into the other: one is left, with all of both, and nobody waits for ever."""
    town = Town(providers=2, patients=2)
    one, other = town.patients
    for who, clock in ((one, "10:00"), (other, "11:00")):
        town.book(who, town.time(clock))()
    pairs = [(one, other), (other, one)] * 3
    found = storm(
        [lambda into=into, of=of: merge(into.pk, of.pk, {}, actor=town.desk, now=NOW).pk for into, of in pairs]
    )
    assert len(winners(found)) == 1, tally(found)
    [gone] = Patient.objects.filter(merged_into__isnull=False)
    assert (left_behind(gone), Appointment.objects.count(), faults()) == (0, 2, {})


def test_against_cancelling_and_taking_apart() -> None:
    """What moves is cancelled at the same moment; then the merge is undone by several at once."""
    town = Town(patients=2)
    keep, drop = town.patients
    made = [town.book(drop, town.time(clock))() for clock in ("10:00", "11:00", "12:00")]
    cancels = [lambda one=one: cancel(one, "ill", actor=town.desk, now=NOW).pk for one in made[:2]]
    found = storm([*cancels, lambda: merge(keep.pk, drop.pk, {}, actor=town.desk, now=NOW).pk])
    assert (len(winners(found)), left_behind(drop), faults()) == (3, 0, {})
    found = storm([lambda: unmerge(keep.pk, actor=town.desk, now=NOW).pk for _ in range(4)])
    assert len(winners(found)) == 1, tally(found)
    assert (Appointment.objects.filter(patient=drop).count(), left_behind(keep), faults()) == (3, 0, {})
