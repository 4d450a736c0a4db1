"""APT-8: whatever was split, moved or called off before, a change goes through all that is to come, or nothing moves.

The model knows days, times and which part of the chain each visit is of; it shares no code with the program.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import Conflict, Refused, Stale
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from orderly.resources.models import Provider
from orderly.series.actions.cancel import cancel_rest
from orderly.series.actions.change import change
from orderly.series.actions.create import create
from orderly.series.choices import Scope
from orderly.series.inputs import SeriesChange
from orderly.series.models import Occurrence
from orderly.series.queries.chain import chain_of, parts_of, version_of
from orderly.series.queries.ical import calendar_of
from tests.appointments.audit import faults
from tests.factories import NOW, TUESDAY, make_actor, make_clinic, make_patient, make_provider, make_service
from tests.series.asking import asked, times
from tests.series.test_change import tiled
from tests.series.test_ical import read

TEN, ELEVEN, LENGTH = 600, 660, 30
WEEKDAYS = {"MO": 0, "TU": 1, "TH": 3, "FR": 4}


@pytest.fixture
def visits(clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor) -> list[Appointment]:
    """Six Tuesdays at ten, from the fourth on at eleven, from the fifth on at noon."""
    create(asked(clinic, service, doctor, patient, rule="FREQ=WEEKLY;COUNT=6"), actor=desk, now=NOW)
    found = list(Appointment.objects.order_by("start"))
    change(found[3].pk, SeriesChange(scope=Scope.FOLLOWING, wall=ELEVEN), actor=desk, now=NOW)
    change(found[4].pk, SeriesChange(scope=Scope.FOLLOWING, wall=720), actor=desk, now=NOW)
    return list(Appointment.objects.order_by("start"))


def test_all_goes_through_every_part(clinic: Clinic, visits: list[Appointment], desk: Actor) -> None:
    """What isn't said stays as each part has it: their times, while the days become others."""
    other = SeriesChange(scope=Scope.ALL, rule="FREQ=WEEKLY;BYDAY=MO,TH")
    answer = change(visits[5].pk, other, actor=desk, now=NOW)
    moved = ["03-02 10:00", "03-05 10:00", "03-09 10:00", "03-12 11:00", "03-16 12:00", "03-19 12:00"]
    assert (times(clinic), answer.pk, tiled(), faults()) == (moved, answer.chain, True, {})
    change(visits[1].pk, SeriesChange(scope=Scope.FOLLOWING, wall=900), actor=desk, now=NOW)
    assert times(clinic) == [moved[0], *(f"{one[:5]} 15:00" for one in moved[1:])]
    parts = parts_of(answer.chain)
    assert [(len(days), days[0].series.wall) for days in parts] == [(1, TEN), (2, 900), (1, 900), (2, 900)]
    told = list(Entry.objects.filter(fact="series_changed").order_by("-pk")[:3])
    assert [len(one.ids["appointments"]) for one in told] == [2, 1, 2]


def test_all_or_nothing_through_every_part(clinic: Clinic, visits: list[Appointment], desk: Actor) -> None:
    """In the last part somebody else's visit is in the way: nothing of the first is changed either."""
    make = make_patient(clinic)
    provider = visits[5].provider
    assert provider is not None
    create(
        asked(clinic, visits[5].service, provider, make, first=date(2026, 4, 7), wall=840, rule="FREQ=DAILY;COUNT=1"),
        actor=desk,
        now=NOW,
    )
    before, entries = times(clinic), Entry.objects.count()
    with pytest.raises(Conflict):
        change(visits[0].pk, SeriesChange(scope=Scope.ALL, wall=840), actor=desk, now=NOW)
    assert (times(clinic), Entry.objects.count()) == (before, entries)


def test_its_version_is_the_chains(clinic: Clinic, visits: list[Appointment], desk: Actor) -> None:
    """Whoever looked before another part was changed is told so; and none comes twice."""
    first, last = visits[0].occurrence.series, visits[5].occurrence.series
    seen = version_of(first)
    assert (seen == version_of(last), first.pk == last.pk) == (True, False)
    reschedule(visits[5].pk, Move(start=visits[5].start + 60), actor=desk, now=NOW)
    with pytest.raises(Stale):
        change(visits[0].pk, SeriesChange(scope=Scope.ALL, wall=840), actor=desk, now=NOW, version=seen)
    with pytest.raises(Stale):
        cancel_rest(visits[0].pk, "other", actor=desk, now=NOW, version=seen)
    change(visits[0].pk, SeriesChange(scope=Scope.ALL, wall=840), actor=desk, now=NOW, version=version_of(first))


@dataclass
class Visit:
    """As the model knows it: the day and the time of day its part has it at, and where it really is."""

    pk: Any
    part: int
    day: date
    wall: int
    start: int
    off: bool = False

    @property
    def planned(self) -> int:
        return minute(datetime.fromisoformat(f"{self.day}T00:00:00+00:00")) + self.wall


class Machine(RuleBasedStateMachine):
    """A clinic in UTC, so that a day's minutes are simply counted."""

    town: tuple[Clinic, Service, Provider, Patient, Actor]  # made once; every run is rolled back

    def __init__(self) -> None:
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()
        self.now, self.parts = NOW, 1
        clinic, service, doctor, patient, self.desk = self.town
        self.series = create(
            asked(clinic, service, doctor, patient, rule="FREQ=WEEKLY;COUNT=5"), actor=self.desk, now=NOW
        )
        made = Appointment.objects.filter(occurrence__series=self.series).order_by("start")
        days = [TUESDAY + timedelta(days=7 * nth) for nth in range(5)]
        self.visits = [Visit(one.pk, 0, day, TEN, one.start) for one, day in zip(made, days, strict=True)]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)

    def to_come(self, one: Visit) -> bool:
        return not one.off and one.start > minute(self.now)

    @rule(nth=st.integers(0, 4), scope=st.sampled_from(Scope), wall=st.sampled_from((540, TEN, ELEVEN, 780)))
    def at_another_time(self, nth: int, scope: Scope, wall: int) -> None:
        groups = self.going(nth, scope)
        wanted = [replace(one, wall=wall) for after in groups for one in after]
        self.changes(nth, SeriesChange(scope=scope, wall=wall), groups, wanted)

    @rule(nth=st.integers(0, 4), scope=st.sampled_from(Scope), on=st.sets(st.sampled_from([*WEEKDAYS]), min_size=1))
    def on_other_days(self, nth: int, scope: Scope, on: set[str]) -> None:
        groups = self.going(nth, scope)
        going = [one for after in groups for one in after]
        wanted = [replace(one, day=day) for one, day in zip(going, self.days(going, on), strict=True)] if going else []
        said = f"FREQ=WEEKLY;BYDAY={','.join(sorted(on))}"
        self.changes(nth, SeriesChange(scope=scope, rule=said), groups, wanted)

    def going(self, nth: int, scope: Scope) -> list[list[Visit]]:
        """Of each part what comes from there on, if anything of it moves."""
        found = []
        for part in sorted({one.part for one in self.visits}, key=lambda part: self.first(part).day):
            mine = [one for one in self.visits if one.part == part]
            those = mine if scope is Scope.ALL else [one for one in mine if one in self.visits[nth:]]
            begin = next((place for place, one in enumerate(mine) if one in those and self.to_come(one)), None)
            if begin is not None and any(self.moves(one) for one in mine[begin:]):
                found.append(mine[begin:])
        return found

    def first(self, part: int) -> Visit:
        return next(one for one in self.visits if one.part == part)

    def moves(self, one: Visit) -> bool:
        return self.to_come(one) and one.start == one.planned

    def days(self, going: list[Visit], on: set[str]) -> list[date]:
        """From the same week on, but after today's midnight and what stays behind."""
        there = {one.pk for one in going}
        behind = [one.day + timedelta(days=1) for one in self.visits if one.pk not in there and one.day < going[0].day]
        monday = going[0].day - timedelta(days=going[0].day.weekday())
        day = max([monday, self.now.date(), *behind])
        found: list[date] = []
        while len(found) < len(going):
            if day.weekday() in {WEEKDAYS[one] for one in on}:
                found.append(day)
            day += timedelta(days=1)
        return found

    def changes(self, nth: int, said: SeriesChange, groups: list[list[Visit]], wanted: list[Visit]) -> None:
        moving = {one.pk for after in groups for one in after if self.moves(one)}
        wanted = [replace(one, start=one.planned) if one.pk in moving else one for one in wanted]
        possible = bool(moving) and self.possible(moving, wanted)
        try:
            change(self.visits[nth].pk, said, actor=self.desk, now=self.now)
        except Refused:
            assert not possible
            return
        assert possible
        new = {one.pk: one for one in wanted}
        for after in groups:
            if any(one.part == after[0].part for one in self.visits if one not in after):
                self.parts += 1
                for one in after:
                    new[one.pk].part = self.parts
        self.visits = [new.get(one.pk, one) for one in self.visits]

    def possible(self, moving: set[Any], wanted: list[Visit]) -> bool:
        """None of them in the past, nor in another's way."""
        was = {one.pk: one.start for one in self.visits}
        new = {one.pk: one.start for one in wanted if one.pk in moving}
        late = any(start != was[pk] and start < minute(self.now) for pk, start in new.items())
        stand = [one.start for one in self.visits if one.pk not in moving and not one.off]
        taken = sorted([*stand, *new.values()])
        return not late and all(two - one >= LENGTH for one, two in pairwise(taken))

    @rule(nth=st.integers(0, 4), by=st.sampled_from((60, 180)))
    def move_one(self, nth: int, by: int) -> None:
        one = self.visits[nth]
        try:
            reschedule(one.pk, Move(start=one.start + by), actor=self.desk, now=self.now)
        except Refused:
            return
        one.start += by

    @rule(nth=st.integers(0, 4))
    def call_one_off(self, nth: int) -> None:
        if self.to_come(self.visits[nth]):
            cancel(self.visits[nth].pk, "other", actor=self.desk, now=self.now)
            self.visits[nth].off = True

    @rule(days=st.integers(1, 6))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def all_are_where_they_should_be(self) -> None:
        """Also for who reads the calendar file, and the card's list; each part has just the days of its rule."""
        rows = Occurrence.objects.filter(series__chain=self.series.chain).select_related("appointment")
        found = {one.appointment_id: one for one in rows}
        assert {pk: one.day for pk, one in found.items()} == {one.pk: one.day for one in self.visits}
        visits = {pk: one.appointment for pk, one in found.items()}
        assert {pk: (one.start, one.status == "cancelled") for pk, one in visits.items() if one} == {
            one.pk: (one.start, one.off) for one in self.visits
        }
        assert (len(found), tiled()) == (5, True)
        assert read(calendar_of(self.series, now=self.now)) == sorted(
            (one.start, one.start + LENGTH) for one in self.visits if not one.off
        )
        chain = chain_of(Appointment.objects.select_related("occurrence__series").get(pk=self.visits[0].pk))
        assert chain is not None
        assert [one.appointment_id for one in chain.every] == [
            one.pk for one in sorted(self.visits, key=lambda one: one.start)
        ]


@pytest.mark.django_db
def test_whatever_was_done_to_it_before() -> None:
    clinic = make_clinic(timezone="UTC")
    service = make_service(clinic)
    people = make_provider(clinic, service=service), make_patient(clinic), make_actor(Role.FRONT_DESK, clinic)
    Machine.town = (clinic, service, *people)
    how = settings(
        max_examples=15,
        stateful_step_count=8,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )
    run_state_machine_as_test(Machine, settings=how)  # type: ignore[no-untyped-call]
