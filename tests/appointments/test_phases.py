"""SET-3, AVL-7: visits of several phases, teams, buffers, and things that several may use at once."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.models import Appointment
from orderly.calendars.models import Reservation
from orderly.catalogue.models import Need, NeedRole, Offering, Service
from orderly.clinics.models import Clinic
from orderly.core.errors import CannotBook
from orderly.engine.problems import Code, Problem
from orderly.patients.models import Patient
from orderly.resources.models import Kind, Provider
from tests.appointments.asking import attempt, booked, boss, codes, refusal
from tests.appointments.audit import faults
from tests.factories import (
    MONDAY,
    NOW,
    add_phase,
    at,
    make_actor,
    make_asset,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)


@pytest.fixture
def service(clinic: Clinic) -> Service:
    """An hour in one chair, with the doctor for the first and the last ten minutes."""
    service = make_service(clinic, 10, asset_kinds=(Kind.CHAIR,))
    add_phase(service, 40, provider=False, asset_kinds=(Kind.CHAIR,))
    add_phase(service, 10, asset_kinds=(Kind.CHAIR,))
    return service


def uses(made: Appointment) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for resource, start, end in made.uses:
        found.setdefault(resource, []).append((start, end))
    return found


class TestPhases:
    def test_one_doctor_runs_three_chairs(self, clinic: Clinic, service: Service, doctor: Provider) -> None:
        chairs = [make_asset(clinic).resource_id for _ in range(3)]
        visits = [booked(clinic, service, doctor, make_patient(clinic), clock) for clock in ("10:00", "10:10", "10:20")]
        assert [uses(one) for one in visits] == [
            {doctor.resource_id: [(0, 10), (50, 60)], chair: [(0, 60)], one.patient.resource_id: [(0, 60)]}
            for one, chair in zip(visits, chairs, strict=True)
        ]
        assert faults() == {}

    def test_but_is_in_one_place_at_a_time(self, clinic: Clinic, service: Service, doctor: Provider) -> None:
        """The end of the one visit is the beginning of the other."""
        for _ in range(2):
            make_asset(clinic)
        booked(clinic, service, doctor, make_patient(clinic), "10:00")
        ten = at(clinic, MONDAY, "10:00")
        problems = refusal(lambda: booked(clinic, service, doctor, make_patient(clinic), "10:45"), CannotBook)
        assert problems == (Problem(Code.PROVIDER_BUSY, "provider", doctor.resource_id, (ten + 50, ten + 60)),)

    def test_there_is_no_fourth_chair(self, clinic: Clinic, service: Service, doctor: Provider) -> None:
        for _ in range(3):
            make_asset(clinic)
        for clock in ("10:00", "10:10", "10:20"):
            booked(clinic, service, doctor, make_patient(clinic), clock)
        problems = refusal(lambda: booked(clinic, service, doctor, make_patient(clinic), "10:30"), CannotBook)
        assert codes(problems) == [("resource_busy", "resources")]

    def test_the_patient_is_there_throughout(
        self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient
    ) -> None:
        for _ in range(2):
            make_asset(clinic)
        booked(clinic, service, doctor, patient, "10:00")
        problems = refusal(lambda: booked(clinic, service, doctor, patient, "10:20"), CannotBook)
        assert codes(problems) == [("patient_busy", "patient")]

    def test_the_last_phase_takes_the_difference(
        self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient
    ) -> None:
        chair = make_asset(clinic).resource_id
        made = booked(clinic, service, doctor, patient, minutes=75)
        assert uses(made) == {doctor.resource_id: [(0, 10), (50, 75)], chair: [(0, 75)], patient.resource_id: [(0, 75)]}

    def test_nobody_changes_chairs_midway(self, clinic: Clinic, service: Service, doctor: Provider) -> None:
        """One chair is free in the first half hour, the other in the second."""
        first, second = make_asset(clinic), make_asset(clinic)
        seat = make_service(clinic, 30, asset_kinds=(Kind.CHAIR,))
        for clock, chair in (("10:30", first), ("10:00", second)):
            helper = make_provider(clinic, service=seat)
            booked(clinic, seat, helper, make_patient(clinic), clock, resources=frozenset({chair.pk}))
        problems = refusal(lambda: booked(clinic, service, doctor, make_patient(clinic)), CannotBook)
        assert codes(problems) == [("resource_busy", "resources")]


class TestBuffers:
    """Ten minutes before and twenty after are occupied too, though not the patient's."""

    @pytest.fixture
    def service(self, clinic: Clinic) -> Service:
        return make_service(clinic, buffer_before=10, buffer_after=20)

    def test_they_keep_others_away(self, clinic: Clinic, service: Service, doctor: Provider) -> None:
        plain = make_service(clinic)
        Offering.objects.create(service=plain, provider=doctor)
        booked(clinic, service, doctor, make_patient(clinic), "10:00")
        for clock in ("09:21", "10:49"):
            problems = refusal(lambda: booked(clinic, plain, doctor, make_patient(clinic), clock), CannotBook)  # noqa: B023
            assert codes(problems) == [("provider_busy", "provider")]
        for clock in ("09:20", "10:50"):
            booked(clinic, plain, doctor, make_patient(clinic), clock)
        assert faults() == {}

    def test_they_never_overlap_each_other(self, clinic: Clinic, service: Service, doctor: Provider) -> None:
        booked(clinic, service, doctor, make_patient(clinic), "10:00")
        problems = refusal(lambda: booked(clinic, service, doctor, make_patient(clinic), "10:59"), CannotBook)
        assert codes(problems) == [("provider_busy", "provider")]
        assert booked(clinic, service, doctor, make_patient(clinic), "11:00").end == at(clinic, MONDAY, "11:30")

    def test_they_lie_within_the_hours(
        self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient
    ) -> None:
        for clock in ("09:09", "16:11"):
            problems = refusal(lambda: booked(clinic, service, doctor, patient, clock), CannotBook)  # noqa: B023
            assert codes(problems) == [("outside_hours", "start")]

    def test_the_patient_may_go_on_at_once(
        self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient
    ) -> None:
        booked(clinic, service, doctor, patient, "10:00")
        next_door = make_provider(clinic, service=service)
        assert booked(clinic, service, next_door, patient, "10:30").start == at(clinic, MONDAY, "10:30")


class TestTeams:
    """The doctor, two of three therapists and a room."""

    @pytest.fixture
    def therapists(self, clinic: Clinic) -> list[Provider]:
        return [make_provider(clinic) for _ in range(3)]

    @pytest.fixture
    def service(self, clinic: Clinic, therapists: list[Provider]) -> Service:
        service = make_service(clinic, asset_kinds=(Kind.ROOM,))
        need = Need.objects.create(phase=service.phases.get(), role=NeedRole.PROVIDER, count=2)
        need.any_of.set(one.resource for one in therapists)
        return service

    def test_the_first_free_ones_come(
        self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient, therapists: list[Provider]
    ) -> None:
        room = make_asset(clinic, Kind.ROOM).resource_id
        alone = make_service(clinic)
        Offering.objects.create(service=alone, provider=therapists[0])
        booked(clinic, alone, therapists[0], make_patient(clinic))
        made = booked(clinic, service, doctor, patient)
        expected = {doctor.resource_id, therapists[1].resource_id, therapists[2].resource_id, room, patient.resource_id}
        assert set(uses(made)) == expected
        assert faults() == {}

    def test_one_is_not_enough(
        self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient, therapists: list[Provider]
    ) -> None:
        make_asset(clinic, Kind.ROOM)
        alone = make_service(clinic)
        for one in therapists[:2]:
            Offering.objects.create(service=alone, provider=one)
            booked(clinic, alone, one, make_patient(clinic))
        assert codes(refusal(lambda: booked(clinic, service, doctor, patient), CannotBook)) == [
            ("provider_busy", "provider")
        ]


class TestCapacity:
    """A room for two."""

    @pytest.fixture
    def come(self, clinic: Clinic) -> Callable[..., Appointment]:
        service = make_service(clinic, asset_kinds=(Kind.ROOM,))
        make_asset(clinic, Kind.ROOM, capacity=2)

        def book(clock: str, **fields: object) -> Appointment:
            provider = make_provider(clinic, service=service)
            return booked(clinic, service, provider, make_patient(clinic), clock, **fields)

        return book

    def test_two_at_once_and_no_third(self, come: Callable[..., Appointment]) -> None:
        for _ in range(2):
            come("10:00")
        assert codes(refusal(lambda: come("10:15"), CannotBook)) == [("resource_busy", "resources")]
        come("10:30")
        assert faults() == {}

    def test_room_is_made_where_lanes_stand_in_the_way(self, come: Callable[..., Appointment]) -> None:
        come("10:00")
        gone = come("10:30")
        come("10:30")
        cancel(gone.pk, "other", actor=boss(), now=NOW)
        come("10:00", minutes=60)
        assert faults() == {}


STEPS = st.lists(st.tuples(st.integers(0, 11), st.integers(1, 5), st.booleans()), min_size=4, max_size=12)


@pytest.mark.slow
class AnyFilling(TestCase):
    """However a room for three is filled and emptied, a booking is refused only where three are there already."""

    @settings(max_examples=30, deadline=None)
    @given(STEPS)
    def test_lanes_never_refuse_what_the_count_allows(self, steps: list[tuple[int, int, bool]]) -> None:
        clinic = make_clinic()
        service = make_service(clinic, 10, asset_kinds=(Kind.ROOM,))
        make_asset(clinic, Kind.ROOM, capacity=3)
        providers = [make_provider(clinic, service=service) for _ in range(12)]
        actor, there = make_actor("clinic_admin", clinic), []
        for provider, (quarter, tens, leave) in zip(providers, steps, strict=False):
            start, end = quarter * 5, quarter * 5 + tens * 10
            full = any(sum(low <= minute < high for low, high, _ in there) >= 3 for minute in range(start, end))
            clock = f"{10 + start // 60}:{start % 60:02}"
            made = attempt(
                lambda: booked(clinic, service, provider, make_patient(clinic), clock, minutes=tens * 10, actor=actor)  # noqa: B023
            )
            if full:
                assert made == [("resource_busy", "resources")]
                continue
            assert isinstance(made, Appointment)
            there.append((start, end, made.pk))
            if leave:
                cancel(there.pop(0)[2], "other", actor=actor, now=NOW)
        assert (faults(), Reservation.objects.count()) == ({}, 3 * len(there))
