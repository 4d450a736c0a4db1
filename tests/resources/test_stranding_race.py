"""A booking races with what takes its time away: it is found among the stranded, or it is refused."""

from collections.abc import Callable, Iterable
from threading import Event, Thread
from uuid import UUID

import pytest
from django.db import connection

from orderly.appointments.actions.book import book
from orderly.appointments.inputs import BookingRequest
from orderly.appointments.models import Appointment
from orderly.appointments.queries.stranded import by_asset, by_hours, by_provider, by_rule
from orderly.calendars.actions.rules import add_closure, add_maintenance, add_time_off, set_hours, set_opening_hours
from orderly.calendars.inputs import Stretch, Weekly
from orderly.clinics.models import Clinic
from orderly.core.database import writing
from orderly.core.errors import CannotBook
from orderly.engine.problems import Code
from orderly.journal.actor import Actor
from orderly.people.permissions import Role
from orderly.resources import locks
from orderly.resources.actions.assets import change_asset
from orderly.resources.actions.providers import change_provider
from orderly.resources.inputs import AssetDetails, ProviderDetails
from orderly.resources.models import Asset, Provider, Resource
from orderly.resources.queries import resources_of
from tests.factories import (
    MONDAY,
    NOW,
    at,
    booking,
    make_actor,
    make_asset,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

ALL_DAY = Stretch(first=MONDAY, start=0, last=MONDAY, end=1440)
ON_SUNDAYS = [Weekly(weekdays=frozenset({0}), start=0, end=1440)]
LONG_ENOUGH = 0.4  # seconds for a booking that nothing holds up


class Scene:
    """A clinic with one provider and one chair, and somebody who wants both at ten."""

    def __init__(self) -> None:
        self.clinic: Clinic = make_clinic()
        service = make_service(self.clinic, asset_kinds=("chair",))
        self.provider: Provider = make_provider(self.clinic, service=service)
        self.chair: Asset = make_asset(self.clinic)
        self.owner: Actor = make_actor(Role.SUPER_ADMIN)
        patient = make_patient(self.clinic)
        start = at(self.clinic, MONDAY, "10:00")
        self.request: BookingRequest = booking(self.clinic, service, self.provider, patient, start)

    def stand_down(self) -> list[UUID]:
        gone = change_provider(self.provider.pk, ProviderDetails(active=False), actor=self.owner, now=NOW)
        return by_provider(gone, actor=self.owner, now=NOW)

    def take_the_chair(self) -> list[UUID]:
        gone = change_asset(self.chair.pk, AssetDetails(active=False), actor=self.owner, now=NOW)
        return by_asset(gone, actor=self.owner, now=NOW)

    def time_off(self) -> list[UUID]:
        rule = add_time_off(self.provider.pk, self.clinic.pk, "sick_leave", ALL_DAY, actor=self.owner, now=NOW)
        return by_rule(rule, actor=self.owner, now=NOW)

    def closure(self) -> list[UUID]:
        rule = add_closure(self.clinic.pk, "closure", ALL_DAY, actor=self.owner, now=NOW)
        return by_rule(rule, actor=self.owner, now=NOW)

    def maintenance(self) -> list[UUID]:
        rule = add_maintenance(self.chair.pk, ALL_DAY, actor=self.owner, now=NOW)
        return by_rule(rule, actor=self.owner, now=NOW)

    def hours(self) -> list[UUID]:
        set_hours(self.provider.pk, self.clinic.pk, ON_SUNDAYS, actor=self.owner, now=NOW)
        return by_hours(self.clinic, [self.provider.resource_id], actor=self.owner, now=NOW)

    def opening_hours(self) -> list[UUID]:
        set_opening_hours(self.clinic.pk, ON_SUNDAYS, actor=self.owner, now=NOW)
        return by_hours(self.clinic, resources_of(self.clinic.pk), actor=self.owner, now=NOW)

    def book(self) -> UUID:
        return book(self.request, actor=self.owner, now=NOW).pk


VERBS = {
    Scene.stand_down: Code.INACTIVE,
    Scene.take_the_chair: Code.INACTIVE,
    Scene.time_off: Code.TIME_OFF,
    Scene.closure: Code.CLOSED,
    Scene.maintenance: Code.MAINTENANCE,
    Scene.hours: Code.OUTSIDE_HOURS,
    Scene.opening_hours: Code.OUTSIDE_HOURS,
}
verbs = pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)


class Rival(Thread):
    """Does something on a connection of its own; `answer` is what came of it."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self._work, self.answer, self.at_work = work, None, Event()

    def run(self) -> None:
        self.at_work.set()
        try:
            self.answer = self._work()
        except CannotBook as refused:
            self.answer = {problem.code for problem in refused.problems}
        finally:
            connection.close()


def stranded_while_booking(scene: Scene, verb: Callable[[Scene], list[UUID]]) -> tuple[list[UUID], object, bool]:
    """The list that `verb` gives, what came of a booking made before that was committed, and whether it waited."""
    rival = Rival(scene.book)
    with writing():
        listed = verb(scene)
        rival.start()
        rival.at_work.wait()
        rival.join(LONG_ENOUGH)
        waited = rival.is_alive()
    rival.join()
    return listed, rival.answer, waited


@verbs
def test_who_comes_after_it_is_refused(verb: Callable[[Scene], list[UUID]]) -> None:
    """SET-2, SET-4, SET-5, SET-6: nothing slips in between the change and the list of what it strands."""
    assert stranded_while_booking(Scene(), verb) == ([], {VERBS[verb]}, True)
    assert not Appointment.objects.exists()


@verbs
def test_who_comes_before_it_is_on_the_list(verb: Callable[[Scene], list[UUID]]) -> None:
    scene = Scene()
    rival = Rival(lambda: verb(scene))
    with writing():
        booked = scene.book()
        rival.start()
        rival.at_work.wait()
        rival.join(LONG_ENOUGH)
        assert rival.is_alive(), "it waits for the booking"
    rival.join()
    assert rival.answer == [booked]


def test_without_the_locks_it_slips_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above sees what it is there for. On SQLite the transaction itself is the lock."""

    def look(ids: Iterable[int]) -> dict[int, Resource]:
        return {resource.pk: resource for resource in Resource.objects.filter(pk__in=sorted(set(ids)))}

    monkeypatch.setattr(locks, "lock", look)
    listed, answer, waited = stranded_while_booking(Scene(), Scene.stand_down)
    if connection.vendor == "sqlite":
        assert (listed, answer, waited) == ([], {Code.INACTIVE}, True)
    else:
        assert (listed, answer, waited) == ([], Appointment.objects.get().pk, False)
