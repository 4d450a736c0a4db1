"""APT-8: every visit is looked at before anything is written, and all are booked or none."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.appointments.models import Appointment
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.errors import CannotBookAll, Forbidden, Invalid, NotFound
from orderly.engine.recurrence import days
from orderly.engine.rrule import read
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from orderly.resources.models import Provider
from orderly.series.actions.create import create
from orderly.series.choices import LEFT_OUT
from orderly.series.inputs import Instead
from orderly.series.models import Occurrence, Series
from orderly.series.queries.preview import preview
from tests.appointments.asking import booked, off
from tests.appointments.audit import faults
from tests.factories import NOW, TUESDAY, at, make_actor, make_clinic, make_patient
from tests.series.asking import asked, clocks, day, times, told


@pytest.fixture
def busy(clinic: Clinic, service: Service, doctor: Provider) -> Appointment:
    """The doctor sees somebody else on the second Tuesday at ten."""
    return booked(clinic, service, doctor, make_patient(clinic), day=day("03-10"))


def test_all_that_is_written(clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor) -> None:
    """Ten o'clock stays ten o'clock when the clocks change on the 29th."""
    request = asked(clinic, service, doctor, patient, rule="FREQ=WEEKLY;INTERVAL=2;COUNT=3", notes="by the window")
    series = create(request, actor=desk, now=NOW)
    assert times(clinic) == ["03-03 10:00", "03-17 10:00", "03-31 10:00"]
    made = list(Appointment.objects.order_by("start"))
    assert {(one.service, one.provider, one.patient, one.notes, one.source) for one in made} == {
        (service, doctor, patient, "by the window", "phone")
    }
    [row] = Series.objects.values()
    assert row == {
        "id": series.pk,
        "version": 1,
        "clinic_id": clinic.pk,
        "chain": series.pk,
        "provider_id": doctor.pk,
        "rule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        "wall": 600,
        "minutes": 30,
    }
    rows = list(Occurrence.objects.order_by("day"))
    assert [(one.day, one.appointment, one.stands_by_itself) for one in rows] == [
        (TUESDAY + timedelta(days=14 * nth), one, False) for nth, one in enumerate(made)
    ]
    entry = Entry.objects.get(fact="series_created")
    assert (entry.subject, entry.ids["appointments"]) == (series.pk, [str(one.pk) for one in made])
    assert faults() == {}


def test_a_closed_day_is_left_out_and_one_added_at_the_end(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor
) -> None:
    off(clinic, None, "00:00", "24:00", day=day("03-17"), kind="holiday")
    request = asked(clinic, service, doctor, patient)
    assert told(preview(request, now=NOW).rows) == [
        ("03-03", "free", []),
        ("03-10", "free", []),
        ("03-17", "closed", ["closed"]),
        ("03-24", "free", []),
        ("03-31", "free", []),
    ]
    series = create(request, actor=desk, now=NOW)
    assert times(clinic) == ["03-03 10:00", "03-10 10:00", "03-24 10:00", "03-31 10:00"]
    rows = list(series.occurrences.order_by("day"))
    assert [one.day for one in rows if one.appointment is None] == [day("03-17")]
    assert [one.day for one in rows] == list(days(read(series.rule).pattern, TUESDAY, day("04-01")))


def test_a_conflict_says_why_and_what_else(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor, busy: Appointment
) -> None:
    request = asked(clinic, service, doctor, patient)
    found = preview(request, now=NOW).rows[1]
    assert (told([found]), clocks(clinic, [one.start for one in found.instead])) == (
        [("03-10", "conflict", ["provider_busy"])],
        ["03-10 09:30", "03-10 10:30", "03-10 09:15"],
    )
    before = Entry.objects.count()
    with pytest.raises(CannotBookAll) as refused:
        create(request, actor=desk, now=NOW)
    assert refused.value.against == {1: found.problems}
    assert (Appointment.objects.get(), Series.objects.count(), Entry.objects.count()) == (busy, 0, before)
    decided = replace(request, decided={day("03-10"): Instead(found.instead[0].start)})
    assert {row.state for row in preview(decided, now=NOW).rows} == {"free"}
    create(decided, actor=desk, now=NOW)
    assert times(clinic) == ["03-03 10:00", "03-10 09:30", "03-10 10:00", "03-17 10:00", "03-24 10:00"]
    moved = Occurrence.objects.get(day=day("03-10"))
    assert (moved.stands_by_itself, faults()) == (True, {})


def test_skipped_by_hand_one_is_added_at_the_end(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor, busy: Appointment
) -> None:
    request = asked(clinic, service, doctor, patient, decided={day("03-10"): None})
    states = [(one, state) for one, state, _ in told(preview(request, now=NOW).rows)]
    assert states == [
        ("03-03", "free"),
        ("03-10", "skipped"),
        ("03-17", "free"),
        ("03-24", "free"),
        ("03-31", "free"),
    ]
    create(request, actor=desk, now=NOW)
    assert times(clinic) == ["03-03 10:00", "03-10 10:00", "03-17 10:00", "03-24 10:00", "03-31 10:00"]


def test_its_own_visits_are_in_each_others_way(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient
) -> None:
    """One that was put where the next one is; and of two conflicts no two alternatives are the same, none before
    the series and none on another's day."""
    tomorrow = at(clinic, day("03-04"), "10:15")
    request = asked(clinic, service, doctor, patient, rule="FREQ=DAILY;COUNT=3", decided={TUESDAY: Instead(tomorrow)})
    assert [state for _, state, _ in told(preview(request, now=NOW).rows)] == ["conflict", "free", "free"]
    late = asked(clinic, service, doctor, patient, wall=17 * 60, rule="FREQ=DAILY;COUNT=2")
    rows = preview(late, now=NOW).rows
    assert [clocks(clinic, [row.instead[0].start]) for row in rows] == [["03-03 16:30"], ["03-04 16:30"]]
    week = asked(clinic, service, doctor, patient, first=day("03-07"), rule="FREQ=DAILY;COUNT=2", minutes=480)
    rows = preview(week, now=NOW).rows
    assert [clocks(clinic, [row.instead[0].start]) for row in rows] == [["03-09 09:00"], ["03-10 09:00"]]
    long = asked(clinic, service, doctor, patient, wall=17 * 60, rule="FREQ=DAILY;COUNT=2", minutes=480)
    first = preview(long, now=NOW).rows[0]
    own = [one.start for one in first.instead if one.provider is None]
    assert clocks(clinic, own) == ["03-03 09:00", "03-05 09:00", "03-06 09:00"]


def test_past_the_horizon_is_a_reason_like_others(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient
) -> None:
    Service.objects.filter(pk=service.pk).update(horizon_days=10)
    found = told(preview(asked(clinic, service, doctor, patient), now=NOW).rows)
    assert [problems for _, _, problems in found] == [[], [], ["horizon"], ["horizon"]]


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ({"rule": "FREQ=DAILY;INTERVAL=0;COUNT=3"}, "rule", "rule_part"),
        ({"rule": "FREQ=HOURLY;COUNT=3"}, "rule", "rule_part"),
        ({"rule": "FREQ=DAILY"}, "rule", "rule_end"),
        ({"rule": "FREQ=DAILY;INTERVAL=7;BYDAY=MO;COUNT=2"}, "rule", "rule_never"),
        ({"rule": "FREQ=MONTHLY;INTERVAL=12;COUNT=5"}, "rule", "rule_limit"),
        ({"rule": "FREQ=DAILY;UNTIL=20260701"}, "rule", "rule_limit"),
        ({"rule": "FREQ=MONTHLY;UNTIL=20290101"}, "rule", "rule_limit"),
        ({"rule": "FREQ=MONTHLY;UNTIL=99991231"}, "rule", "rule_limit"),
        ({"rule": "FREQ=DAILY;COUNT=101"}, "rule", "rule_part"),
        ({"rule": "FREQ=MONTHLY;INTERVAL=24;COUNT=2", "decided": {TUESDAY: None}}, "rule", "rule_limit"),
        ({"wall": 1440}, "start", "time"),
        ({"decided": {TUESDAY: Instead(40_000_000)}}, "occurrences", "far"),
        ({"decided": {day("03-04"): None}}, "occurrences", "unknown"),
    ],
)
def test_what_cannot_be_meant(
    clinic: Clinic,
    service: Service,
    doctor: Provider,
    patient: Patient,
    desk: Actor,
    more: dict[str, object],
    field: str,
    reason: str,
) -> None:
    with pytest.raises(Invalid) as refused:
        create(asked(clinic, service, doctor, patient, **more), actor=desk, now=NOW)
    [problem] = refused.value.problems
    assert (problem.field, dict(problem.params)["reason"]) == (field, reason)
    assert Appointment.objects.count() == 0


def test_as_many_as_a_series_may_have(clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> None:
    request = asked(clinic, service, doctor, patient, rule="FREQ=DAILY;COUNT=100")
    assert sum(row.state not in LEFT_OUT for row in preview(request, now=NOW).rows) == 100


def test_only_by_who_may(clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> None:
    request = asked(clinic, service, doctor, patient)
    with pytest.raises(Forbidden):
        create(request, actor=make_actor(Role.READ_ONLY, clinic), now=NOW)
    with pytest.raises(NotFound):
        create(request, actor=make_actor(Role.FRONT_DESK, make_clinic()), now=NOW)


def test_queries_hang_on_how_far_it_reaches_not_on_how_many(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient
) -> None:
    def queries(rule: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            preview(asked(clinic, service, doctor, patient, rule=rule), now=NOW)
        return len(seen)

    assert queries("FREQ=WEEKLY;COUNT=2") == 5
    others = 4  # are looked at once for all that can't be had: on Saturdays and Sundays
    assert queries("FREQ=DAILY;COUNT=6") == queries("FREQ=DAILY;COUNT=60") == 5 + others
    assert queries("FREQ=WEEKLY;COUNT=52") == 1 + 5 * 4 + 3 * others  # past the horizon are the last three stretches
