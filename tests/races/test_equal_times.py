"""APT-3: however many want the same time by whatever way at the same moment, one of them gets it."""

from datetime import timedelta

import pytest

from orderly.appointments.actions.hold import MOST_HOLDS, let_go, tidy_holds
from orderly.appointments.actions.progress import arrive, confirm, reopen
from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from orderly.journal.models import Entry
from tests.factories import NOW
from tests.races.audit import faults
from tests.races.storm import codes, insisting, storm, winners
from tests.races.town import Town

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

MANY, SOME = 64, 24
FIVE, SECOND = timedelta(minutes=5), timedelta(seconds=1)


def test_booking_one_provider() -> None:
    town = Town(patients=MANY)
    found = storm([town.book(patient, town.time("10:00")) for patient in town.patients], processes=2)
    assert (len(winners(found)), codes(found) <= {"provider_busy"}) == (1, True)
    assert (Appointment.objects.count(), faults()) == (1, {})


def test_booking_one_patient() -> None:
    """Each client asks for another provider: only the patient can't be in two places."""
    town = Town(providers=SOME)
    found = storm([town.book(town.patients[0], town.time("10:00"), provider) for provider in town.providers])
    assert (len(winners(found)), codes(found) <= {"patient_busy"}) == (1, True)
    assert (Appointment.objects.count(), faults()) == (1, {})


def test_booking_the_last_chairs() -> None:
    """Everybody brings a provider and a patient of their own; there are two chairs."""
    town = Town(providers=SOME, patients=SOME, chairs=2)
    pairs = zip(town.patients, town.providers, strict=True)
    found = storm([town.book(patient, town.time("10:00"), provider) for patient, provider in pairs])
    assert (len(winners(found)), codes(found) <= {"resource_busy"}) == (2, True)
    assert (Appointment.objects.count(), faults()) == (2, {})


def test_overbooking_to_the_limit() -> None:
    """One, and the one more that the service allows."""
    town = Town(patients=SOME, overbook=1)
    start = town.time("10:00")
    found = storm([town.book(patient, start, overbook_reason="in pain") for patient in town.patients])
    assert (len(winners(found)), codes(found) <= {"overbook_limit"}) == (2, True)
    assert (Appointment.objects.count(), faults(overbook=1)) == (2, {})


def test_holding_then_booking() -> None:
    """AVL-6: one gets the hold, and with it the time."""
    town = Town(patients=SOME)
    start, desks = town.time("10:00"), [town.receptionist() for _ in range(SOME)]

    def client(nth: int) -> object:
        held = insisting(town.hold(start, actor=desks[nth]))()
        return insisting(town.book(town.patients[nth], start, actor=desks[nth], hold=held))()

    found = storm([lambda nth=nth: client(nth) for nth in range(SOME)])
    assert (len(winners(found)), codes(found) <= {"held", "provider_busy"}) == (1, True)
    assert (Appointment.objects.count(), Hold.objects.count(), faults()) == (1, 0, {})


def test_one_hold_used_by_many_windows() -> None:
    """AVL-6: its owner, in many windows: it becomes one appointment."""
    town = Town(patients=SOME)
    start = town.time("10:00")
    held = town.hold(start)()
    found = storm([town.book(patient, start, hold=held) for patient in town.patients])
    assert (len(winners(found)), codes(found) <= {"provider_busy"}) == (1, True)
    assert (Appointment.objects.count(), Hold.objects.count(), faults()) == (1, 0, {})


def test_a_hold_that_expires_right_now() -> None:
    """AVL-6: for its owner it still lasts, for others it is over, the tidier comes by, its owner lets go: one wins."""
    town = Town(patients=SOME)
    start, others = town.time("10:00"), town.receptionist()
    held = town.hold(start)()
    before, after = NOW + FIVE - SECOND, NOW + FIVE
    acts = [
        town.book(patient, start, hold=held, now=before)
        if nth % 2
        else town.book(patient, start, actor=others, now=after)
        for nth, patient in enumerate(town.patients)
    ]
    acts += [lambda: tidy_holds(now=after)] * 3 + [lambda: let_go(held, actor=town.desk, now=NOW)] * 3
    found = storm(acts)
    assert len(winners(found[:SOME])) == 1
    assert codes(found) <= {"provider_busy", "held", "NotFound"}
    assert (Appointment.objects.count(), Hold.objects.count(), faults()) == (1, 0, {})


def test_no_more_holds_than_a_user_may_have() -> None:
    """AVL-6: asked for all at once, at times that are all free."""
    town = Town()
    found = storm([town.hold(town.time("08:00") + 30 * nth) for nth in range(MOST_HOLDS + 6)])
    assert (len(winners(found)), codes(found) <= {"held"}) == (MOST_HOLDS, True)
    assert (Hold.objects.count(), faults()) == (MOST_HOLDS, {})


def test_moving_to_one_time() -> None:
    """APT-6"""
    town = Town(patients=SOME)
    made = [town.book(one, town.time("10:30") + 30 * nth)() for nth, one in enumerate(town.patients[:22])]
    found = storm([town.move(one, town.time("10:00")) for one in made])
    assert (len(winners(found)), codes(found) <= {"provider_busy"}) == (1, True)
    assert (Appointment.objects.filter(start=town.time("10:00")).count(), faults()) == (1, {})


def test_reopening_to_one_time() -> None:
    """APT-4: all were called off, one can come back."""
    town = Town(patients=SOME)
    gone = [town.cancelled(patient, town.time("10:00")) for patient in town.patients]
    found = storm([lambda one=one: reopen(one, "back", actor=town.desk, now=NOW).pk for one in gone])
    assert (len(winners(found)), codes(found) <= {"provider_busy"}) == (1, True)
    assert (list(Appointment.objects.filter(claim__isnull=False).values_list("pk", flat=True)), faults()) == (
        winners(found),
        {},
    )


def test_extending_into_time_that_others_book() -> None:
    """APT-3: into each of eight gaps one appointment grows while three clients book it: one of the four gets it."""
    town = Town(patients=32)
    gaps = [town.time("08:30") + 60 * nth for nth in range(8)]
    acts = []
    for nth, gap in enumerate(gaps):
        mine, *theirs = town.patients[4 * nth : 4 * nth + 4]
        made = town.book(mine, gap - 30)()
        acts += [town.move(made, gap - 30, minutes=60), *(town.book(one, gap) for one in theirs)]
    found = storm(acts)
    assert [len(winners(found[4 * nth : 4 * nth + 4])) for nth in range(8)] == [1] * 8
    assert (codes(found) <= {"provider_busy"}, faults()) == (True, {})


def test_confirming_one_arrival() -> None:
    """APT-4: the table of moves is asked under the lock: one takes the arrival back, and one fact says so."""
    town = Town()
    made = town.book(town.patients[0], town.time("10:00"))()
    arrive(made, actor=town.desk, now=NOW)
    found = storm([lambda: confirm(made, actor=town.desk, now=NOW).pk] * SOME)
    assert (len(winners(found)), codes(found) <= {"bad_transition"}) == (1, True)
    entries = Entry.objects.filter(fact="appointment_status_changed").values_list("changes", flat=True)
    assert list(entries.order_by("id")) == [{"status": ["confirmed", "arrived"]}, {"status": ["arrived", "confirmed"]}]
    assert faults() == {}
