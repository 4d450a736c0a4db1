"""Which visits hours, time off, closures, maintenance and leaving strand."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.progress import arrive, start
from orderly.appointments.models import Appointment
from orderly.appointments.queries.stranded import by_asset, by_clinic, by_hours, by_provider, by_rule, upcoming
from orderly.calendars.actions.rules import (
    add_closure,
    add_extra_hours,
    add_maintenance,
    add_time_off,
    remove,
    set_hours,
    set_opening_hours,
)
from orderly.calendars.inputs import Stretch, Weekly
from orderly.calendars.models import RuleKind
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.people.permissions import Role
from orderly.resources.actions.assets import change_asset
from orderly.resources.actions.providers import change_provider
from orderly.resources.inputs import AssetDetails, ProviderDetails
from orderly.resources.models import Provider
from orderly.resources.queries import resources_of
from tests.factories import (
    MONDAY,
    NOW,
    TUESDAY,
    at,
    booking,
    make_actor,
    make_asset,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)

Book = Callable[..., UUID]


@pytest.fixture
def booked(clinic: Clinic, service: Service, doctor: Provider, desk: Actor) -> Book:
    """Books half an hour with the doctor, a new patient each time."""

    def make(day: date, clock: str, **more: object) -> UUID:
        what, who = more.pop("service", service), more.pop("provider", doctor)
        where = more.pop("clinic", clinic)
        request = booking(where, what, who, make_patient(where), at(where, day, clock), **more)
        return book(request, actor=make_actor(Role.FRONT_DESK, where), now=NOW).pk

    return make


def on(day: date, start: int, end: int) -> Stretch:
    return Stretch(first=day, start=start * 60, last=day, end=end * 60)


@pytest.mark.django_db
class TestByRule:
    def test_those_in_time_off(self, doctor: Provider, clinic: Clinic, desk: Actor, booked: Book) -> None:
        """SET-6: in the order of time; back to back is no conflict."""
        _before, late, early, _after = (booked(MONDAY, clock) for clock in ("09:30", "11:30", "10:00", "12:00"))
        rule = add_time_off(doctor.pk, clinic.pk, "meeting", on(MONDAY, 10, 12), actor=desk, now=NOW)
        assert by_rule(rule, actor=desk, now=NOW) == [early, late]

    def test_every_week_and_only_then(self, doctor: Provider, clinic: Clinic, desk: Actor, booked: Book) -> None:
        days = [MONDAY, TUESDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)]
        one, _two, _other_week, three = (booked(day, "12:00") for day in days)
        lunch = Weekly(weekdays=frozenset({1}), start=12 * 60, end=13 * 60, every=2)
        rule = add_time_off(doctor.pk, clinic.pk, "lunch", lunch, actor=desk, now=NOW)
        assert by_rule(rule, actor=desk, now=NOW) == [one, three]

    def test_a_buffer_is_reserved_too(self, doctor: Provider, clinic: Clinic, desk: Actor, booked: Book) -> None:
        careful = make_service(clinic, buffer_after=15)
        careful.providers.add(doctor)
        visit = booked(MONDAY, "09:30", service=careful)
        rule = add_time_off(doctor.pk, clinic.pk, "off", on(MONDAY, 10, 12), actor=desk, now=NOW)
        assert by_rule(rule, actor=desk, now=NOW) == [visit]

    def test_only_what_hasn_t_begun_and_isn_t_over(
        self, doctor: Provider, clinic: Clinic, desk: Actor, booked: Book
    ) -> None:
        cancelled, _over, begun, waiting, later = (
            booked(MONDAY, clock) for clock in ("09:00", "10:00", "10:30", "11:00", "11:30")
        )
        cancel(cancelled, "other", actor=desk, now=NOW)
        for visit in (begun, waiting):
            arrive(visit, actor=desk, now=NOW)
        start(begun, actor=desk, now=NOW)
        rule = add_time_off(doctor.pk, clinic.pk, "off", on(MONDAY, 0, 24), actor=desk, now=NOW)
        half_past_ten = NOW + timedelta(hours=4, minutes=30)
        assert by_rule(rule, actor=desk, now=half_past_ten) == [waiting, later]

    def test_time_off_in_one_clinic_leaves_the_other_s(self, doctor: Provider, clinic: Clinic, booked: Book) -> None:
        """And time off everywhere is read on each clinic's own clock: ten in Berlin is nine in London."""
        owner, berlin = make_actor(Role.SUPER_ADMIN), make_clinic(timezone="Europe/Berlin")
        doctor.clinics.add(berlin)
        there_too = make_service(berlin)
        there_too.providers.add(doctor)
        nine_to_five = [Weekly(weekdays=frozenset({1}), start=540, end=1020)]
        set_hours(doctor.pk, berlin.pk, nine_to_five, actor=owner, now=NOW)
        here = booked(MONDAY, "10:00")
        there = booked(MONDAY, "10:30", service=there_too, clinic=berlin)

        only_here = add_time_off(doctor.pk, clinic.pk, "off", on(MONDAY, 9, 11), actor=owner, now=NOW)
        everywhere = add_time_off(doctor.pk, None, "off", on(MONDAY, 10, 11), actor=owner, now=NOW)

        assert by_rule(only_here, actor=owner, now=NOW) == [here]
        assert by_rule(everywhere, actor=owner, now=NOW) == [there, here]
        assert by_rule(everywhere, actor=make_actor(Role.FRONT_DESK, clinic), now=NOW) == [here]

    def test_a_closure_strands_everybody_s(self, clinic: Clinic, service: Service, desk: Actor, booked: Book) -> None:
        """SET-1"""
        other = make_provider(clinic, service=service)
        mine, theirs = booked(MONDAY, "10:00"), booked(MONDAY, "10:00", provider=other)
        booked(TUESDAY, "10:00")
        rule = add_closure(clinic.pk, "closure", on(MONDAY, 0, 24), actor=desk, now=NOW)
        assert set(by_rule(rule, actor=desk, now=NOW)) == {mine, theirs}

    def test_maintenance_strands_what_needs_the_chair(
        self, clinic: Clinic, doctor: Provider, desk: Actor, booked: Book
    ) -> None:
        """SET-4"""
        chair = make_asset(clinic)
        seated = make_service(clinic, asset_kinds=("chair",))
        seated.providers.add(doctor)
        visit = booked(MONDAY, "10:00", service=seated)
        booked(MONDAY, "10:30")
        rule = add_maintenance(chair.pk, on(MONDAY, 9, 12), actor=desk, now=NOW)
        assert by_rule(rule, actor=desk, now=NOW) == [visit]


@pytest.mark.django_db
class TestByHours:
    def test_those_outside_shorter_hours(self, clinic: Clinic, doctor: Provider, desk: Actor, booked: Book) -> None:
        """SET-5"""
        _inside, late, wrong_day = booked(MONDAY, "10:00"), booked(MONDAY, "11:30"), booked(TUESDAY, "10:00")
        mornings = [Weekly(weekdays=frozenset({1}), start=540, end=705)]
        set_hours(doctor.pk, clinic.pk, mornings, actor=desk, now=NOW)
        assert by_hours(clinic, [doctor.resource_id], actor=desk, now=NOW) == [late, wrong_day]

    def test_time_off_has_nothing_to_do_with_it(
        self, clinic: Clinic, doctor: Provider, desk: Actor, booked: Book
    ) -> None:
        booked(MONDAY, "10:00")
        add_time_off(doctor.pk, clinic.pk, "off", on(MONDAY, 0, 24), actor=desk, now=NOW)
        assert by_hours(clinic, [doctor.resource_id], actor=desk, now=NOW) == []

    def test_extra_hours_taken_back(self, clinic: Clinic, doctor: Provider, desk: Actor, booked: Book) -> None:
        saturday = date(2026, 3, 7)
        extra = add_extra_hours(doctor.pk, clinic.pk, on(saturday, 9, 12), actor=desk, now=NOW)
        visit = booked(saturday, "10:00")
        assert by_hours(clinic, [doctor.resource_id], actor=desk, now=NOW) == []
        remove(extra.pk, [RuleKind.EXTRA], actor=desk, now=NOW)
        assert by_hours(clinic, [doctor.resource_id], actor=desk, now=NOW) == [visit]

    def test_the_clinic_s_own_hours(self, clinic: Clinic, desk: Actor, booked: Book) -> None:
        """SET-1"""
        booked(MONDAY, "10:00")
        visit = booked(TUESDAY, "10:00")
        set_opening_hours(clinic.pk, [Weekly(weekdays=frozenset({1}), start=0, end=1440)], actor=desk, now=NOW)
        assert by_hours(clinic, resources_of(clinic.pk), actor=desk, now=NOW) == [visit]

    def test_nothing_booked(self, clinic: Clinic, doctor: Provider, desk: Actor) -> None:
        assert by_hours(clinic, [doctor.resource_id], actor=desk, now=NOW) == []


@pytest.mark.django_db
class TestLeaving:
    def test_all_of_who_was_stood_down(self, clinic: Clinic, doctor: Provider, booked: Book) -> None:
        """SET-2"""
        admin = make_actor(Role.CLINIC_ADMIN, clinic)
        visits = [booked(MONDAY, "10:00"), booked(TUESDAY, "10:00")]
        assert by_provider(doctor, actor=admin, now=NOW) == []
        gone = change_provider(doctor.pk, ProviderDetails(active=False), actor=admin, now=NOW)
        assert by_provider(gone, actor=admin, now=NOW) == visits

    def test_those_in_a_clinic_one_has_left(self, clinic: Clinic, doctor: Provider, booked: Book) -> None:
        """SET-2"""
        owner, other = make_actor(Role.SUPER_ADMIN), make_clinic()
        visit = booked(MONDAY, "10:00")
        gone = change_provider(doctor.pk, ProviderDetails(clinics=[other.pk]), actor=owner, now=NOW)
        assert by_provider(gone, actor=owner, now=NOW) == [visit]

    def test_a_chair_out_of_use(self, clinic: Clinic, doctor: Provider, booked: Book) -> None:
        """SET-4"""
        admin, chair = make_actor(Role.CLINIC_ADMIN, clinic), make_asset(clinic)
        seated = make_service(clinic, asset_kinds=("chair",))
        seated.providers.add(doctor)
        visit = booked(MONDAY, "10:00", service=seated)
        assert by_asset(chair, actor=admin, now=NOW) == []
        gone = change_asset(chair.pk, AssetDetails(active=False), actor=admin, now=NOW)
        assert by_asset(gone, actor=admin, now=NOW) == [visit]

    def test_fewer_places(self, clinic: Clinic, doctor: Provider, service: Service, booked: Book) -> None:
        """SET-4: those at times with more of them than places, whichever of them moves."""
        admin, room = make_actor(Role.CLINIC_ADMIN, clinic), make_asset(clinic, kind="room", capacity=2)
        together = make_service(clinic, asset_kinds=("room",))
        colleague = make_provider(clinic)
        together.providers.add(doctor, colleague)
        pair = {booked(MONDAY, "10:00", service=together, provider=one) for one in (doctor, colleague)}
        booked(MONDAY, "11:00", service=together)
        smaller = change_asset(room.pk, AssetDetails(capacity=1), actor=admin, now=NOW)
        assert set(by_asset(smaller, actor=admin, now=NOW)) == pair

    def test_what_is_coming_up(self, clinic: Clinic, doctor: Provider, desk: Actor, booked: Book) -> None:
        """SET-2: deactivating one lists their future appointments first."""
        over, first, second = booked(MONDAY, "09:00"), booked(MONDAY, "10:00"), booked(TUESDAY, "09:00")
        ten = NOW + timedelta(hours=4)
        rows = upcoming(doctor.resource_id, actor=desk, now=ten)
        assert [row.pk for row in rows.order_by("start")] == [first, second]
        assert Appointment.objects.filter(pk=over).exists()
        assert not upcoming(doctor.resource_id, actor=make_actor(Role.FRONT_DESK, make_clinic()), now=ten)


class TestGroups:
    """AVL-7: those who attend are found through their session, each of them once."""

    @pytest.fixture
    def group(self, clinic: Clinic, doctor: Provider) -> Service:
        group = make_service(clinic, 30, places=3, asset_kinds=("room",))
        group.offerings.create(provider=doctor)
        return group

    def test_by_whoever_serves_them(
        self, clinic: Clinic, doctor: Provider, desk: Actor, group: Service, booked: Book
    ) -> None:
        room, boss = make_asset(clinic, "room"), make_actor(Role.CLINIC_ADMIN, clinic)
        made = [booked(MONDAY, "10:00", service=group) for _ in range(2)]
        rows = upcoming(doctor.resource_id, actor=desk, now=NOW)
        assert sorted(row.pk for row in rows) == sorted(made)
        assert sorted(row.pk for row in upcoming(room.resource_id, actor=desk, now=NOW)) == sorted(made)
        assert by_asset(room, actor=desk, now=NOW) == []
        ill = add_time_off(doctor.pk, clinic.pk, "sick_leave", on(MONDAY, 9, 12), actor=boss, now=NOW)
        assert by_rule(ill, actor=desk, now=NOW) == sorted(made)
        change_asset(room.pk, AssetDetails(active=False), actor=boss, now=NOW)
        room.refresh_from_db()
        assert by_asset(room, actor=desk, now=NOW) == sorted(made)
        change_provider(doctor.pk, ProviderDetails(active=False), actor=boss, now=NOW)
        doctor.refresh_from_db()
        assert by_provider(doctor, actor=desk, now=NOW) == sorted(made)


@pytest.mark.django_db
def test_asking_takes_as_many_queries_for_one_as_for_many(
    clinic: Clinic,
    service: Service,
    doctor: Provider,
    desk: Actor,
    booked: Book,
    django_assert_num_queries: Callable[..., object],
) -> None:
    rule = add_closure(clinic.pk, "closure", on(MONDAY, 0, 24), actor=desk, now=NOW)
    remove(rule.pk, ["closure"], actor=desk, now=NOW)
    for clock in ("09:00", "09:30", "10:00"):
        booked(MONDAY, clock)
        booked(MONDAY, clock, provider=make_provider(clinic, service=service))
        ids = resources_of(clinic.pk)
        with django_assert_num_queries(3):
            by_rule(rule, actor=desk, now=NOW)
        with django_assert_num_queries(3):
            by_hours(clinic, ids, actor=desk, now=NOW)
        with django_assert_num_queries(4):
            by_clinic(clinic, actor=desk, now=NOW)
