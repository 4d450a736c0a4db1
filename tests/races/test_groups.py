"""AVL-7, APT-14: however many come to a group at the same moment, each of its places is sold once, by one session."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, connections

from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.hold import let_go
from orderly.appointments.actions.regroup import move_session
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment, Session
from orderly.calendars.models import Hold
from orderly.catalogue.models import Service
from orderly.core.database import fetch, writing
from orderly.resources import locks
from tests.appointments.audit import OVERLAPS
from tests.factories import NOW, booking, make_service
from tests.races.audit import crowded, faults
from tests.races.storm import codes, storm, winners
from tests.races.town import Town
from tests.races.unguarded import without_guard, without_locks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

MANY, PLACES, ROUNDS = 24, 5, 24
SECOND = timedelta(seconds=1)
WAITERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def town() -> Town:
    return Town(patients=MANY, places=PLACES)


def all_at(town: Town, start: int) -> list[Callable[[], UUID]]:
    return [town.book(patient, start) for patient in town.patients]


def gone(town: Town, appointment: UUID) -> Callable[[], UUID]:
    return lambda: cancel(appointment, "other", actor=town.desk, now=NOW).pk


def test_the_places_of_a_session_nobody_has_opened_yet(town: Town) -> None:
    found = storm(all_at(town, town.time("10:00")))
    assert (len(winners(found)), codes(found)) == (PLACES, {"resource_busy"})
    assert (Session.objects.count(), Appointment.objects.count(), faults()) == (1, PLACES, {})


def test_the_last_place(town: Town) -> None:
    start = town.time("10:00")
    for patient in town.patients[: PLACES - 1]:
        town.book(patient, start)()
    found = storm([town.book(patient, start) for patient in town.patients[PLACES:]])
    assert (len(winners(found)), codes(found)) == (1, {"resource_busy"})
    assert (Session.objects.count(), Appointment.objects.count(), faults()) == (1, PLACES, {})


def test_with_neither_guard_nor_locks_places_are_sold_twice(town: Town) -> None:
    """The positive control."""
    with without_guard(), without_locks():
        for nth in range(ROUNDS):
            start = town.time("08:00") + 30 * nth
            for patient in town.patients[: PLACES - 1]:
                town.book(patient, start)()
            storm([town.book(patient, start) for patient in town.patients[PLACES:]], insist=False)
            if fetch(OVERLAPS, []):
                break
        assert fetch(OVERLAPS, []) != []
        assert crowded() != []


def test_the_guard_alone_is_enough(town: Town) -> None:
    """Locks off: the database itself refuses a second session and a place sold twice."""
    start = town.time("10:00")
    with without_locks():
        town.book(town.patients[0], start)()
        found = storm([town.book(patient, start) for patient in town.patients[1:]], insist=False)
        other = storm(all_at(town, town.time("12:00")), insist=False)
    assert (len(winners(found)) < PLACES, 1 <= len(winners(other)) <= PLACES) == (True, True)
    assert (fetch(OVERLAPS, []), crowded()) == ([], [])
    if connection.vendor == "postgresql":  # on SQLite nothing was rolled back: what was begun remains
        assert (Session.objects.count(), faults()) == (2, {})


def test_the_locks_alone_are_enough(town: Town) -> None:
    with without_guard():
        found = storm(all_at(town, town.time("10:00")))
        assert (len(winners(found)), Session.objects.count(), faults()) == (PLACES, 1, {})


def test_holding_places(town: Town) -> None:
    """AVL-6: as many hold as there are places, and each of them books."""
    start, desks = town.time("10:00"), [town.receptionist() for _ in range(MANY)]
    found = storm([town.hold(start, actor=desk) for desk in desks])
    assert (len(winners(found)), codes(found), Session.objects.count()) == (PLACES, {"held"}, 1)
    holders = {pk: town.patients[nth] for nth, pk in enumerate(winners(found))}
    owner = {hold.pk: hold.owner_id for hold in Hold.objects.all()}
    actors = {desk.user: desk for desk in desks}
    booked = storm([town.book(who, start, actor=actors[owner[pk]], hold=pk) for pk, who in holders.items()])
    assert (len(winners(booked)), Hold.objects.count(), faults()) == (PLACES, 0, {})
    assert Session.objects.get().claim.expires_at is None


def test_the_last_one_leaves_while_others_come(town: Town) -> None:
    """The session ends and is opened anew, or goes on: those who come find a place either way."""
    start = town.time("10:00")
    for patient in town.patients[:8]:
        first = town.book(patient, start)()
        found = storm([gone(town, first), *(town.book(who, start) for who in town.patients[8 : 8 + PLACES])])
        left, *came = winners(found)
        assert (left, len(came) >= PLACES - 1) == (first, True)
        assert (Session.objects.count(), faults()) == (1, {})
        for made in came:
            gone(town, made)()
    assert Session.objects.count() == 0


def let(town: Town, held: UUID) -> Callable[[], UUID]:
    return lambda: let_go(held, actor=town.desk, now=NOW) or held


def elsewhere(town: Town, held: UUID) -> Callable[[], UUID]:
    """Books another time with the hold."""
    return town.book(town.patients[0], town.time("12:00"), hold=held)


@pytest.mark.parametrize("act", [let, elsewhere])
def test_a_hold_that_leaves_while_another_comes(town: Town, act: Callable[[Town, UUID], Callable[[], UUID]]) -> None:
    """What the one who leaves saw of the session before the locks isn't true any more: it lasts under a new claim."""
    start, other = town.time("10:00"), town.receptionist()
    leaving = act(town, town.hold(start)())
    with ThreadPoolExecutor(1) as threads:
        with writing():
            locks.lock([town.providers[0].resource_id])
            left = threads.submit(and_hang_up, leaving)
            until_somebody_waits()
            second = town.hold(start, actor=other, now=NOW + SECOND)()
        left.result()
    session = Session.objects.get(start=start)
    assert (session.claim.expires_at, faults()) == (Hold.objects.get(pk=second).claim.expires_at, {})


def and_hang_up(act: Callable[[], UUID]) -> UUID:
    try:
        return act()
    finally:
        connections.close_all()


def until_somebody_waits() -> None:
    """For a lock that we hold; on SQLite one waits before reading anything, and can't be seen to."""
    for _ in range(100):
        if connection.vendor == "postgresql" and fetch(WAITERS, [])[0][0]:
            return
        time.sleep(0.005)


def test_cancelling_and_booking_a_full_group(town: Town) -> None:
    start = town.time("10:00")
    made = [town.book(patient, start)() for patient in town.patients[:PLACES]]
    acts = [gone(town, one) for one in made[:3]] + [town.book(patient, start) for patient in town.patients[PLACES:]]
    found = storm(acts)
    assert len(winners(found[:3])) == 3
    assert (len(winners(found[3:])) <= 3, codes(found) <= {"resource_busy"}) == (True, True)
    there = Appointment.objects.filter(session=Session.objects.get()).count()
    assert (there, faults()) == (PLACES - 3 + len(winners(found[3:])), {})


def test_a_group_and_another_service_of_the_same_provider(town: Town) -> None:
    """Whichever comes first has the provider: the group with all its places, or the other one."""
    plain, doctor = make_service(town.clinic), town.providers[0]
    plain.offerings.create(provider=doctor)
    start, half = town.time("10:00"), MANY // 2
    asked = [booking(town.clinic, plain, doctor, patient, start + 15) for patient in town.patients[half:]]
    group = [town.book(patient, start) for patient in town.patients[:half]]
    found = storm([*group, *(lambda one=one: book(one, actor=town.desk, now=NOW).pk for one in asked)])
    won = len(winners(found[:half])), len(winners(found[half:]))
    assert won in ((PLACES, 0), (0, 1))
    assert (codes(found) <= {"resource_busy", "provider_busy"}, faults()) == (True, {})


def test_a_session_that_moves_while_others_come_and_go(town: Town) -> None:
    start, later = town.time("10:00"), town.time("12:00")
    made = [town.book(patient, start)() for patient in town.patients[:2]]
    session = Session.objects.get().pk
    moves = [lambda: move_session(session, Move(start=later), actor=town.desk, now=NOW).pk] * 2
    comers = [town.book(patient, start) for patient in town.patients[2:8]]
    found = storm([*moves, gone(town, made[0]), *comers])
    winners(found)
    assert codes(found) <= {"resource_busy", "contended", "NotFound"}
    assert (Session.objects.count() <= 2, faults()) == (True, {})


def test_a_group_is_never_larger_than_the_service_allows_to_overbook() -> None:
    town = Town(patients=MANY, places=PLACES, overbook=2)
    start = town.time("10:00")
    found = storm([town.book(patient, start, overbook_reason="a sister") for patient in town.patients])
    assert (len(winners(found)), codes(found)) == (PLACES + 2, {"overbook_limit"})
    assert (Service.objects.count(), faults(overbook=2)) == (1, {})
