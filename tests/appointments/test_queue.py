"""VIS-1: who waits, in which order, and what the queue does with a visit."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel, left
from orderly.appointments.actions.progress import arrive, complete, confirm, no_show, reopen, start
from orderly.appointments.actions.visits import call, call_next, uncall
from orderly.appointments.choices import VisitType
from orderly.appointments.models import Appointment, Visit
from orderly.appointments.queries.queue import counts, queue, today, waited
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic, FeeKind
from orderly.core.errors import Conflict, Stale
from orderly.engine.problems import Code
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from orderly.resources.models import Provider
from tests.appointments.asking import booked, refusal
from tests.factories import (
    MONDAY,
    NOW,
    at,
    booking,
    make_actor,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)

TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
NOTHING = {"waiting": 0, "called": 0, "in_progress": 0, "done": 0, "left": 0, "cancelled": 0, "no_show": 0}


@pytest.fixture
def boss(clinic: Clinic) -> Actor:
    return make_actor(Role.CLINIC_ADMIN, clinic)


@pytest.fixture
def made(clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> Appointment:
    return booked(clinic, service, doctor, patient, "10:00")


def counted(clinic: Clinic) -> dict[str, int]:
    return {name: count for name, count in counts(queue(clinic.pk, MONDAY)).items() if count}


def visit(made: Appointment) -> tuple[Any, ...]:
    found = Visit.objects.get(appointment=made)
    return found.status, found.arrived_at, found.called_at, found.started_at, found.done_at


def test_a_booking_for_today_waits_and_whoever_comes_has_arrived(clinic: Clinic, made: Appointment, boss: Actor):
    who = {"actor": boss, "now": TEN}
    seen = [counted(clinic)]
    for step in (arrive, call, start, complete):
        step(made.pk, **who)
        seen.append(counted(clinic))
    assert seen == [
        {"waiting": 1},
        {"waiting": 1, "arrived": 1},
        {"called": 1, "arrived": 1},
        {"in_progress": 1, "arrived": 1},
        {"done": 1, "arrived": 1},
    ]


def test_called_and_back(made: Appointment, boss: Actor):
    who = {"actor": boss, "now": TEN}
    assert visit(made) == ("waiting", None, None, None, None)
    arrive(made.pk, actor=boss, now=NOW)
    called = call(made.pk, **who)
    assert (called.version, visit(made)) == (3, ("called", NOW, TEN, None, None))
    assert uncall(made.pk, **who).version == 4
    assert visit(made) == ("waiting", NOW, None, None, None)
    call(made.pk, **who)
    start(made.pk, **who)
    assert visit(made) == ("in_progress", NOW, TEN, TEN, None)
    arrive(made.pk, **who)
    assert visit(made) == ("called", NOW, TEN, None, None), "not treated yet, but called"
    confirm(made.pk, **who)
    assert visit(made) == ("waiting", None, None, None, None), "not here after all"


def test_each_change_is_one_fact_about_the_appointment(made: Appointment, boss: Actor):
    for step in (arrive, call, uncall):
        step(made.pk, actor=boss, now=TEN)
    ids = {"patient": str(made.patient_id), "provider": str(made.provider_id), "service": str(made.service_id)}
    ids["visit"] = str(made.visit.pk)
    found = Entry.objects.filter(subject=made.pk, fact__startswith="visit").order_by("id")
    before = {"called_at": f"{TEN:%Y-%m-%dT%H:%M:%S}+00:00"}  # what undoing would write back
    assert [(one.fact, one.ids, one.changes, one.clinic) for one in found] == [
        ("visit_called", ids, {"visit": ["waiting", "called"]}, made.clinic_id),
        ("visit_call_undone", {**ids, "before": before}, {"visit": ["called", "waiting"]}, made.clinic_id),
    ]


@pytest.mark.parametrize(
    ("before", "verb", "stands"),
    [
        ((), call, "confirmed"),
        ((), uncall, "confirmed"),
        ((), left, "confirmed"),
        ((arrive, call), call, "called"),
        ((arrive,), uncall, "waiting"),
        ((arrive, start), call, "in_progress"),
        ((arrive, start), left, "in_progress"),
        ((no_show,), call, "no_show"),
    ],
)
def test_only_who_is_here_and_waits_is_called(made: Appointment, boss: Actor, before, verb, stands):
    for step in before:
        step(made.pk, actor=boss, now=TEN)
    before_it = visit(made), Entry.objects.count()
    [problem] = refusal(lambda: verb(made.pk, actor=boss, now=TEN), Conflict)
    assert (problem.code, dict(problem.params)["from"]) == (Code.BAD_TRANSITION, stands)
    assert (visit(made), Entry.objects.count()) == before_it


def test_a_version_that_is_no_more(made: Appointment, boss: Actor):
    arrive(made.pk, actor=boss, now=TEN)
    for verb in (call, left):
        with pytest.raises(Stale):
            verb(made.pk, actor=boss, now=TEN, version=1)


def test_who_leaves_frees_the_time_and_owes_nothing(clinic: Clinic, made: Appointment, boss: Actor, patient: Patient):
    clinic.late_fee_kind, clinic.late_fee = FeeKind.PERCENT, 50
    clinic.save()
    arrive(made.pk, actor=boss, now=NOW)
    gone = left(made.pk, actor=boss, now=TEN, note="the bus")
    assert (gone.status, gone.claim_id, gone.fee, gone.cancel_note) == ("cancelled", None, None, "the bus")
    assert visit(made) == ("left", NOW, None, None, TEN)
    assert gone.payment.status == "void"
    assert counted(clinic) == {"left": 1, "arrived": 1}
    facts = Entry.objects.filter(subject=made.pk).order_by("id").values_list("fact", "changes", "note")[2:]
    assert list(facts) == [
        ("appointment_cancelled", {"status": ["arrived", "cancelled"], "reason": [None, "left"]}, "the bus"),
        ("visit_left", {"visit": ["waiting", "left"]}, ""),
    ]
    booked(clinic, made.service, made.provider, make_patient(clinic), "10:00", now=NOW)


def test_who_left_can_come_back(made: Appointment, boss: Actor):
    for step in (arrive, call, left):
        step(made.pk, actor=boss, now=NOW)
    again = reopen(made.pk, "was only outside", actor=boss, now=NOW)
    assert (again.status, again.claim_id is None) == ("arrived", False)
    assert visit(made) == ("waiting", NOW, None, None, None)


@pytest.fixture
def three(clinic: Clinic, service: Service) -> list[Appointment]:
    """At nine, half past nine and ten, each with a provider of their own."""
    return [
        booked(clinic, service, make_provider(clinic, service=service), make_patient(clinic), clock)
        for clock in ("09:00", "09:30", "10:00")
    ]


def come(made: Appointment, clock: tuple[int, int], actor: Actor) -> None:
    arrive(made.pk, actor=actor, now=datetime(2026, 3, 2, *clock, tzinfo=UTC))


def called(clinic: Clinic, actor: Actor, **more: Any) -> Appointment:
    return call_next(clinic.pk, actor=actor, now=TEN, **more)


def test_the_order_is_that_of_the_promised_times(clinic: Clinic, three: list[Appointment], boss: Actor):
    nine, half, ten = three
    for made in (ten, half, nine):
        come(made, (8, 30), boss)
    assert [called(clinic, boss).pk for _ in three] == [nine.pk, half.pk, ten.pk]
    assert [one.code for one in refusal(lambda: called(clinic, boss), Conflict)] == [Code.NOBODY_WAITING]


def test_who_is_late_waits_from_when_they_came(clinic: Clinic, three: list[Appointment], boss: Actor):
    nine, half, ten = three
    come(half, (9, 20), boss)
    come(nine, (9, 40), boss)
    come(ten, (9, 10), boss)
    assert [called(clinic, boss).pk for _ in three] == [half.pk, nine.pk, ten.pk]


def test_an_emergency_comes_first_and_only_the_arrived_are_called(
    clinic: Clinic, three: list[Appointment], boss: Actor
):
    nine, _, ten = three
    Visit.objects.filter(appointment=ten).update(type=VisitType.EMERGENCY)
    come(nine, (8, 0), boss)
    come(ten, (9, 55), boss)
    assert [called(clinic, boss).pk for _ in range(2)] == [ten.pk, nine.pk]
    refusal(lambda: called(clinic, boss), Conflict)


def test_only_those_of_a_provider(clinic: Clinic, three: list[Appointment], boss: Actor):
    nine, half, _ = three
    come(nine, (8, 0), boss)
    come(half, (8, 0), boss)
    assert called(clinic, boss, provider=half.provider_id).pk == half.pk
    refusal(lambda: called(clinic, boss, provider=half.provider_id), Conflict)


def test_who_was_called_by_mistake_is_next_again(clinic: Clinic, three: list[Appointment], boss: Actor):
    for made in three:
        come(made, (8, 0), boss)
    first = called(clinic, boss)
    uncall(first.pk, actor=boss, now=TEN)
    assert called(clinic, boss).pk == first.pk


def test_the_list(clinic: Clinic, service: Service, doctor: Provider, boss: Actor):
    clocks = ("09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "12:00")
    found = [booked(clinic, service, doctor, make_patient(clinic), clock) for clock in clocks]
    away, over, busy, in_, late, gone, expected = found
    who = {"actor": boss, "now": TEN}
    no_show(away.pk, **who)
    complete(over.pk, **who)
    for made in (busy, in_, late, gone):
        arrive(made.pk, **who)
    start(busy.pk, **who)
    call(in_.pk, **who)
    cancel(gone.pk, "other", **who)
    order = [late, expected, in_, busy, over, away, gone]
    assert [one.appointment_id for one in queue(clinic.pk, MONDAY)] == [made.pk for made in order]
    assert counts(queue(clinic.pk, MONDAY)) == {**dict.fromkeys(NOTHING, 1), "waiting": 2, "left": 0, "arrived": 5}


def test_waiting_runs_from_the_arrival_to_the_call(made: Appointment, boss: Actor):
    def minutes(after: int) -> int | None:
        return waited(Visit.objects.get(appointment=made), now=NOW + timedelta(minutes=after))

    assert minutes(30) is None
    arrive(made.pk, actor=boss, now=NOW)
    assert minutes(30) == 30
    call(made.pk, actor=boss, now=NOW + timedelta(minutes=40))
    assert minutes(90) == 40
    cancel(made.pk, "other", actor=boss, now=NOW + timedelta(minutes=50))
    assert minutes(90) is None


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    [
        ("Asia/Tashkent", datetime(2026, 3, 1, 20, 0, tzinfo=UTC), date(2026, 3, 2)),
        ("America/New_York", datetime(2026, 3, 2, 3, 0, tzinfo=UTC), date(2026, 3, 1)),
        # the clocks go forward that night
        ("Europe/London", datetime(2026, 3, 28, 23, 59, tzinfo=UTC), date(2026, 3, 28)),
        ("Europe/London", datetime(2026, 3, 29, 22, 59, tzinfo=UTC), date(2026, 3, 29)),
        ("Europe/London", datetime(2026, 3, 29, 23, 0, tzinfo=UTC), date(2026, 3, 30)),
    ],
)
@pytest.mark.django_db
def test_the_day_is_the_clinics(zone: str, now: datetime, day: date):
    clinic = make_clinic(timezone=zone)
    service = make_service(clinic)
    doctor = make_provider(clinic, service=service, hours=(0, 1440), weekdays=127)
    actor = make_actor(Role.CLINIC_ADMIN, clinic)
    noon = at(clinic, day, "23:00")
    made = book(booking(clinic, service, doctor, make_patient(clinic), noon), actor=actor, now=now - timedelta(days=3))
    arrive(made.pk, actor=actor, now=now)
    assert today(clinic.pk, now=now) == day
    assert [one.queue_number for one in queue(clinic.pk, day)] == [1]
    assert queue(clinic.pk, day - timedelta(days=1)) == []
    assert call_next(clinic.pk, actor=actor, now=now).pk == made.pk


def test_as_many_queries_for_three_as_for_one(clinic: Clinic, service: Service, doctor: Provider, boss: Actor):
    """OPS-5"""
    taken = []
    for clocks in (("09:00",), ("10:00", "11:00")):
        for clock in clocks:
            made = booked(clinic, service, doctor, make_patient(clinic), clock)
            arrive(made.pk, actor=boss, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            shown = [
                (one.appointment.patient.full_name, str(one.appointment.provider)) for one in queue(clinic.pk, MONDAY)
            ]
        taken.append((len(shown), len(queries)))
    assert taken == [(1, 1), (3, 1)]
