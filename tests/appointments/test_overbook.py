"""APT-3: overbooking where the service allows it, up to its limit, by someone with the right, with a reason."""

import pytest

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.models import Appointment
from orderly.calendars.models import Reservation
from orderly.catalogue.models import Offering, Service
from orderly.clinics.models import Clinic
from orderly.core.errors import CannotBook, Forbidden
from orderly.engine.problems import Code, Problem
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from orderly.resources.models import Kind, Provider
from tests.appointments.asking import booked, boss, codes, refusal
from tests.appointments.audit import faults
from tests.factories import MONDAY, NOW, at, make_actor, make_asset, make_patient, make_provider, make_service

WHY = "in pain"


@pytest.fixture
def service(clinic: Clinic) -> Service:
    """One more than usual."""
    return make_service(clinic, overbook=1)


@pytest.fixture
def crowd(clinic: Clinic, service: Service, doctor: Provider) -> object:
    """Books somebody new with the doctor; with a reason unless told otherwise."""

    def come(clock: str = "10:00", reason: str = WHY, what: Service = service, **fields: object) -> Appointment:
        return booked(clinic, what, doctor, make_patient(clinic), clock, overbook_reason=reason, **fields)

    return come


def lanes(doctor: Provider) -> list[tuple[str, int, int]]:
    """Of the doctor's time on Monday: from, minutes, lane."""
    midnight = at(doctor.clinics.get(), MONDAY, "00:00")
    rows = Reservation.objects.filter(resource=doctor.resource_id).order_by("start", "lane")
    return [
        (f"{(row.start - midnight) // 60:02}:{(row.start - midnight) % 60:02}", row.end - row.start, row.lane)
        for row in rows
    ]


def test_one_more_with_a_reason(crowd, doctor: Provider) -> None:  # type: ignore[no-untyped-def]
    assert crowd(reason="").overbook_reason == ""
    assert crowd().overbook_reason == WHY
    assert lanes(doctor) == [("10:00", 30, 0), ("10:00", 30, 1)]
    assert list(Entry.objects.order_by("id").values_list("note", flat=True)) == ["", WHY]
    assert faults() == {}


def test_a_reason_that_was_not_needed_is_not_kept(crowd, doctor: Provider) -> None:  # type: ignore[no-untyped-def]
    assert (crowd().overbook_reason, lanes(doctor)) == ("", [("10:00", 30, 0)])
    assert Entry.objects.get().note == ""


def test_no_more_than_the_limit(clinic: Clinic, crowd, doctor: Provider) -> None:  # type: ignore[no-untyped-def]
    for _ in range(2):
        crowd()
    ten = at(clinic, MONDAY, "10:00")
    limit = Problem(Code.OVERBOOK_LIMIT, "provider", doctor.resource_id, (ten, ten + 30))
    assert refusal(crowd, CannotBook) == (limit,)
    assert refusal(lambda: crowd("09:40"), CannotBook) == (limit,)
    assert crowd("10:30").overbook_reason == ""


def test_not_without_a_reason(crowd) -> None:  # type: ignore[no-untyped-def]
    crowd()
    assert codes(refusal(lambda: crowd(reason=""), CannotBook)) == [("provider_busy", "provider")]


def test_not_where_the_service_does_not_allow_it(clinic: Clinic, crowd, doctor: Provider) -> None:  # type: ignore[no-untyped-def]
    strict = make_service(clinic)
    Offering.objects.create(service=strict, provider=doctor)
    crowd()
    assert codes(refusal(lambda: crowd(what=strict), CannotBook)) == [("overbook_limit", "provider")]


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DOCTOR, Role.CLINIC_ADMIN])
def test_with_the_right(clinic: Clinic, crowd, role: str) -> None:  # type: ignore[no-untyped-def]
    crowd()
    assert crowd(actor=make_actor(role, clinic)).overbook_reason == WHY


def test_not_without_the_right(clinic: Clinic, crowd) -> None:  # type: ignore[no-untyped-def]
    """Even where it would not be needed."""
    nurse = make_actor(Role.CLINICAL_STAFF, clinic)
    with pytest.raises(Forbidden, match="booking:overbook"):
        crowd(actor=nurse)
    assert crowd(actor=nurse, reason="").overbook_reason == ""


def test_only_the_provider_is_overbooked(clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> None:
    """Neither the patient nor the chair, nor anybody outside hours."""
    seated = make_service(clinic, asset_kinds=(Kind.CHAIR,), overbook=5)
    Offering.objects.create(service=seated, provider=doctor)
    make_asset(clinic)
    booked(clinic, seated, doctor, patient)

    def again(who: Patient, clock: str = "10:00") -> None:
        booked(clinic, seated, doctor, who, clock, overbook_reason=WHY)

    assert codes(refusal(lambda: again(make_patient(clinic)), CannotBook)) == [("resource_busy", "resources")]
    make_asset(clinic)
    assert codes(refusal(lambda: again(patient), CannotBook)) == [("patient_busy", "patient")]
    assert codes(refusal(lambda: again(make_patient(clinic), "18:00"), CannotBook)) == [("outside_hours", "start")]
    again(make_patient(clinic))
    assert faults() == {}


def test_a_place_given_up_is_taken_again(crowd, doctor: Provider) -> None:  # type: ignore[no-untyped-def]
    first = crowd()
    crowd()
    cancel(first.pk, "other", actor=boss(), now=NOW)
    assert lanes(doctor) == [("10:00", 30, 1)]
    crowd()
    assert lanes(doctor) == [("10:00", 30, 0), ("10:00", 30, 1)]


class TestFragmentedLanes:
    """The count allows one more although no lane is free throughout: the rows are given new lanes."""

    def fragment(self, crowd) -> None:  # type: ignore[no-untyped-def]
        """10:00 in lane 0 and 10:30 in lane 1: each lane is free for half of the hour."""
        crowd("10:00")
        gone = crowd("10:30")
        crowd("10:30")
        cancel(gone.pk, "other", actor=boss(), now=NOW)

    def test_they_make_room(self, crowd, doctor: Provider) -> None:  # type: ignore[no-untyped-def]
        self.fragment(crowd)
        assert lanes(doctor) == [("10:00", 30, 0), ("10:30", 30, 1)]
        crowd("10:00", minutes=60)
        assert sorted(lanes(doctor)) == [("10:00", 30, 0), ("10:00", 60, 1), ("10:30", 30, 0)]
        assert faults() == {}

    def test_what_is_elsewhere_on_the_day_stays(self, clinic: Clinic, crowd, doctor: Provider) -> None:  # type: ignore[no-untyped-def]
        """Another service may be booked three deep there: more than this one's two."""
        busy = make_service(clinic, overbook=2)
        Offering.objects.create(service=busy, provider=doctor)
        for _ in range(3):
            crowd("14:00", what=busy)
        before = set(Reservation.objects.values_list("pk", flat=True))
        self.fragment(crowd)
        crowd("10:00", minutes=60)
        assert len(lanes(doctor)) == 6
        assert before <= set(Reservation.objects.values_list("pk", flat=True))
        assert faults() == {}

    def test_even_next_to_a_deeper_pile(self, clinic: Clinic, crowd, doctor: Provider) -> None:  # type: ignore[no-untyped-def]
        """What overlaps the moved rows may be in a lane this service itself would never use."""
        busy = make_service(clinic, overbook=2)
        Offering.objects.create(service=busy, provider=doctor)
        self.fragment(crowd)
        crowd("10:45", what=busy)
        crowd("11:00", what=busy)
        crowd("11:00", what=busy)
        crowd("10:00", minutes=45)
        assert len(lanes(doctor)) == 6
        assert faults() == {}

    def test_past_midnight(self, clinic: Clinic, service: Service) -> None:
        """The night's rows reach into a day that is not looked at."""
        nurse = make_provider(clinic, service=service, hours=(0, 1440), weekdays=127)

        def come(start: int, minutes: int) -> Appointment:
            fields = {"minutes": minutes, "overbook_reason": WHY}
            return booked(clinic, service, nurse, make_patient(clinic), f"{start // 60}:{start % 60:02}", **fields)

        come(22 * 60, 60)
        gone = come(23 * 60, 150)
        come(23 * 60, 150)
        cancel(gone.pk, "other", actor=boss(), now=NOW)
        come(24 * 60, 60)
        come(22 * 60, 90)
        assert (Reservation.objects.filter(resource=nurse.resource_id).count(), faults()) == (4, {})
