"""APT-8: this and following, or all; what was changed by itself is kept, and the past is never touched."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orderly.appointments.actions import progress
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.choices import Status
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.clock import instant
from orderly.core.errors import CannotBookAll, Conflict, Forbidden, Invalid, NotFound
from orderly.engine.recurrence import days
from orderly.engine.rrule import read
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from orderly.resources.models import Provider
from orderly.series.actions.cancel import cancel_rest
from orderly.series.actions.change import change
from orderly.series.actions.create import create
from orderly.series.choices import Scope
from orderly.series.inputs import Instead, SeriesChange
from orderly.series.models import Occurrence, Series
from orderly.series.queries.chain import chain_of, occurrence_of
from orderly.series.queries.changing import rest_of
from tests.appointments.asking import booked, off
from tests.appointments.audit import faults
from tests.factories import NOW, TUESDAY, at, make_actor, make_clinic, make_patient, make_provider
from tests.series.asking import asked, clocks, day, times, told

FOUR = ["03-03", "03-10", "03-17", "03-24"]
ELEVEN = 11 * 60


@pytest.fixture
def visits(clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor) -> list[Appointment]:
    """Four Tuesdays at ten."""
    create(asked(clinic, service, doctor, patient), actor=desk, now=NOW)
    return list(Appointment.objects.order_by("start"))


def of(scope: Scope, **more: Any) -> SeriesChange:
    return SeriesChange(scope=scope, **more)


def tiled() -> bool:
    """Each series has just the days that its rule means, and every visit its place in one."""
    for series in Series.objects.all():
        rows = [one.day for one in series.occurrences.order_by("day")]
        if rows != list(days(read(series.rule).pattern, rows[0], rows[-1] + timedelta(days=1))):
            return False
    return Occurrence.objects.filter(appointment__isnull=False).count() == Appointment.objects.count()


def test_this_and_following_leave_what_was_before(clinic: Clinic, visits: list[Appointment], desk: Actor) -> None:
    before = occurrence_of(visits[0].pk).series
    series = change(visits[2].pk, of(Scope.FOLLOWING, wall=ELEVEN), actor=desk, now=NOW)
    assert times(clinic) == ["03-03 10:00", "03-10 10:00", "03-17 11:00", "03-24 11:00"]
    assert (series.chain, series.wall, before.chain, before.wall) == (before.pk, ELEVEN, before.pk, 600)
    chain = chain_of(visits[2])
    assert chain is not None
    assert (chain.number, [one.appointment for one in chain.every]) == (3, visits)
    entry = Entry.objects.get(fact="series_changed")
    assert (entry.subject, entry.ids["before"], entry.changes) == (series.pk, str(before.pk), {"wall": [600, ELEVEN]})
    assert (tiled(), faults()) == (True, {})


def test_all_are_those_to_come(clinic: Clinic, visits: list[Appointment], desk: Actor) -> None:
    """One is over, one was dragged to another time, one was called off: the others go, the chain stays one."""
    reschedule(visits[2].pk, Move(start=visits[2].start + 90), actor=desk, now=NOW)
    later = instant(visits[0].start + 60)
    progress.complete(visits[0].pk, actor=desk, now=later)
    series = change(visits[3].pk, of(Scope.ALL, wall=ELEVEN, minutes=45), actor=desk, now=later)
    assert times(clinic) == ["03-03 10:00", "03-10 11:00", "03-17 11:30", "03-24 11:00"]
    assert (series.minutes, series.chain != series.pk, tiled(), faults()) == (45, True, True, {})
    again = change(visits[3].pk, of(Scope.ALL, wall=9 * 60), actor=desk, now=later)
    assert (again.pk, again.version, Series.objects.count()) == (series.pk, 2, 2)
    assert times(clinic) == ["03-03 10:00", "03-10 09:00", "03-17 11:30", "03-24 09:00"]


def test_another_rule_from_the_same_week_on(clinic: Clinic, visits: list[Appointment], desk: Actor) -> None:
    """From Tuesdays to Mondays and Thursdays: each in order, and no visit is in another's way."""
    change(visits[1].pk, of(Scope.FOLLOWING, rule="FREQ=WEEKLY;BYDAY=MO,TU"), actor=desk, now=NOW)
    assert times(clinic) == ["03-03 10:00", "03-09 10:00", "03-10 10:00", "03-16 10:00"]
    assert (tiled(), faults()) == (True, {})
    change(visits[1].pk, of(Scope.FOLLOWING, rule="FREQ=DAILY;INTERVAL=7"), actor=desk, now=NOW)
    assert times(clinic) == ["03-03 10:00", "03-09 10:00", "03-16 10:00", "03-23 10:00"]
    assert tiled()


def test_another_provider(clinic: Clinic, service: Service, visits: list[Appointment], desk: Actor) -> None:
    other = make_provider(clinic, service=service)
    series = change(visits[0].pk, of(Scope.ALL, provider=other.pk), actor=desk, now=NOW)
    assert {one.provider for one in Appointment.objects.all()} == {other}
    assert (series.provider_id, [one.stands_by_itself for one in series.occurrences.all()]) == (other.pk, [False] * 4)


def test_one_that_cannot_go_stops_all_unless_it_is_decided(
    clinic: Clinic, service: Service, doctor: Provider, visits: list[Appointment], desk: Actor
) -> None:
    booked(clinic, service, doctor, make_patient(clinic), "11:00", day=day("03-17"))
    wanted = of(Scope.ALL, wall=ELEVEN)
    rest = rest_of(occurrence_of(visits[0].pk), wanted, now=NOW, alternatives=True)
    assert told(rest.rows) == [
        (one, "conflict" if one == "03-17" else "free", ["provider_busy"] * (one == "03-17")) for one in FOUR
    ]
    assert clocks(clinic, [one.start for one in rest.rows[2].instead]) == ["03-17 10:30", "03-17 11:30", "03-17 10:15"]
    with pytest.raises(CannotBookAll) as refused:
        change(visits[0].pk, wanted, actor=desk, now=NOW)
    assert (list(refused.value.against), Entry.objects.filter(fact="appointment_rescheduled").count()) == ([2], 0)
    change(visits[0].pk, of(Scope.ALL, wall=ELEVEN, decided={day("03-17"): None}), actor=desk, now=NOW)
    assert times(clinic) == ["03-03 11:00", "03-10 11:00", "03-17 10:00", "03-17 11:00", "03-24 11:00"]
    half = {day("03-24"): Instead(at(clinic, day("03-25"), "12:00"))}
    change(visits[3].pk, of(Scope.FOLLOWING, wall=600, decided=half), actor=desk, now=NOW)
    assert times(clinic)[-1] == "03-25 12:00"
    assert Occurrence.objects.get(day=day("03-24")).stands_by_itself


def test_the_rest_is_called_off(clinic: Clinic, visits: list[Appointment], desk: Actor) -> None:
    """Also what went another way since; not what was before. Late ones owe what the rule says."""
    Clinic.objects.update(late_fee_kind="fixed", late_fee=700, free_cancel_hours=48)
    change(visits[3].pk, of(Scope.FOLLOWING, wall=ELEVEN), actor=desk, now=NOW)
    now = instant(visits[1].start - 24 * 60)
    done = cancel_rest(visits[1].pk, "patient_request", actor=desk, now=now)
    assert {one.pk for one in done} == {one.pk for one in visits[1:]}
    found = list(Appointment.objects.order_by("start"))
    assert [(one.status, one.fee) for one in found] == [
        (Status.CONFIRMED, None),
        (Status.CANCELLED, 700),
        (Status.CANCELLED, None),
        (Status.CANCELLED, None),
    ]
    assert Entry.objects.get(fact="series_cancelled").ids["appointments"] == sorted(str(one.pk) for one in visits[1:])
    with pytest.raises(Conflict):
        cancel_rest(visits[1].pk, "patient_request", actor=desk, now=now)
    assert faults() == {}


def test_what_is_refused(
    clinic: Clinic, service: Service, doctor: Provider, visits: list[Appointment], desk: Actor
) -> None:
    first, verbs = visits[0].pk, {change: of(Scope.ALL, wall=ELEVEN), cancel_rest: "other"}
    alone = booked(clinic, service, doctor, make_patient(clinic), "12:00", day=TUESDAY)
    for verb, what in verbs.items():
        for who, appointment, error in (
            (make_actor(Role.READ_ONLY, clinic), first, Forbidden),
            (make_actor(Role.FRONT_DESK, make_clinic()), first, NotFound),
            (desk, alone.pk, NotFound),
        ):
            with pytest.raises(error):
                verb(appointment, what, actor=who, now=NOW)  # type: ignore[operator]
    over = instant(visits[3].start + 60)
    for wanted, now, reason in (
        (of(Scope.ALL, wall=ELEVEN), over, "series_over"),
        (of(Scope.ALL, rule="FREQ=WEEKLY;COUNT=4"), NOW, "rule_endless"),
        (of(Scope.ALL, rule="FREQ=MONTHLY;INTERVAL=100"), NOW, "rule_limit"),
        (of(Scope.ALL, wall=1440), NOW, "time"),
        (of(Scope.FOLLOWING), NOW, "nothing_new"),
        (of(Scope.ALL, decided={day("03-04"): None}), NOW, "unknown"),
        (of(Scope.ALL, decided={day("03-10"): Instead(0)}), NOW, "far"),
    ):
        with pytest.raises((Conflict, Invalid)) as refused:
            change(first, wanted, actor=desk, now=now)
        assert dict(refused.value.problems[0].params)["reason"] == reason
    assert times(clinic) == ["03-03 10:00", "03-03 12:00", "03-10 10:00", "03-17 10:00", "03-24 10:00"]


def test_a_closed_day_is_said_to_be_closed(clinic: Clinic, visits: list[Appointment], desk: Actor) -> None:
    """What is there can't be left out: it goes to another time, or stays. Decided for a closed day it's just wrong."""
    off(clinic, None, "00:00", "24:00", day=day("03-19"), kind="holiday")
    wanted = of(Scope.ALL, rule="FREQ=WEEKLY;BYDAY=TH")
    rows = rest_of(occurrence_of(visits[0].pk), wanted, now=NOW, alternatives=True).rows
    days = ("03-05", "03-12", "03-19", "03-26")
    assert told(rows) == [(one, *(("closed", ["closed"]) if one == "03-19" else ("free", []))) for one in days]
    assert clocks(clinic, [one.start for one in rows[2].instead]) == ["03-18 10:00", "03-20 10:00", "03-18 09:45"]
    with pytest.raises(CannotBookAll) as refused:
        change(visits[0].pk, wanted, actor=desk, now=NOW)
    assert {nth: [str(one.code) for one in found] for nth, found in refused.value.against.items()} == {2: ["closed"]}
    there = {day("03-17"): Instead(at(clinic, day("03-19"), "11:00"))}
    rows = rest_of(occurrence_of(visits[0].pk), replace(wanted, decided=there), now=NOW).rows
    assert told(rows)[2] == ("03-19", "conflict", ["closed"])
    there = {day("03-17"): Instead(rows[2].start + 24 * 60)}
    change(visits[0].pk, replace(wanted, decided=there), actor=desk, now=NOW)
    assert times(clinic) == ["03-05 10:00", "03-12 10:00", "03-20 11:00", "03-26 10:00"]


def test_one_of_them_goes_to_somebody_else(
    clinic: Clinic, service: Service, doctor: Provider, visits: list[Appointment], desk: Actor
) -> None:
    """First what the same provider could give, then others, the same time first; it stays as long as the series has
    it, and is an exception.
    """
    other, third = (make_provider(clinic, service=service, name=name) for name in ("Other", "Third"))
    for busy, day_of in ((doctor, "03-17"), (third, "03-17")):
        booked(clinic, service, busy, make_patient(clinic), "11:00", day=day(day_of))
    change(visits[0].pk, of(Scope.ALL, minutes=45), actor=desk, now=NOW)
    wanted = of(Scope.ALL, wall=ELEVEN)
    row = rest_of(occurrence_of(visits[0].pk), wanted, now=NOW, alternatives=True).rows[2]
    assert [(clocks(clinic, [one.start])[0], one.end - one.start, one.provider) for one in row.instead] == [
        ("03-17 11:30", 45, None),
        ("03-17 10:15", 45, None),
        ("03-17 11:45", 45, None),
        ("03-17 11:00", 45, other.pk),
        ("03-17 11:30", 45, third.pk),
    ]
    decided = {day("03-17"): Instead(row.instead[3].start, other.pk)}
    series = change(visits[0].pk, replace(wanted, decided=decided), actor=desk, now=NOW)
    found = Appointment.objects.get(pk=visits[2].pk)
    assert (found.provider, found.end - found.start, found.occurrence.stands_by_itself) == (other, 45, True)
    assert (series.minutes, series.provider_id, faults()) == (45, doctor.pk, {})
