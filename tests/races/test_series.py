"""APT-8: series and single bookings at the same moment: all of a series or nothing of it, and nobody twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from orderly.appointments.models import Appointment
from orderly.core.database import fetch
from orderly.series.actions.change import change
from orderly.series.actions.create import create
from orderly.series.choices import Scope
from orderly.series.inputs import SeriesChange, SeriesRequest
from orderly.series.models import Occurrence, Series
from orderly.series.queries.chain import parts_of, version_of
from tests.appointments.audit import OVERLAPS
from tests.factories import MONDAY, NOW
from tests.races.audit import faults
from tests.races.storm import codes, storm, winners
from tests.races.town import Town
from tests.races.unguarded import without_guard, without_locks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLIENTS, DAYS = 8, 3


def rush(town: Town, wall: int) -> list[Callable[[], UUID]]:
    """Half of them want the same time on each of these days, the others on one of the days alone."""
    series = [replace(wished(town, wall), patient=patient.pk) for patient in town.patients[:CLIENTS]]
    alone = [
        town.book(patient, town.time(f"{wall // 60:02}:00", MONDAY + timedelta(days=nth % DAYS)))
        for nth, patient in enumerate(town.patients[CLIENTS:])
    ]
    return [*(whole(one, town) for one in series), *alone]


def wished(town: Town, wall: int) -> SeriesRequest:
    """By the first of the patients."""
    return SeriesRequest(
        clinic=town.clinic.pk,
        service=town.service.pk,
        patient=town.patients[0].pk,
        provider=town.providers[0].pk,
        first=MONDAY,
        wall=wall,
        rule=f"FREQ=DAILY;COUNT={DAYS}",
    )


def whole(request: SeriesRequest, town: Town) -> Callable[[], UUID]:
    return lambda: create(request, actor=town.desk, now=NOW).pk


def test_a_series_is_whole_or_not_there() -> None:
    town = Town(patients=2 * CLIENTS)
    found = []
    for wall in (9 * 60, 10 * 60, 11 * 60):
        found += storm(rush(town, wall))
    assert winners(found)
    assert [one.occurrences.count() for one in Series.objects.all()] == [DAYS] * Series.objects.count()
    assert Occurrence.objects.filter(appointment__isnull=True).count() == 0
    single = Appointment.objects.filter(occurrence__isnull=True).count()
    assert len(winners(found)) == Series.objects.count() + single
    assert (codes(found) <= {"provider_busy"}, faults()) == (True, {})


def test_with_neither_guard_nor_locks_two_take_one_time() -> None:
    """The control: what keeps them apart is what the others are kept apart by."""
    town = Town(patients=2 * CLIENTS)
    with without_guard(), without_locks():
        for hour in range(7, 20):
            storm(rush(town, hour * 60), insist=False)
            if fetch(OVERLAPS, []):
                return
        raise AssertionError("nothing was ever booked twice")


def changes(town: Town, visits: list[UUID], version: int | None) -> list[Callable[[], UUID]]:
    """Each wants all of the chain at another time, from a visit of its own."""
    walls = range(12 * 60, 16 * 60, 30)

    def by(visit: UUID, wall: int) -> Callable[[], UUID]:
        wanted = SeriesChange(scope=Scope.ALL, wall=wall)
        return lambda: change(visit, wanted, actor=town.desk, now=NOW, version=version).pk

    return [by(visits[nth % len(visits)], wall) for nth, wall in enumerate(walls)]


@pytest.mark.parametrize("seen", [True, False])
def test_a_chain_is_changed_by_one_after_the_other(seen: bool) -> None:
    """Through whichever of its parts. Of those who looked at it before only the first changes it; the control: others,
    who don't say what they saw, do so too.
    """
    town = Town(patients=1)
    [made] = winners(storm([whole(replace(wished(town, 9 * 60), rule="FREQ=DAILY;COUNT=4"), town)]))
    visits = list(Occurrence.objects.filter(series=made).order_by("day").values_list("appointment", flat=True))
    change(visits[2], SeriesChange(scope=Scope.FOLLOWING, wall=600), actor=town.desk, now=NOW)
    version = version_of(Series.objects.get(pk=made))
    found = storm(changes(town, visits, version if seen else None))
    assert (len(winners(found)) == 1) == seen
    parts = parts_of(made)
    assert (len(parts), [len(days) for days in parts]) == (2, [2, 2])
    assert {one.stands_by_itself for days in parts for one in days} == {False}
    assert (codes(found), faults()) == ({"Stale"} if seen else set(), {})
