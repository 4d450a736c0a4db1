"""AVL-1, APT-3: every reason against a booking is told, and nothing is written."""

from datetime import timedelta

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.models import Appointment
from orderly.calendars.models import Claim, RuleKind
from orderly.catalogue.models import Offering, Service
from orderly.clinics.models import Clinic
from orderly.core.clock import instant
from orderly.core.errors import CannotBook, NotFound
from orderly.core.ids import uuid7
from orderly.engine.problems import Code, Problem
from orderly.engine.walltime import day_start
from orderly.journal.actor import Actor
from orderly.patients.models import Patient
from orderly.resources.models import Kind, Provider
from tests.appointments.asking import booked, boss, codes, off, refusal
from tests.factories import (
    MONDAY,
    NOW,
    TUESDAY,
    at,
    booking,
    make_asset,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
)

DAY = timedelta(days=1)


@pytest.fixture
def ten(clinic: Clinic) -> int:
    return at(clinic, MONDAY, "10:00")


class TestTime:
    """`why(start, …)` is what speaks against half an hour with the doctor."""

    @pytest.fixture(autouse=True)
    def world(self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor) -> None:
        self.clinic, self.service, self.doctor, self.patient, self.desk = clinic, service, doctor, patient, desk

    def why(self, start: int, now: int | None = None, **fields: object) -> tuple[Problem, ...]:
        request = booking(self.clinic, self.service, self.doctor, self.patient, start, **fields)
        at_that = NOW if now is None else instant(now)
        problems = refusal(lambda: book(request, actor=self.desk, now=at_that), CannotBook)
        assert not Appointment.objects.filter(patient=self.patient).exists()
        return problems

    def test_the_past(self, ten: int) -> None:
        request = booking(self.clinic, self.service, self.doctor, self.patient, ten)
        second = timedelta(seconds=1)
        late = lambda: book(request, actor=self.desk, now=instant(ten) + second)  # noqa: E731
        assert refusal(late, CannotBook) == (Problem(Code.PAST, "start"),)
        assert book(request, actor=self.desk, now=instant(ten)).start == ten

    def test_notice(self, ten: int) -> None:
        Service.objects.update(notice_minutes=90)
        assert self.why(ten, now=ten - 89) == (Problem(Code.NOTICE, "start", params=(("minutes", 90),)),)
        assert booked(self.clinic, self.service, self.doctor, self.patient, now=instant(ten - 90)).start == ten

    def test_the_horizon_is_a_whole_day(self, ten: int) -> None:
        Service.objects.update(horizon_days=1)
        wednesday = day_start(self.clinic.timezone, MONDAY + 2 * DAY)
        assert self.why(wednesday + 600) == (Problem(Code.HORIZON, "start", params=(("until", wednesday),)),)
        last = at(self.clinic, TUESDAY, "16:30")
        assert booked(self.clinic, self.service, self.doctor, self.patient, "16:30", day=TUESDAY).start == last

    def test_the_horizon_counts_from_the_day_it_is(self, ten: int) -> None:
        """In the day's last second, too."""
        Service.objects.update(horizon_days=1)
        wednesday = day_start(self.clinic.timezone, MONDAY + 2 * DAY)
        request = booking(self.clinic, self.service, self.doctor, self.patient, wednesday + 600)
        last_second = instant(wednesday - 1440) - timedelta(seconds=1)
        problems = refusal(lambda: book(request, actor=self.desk, now=last_second), CannotBook)
        assert codes(problems) == [("horizon", "start")]

    @pytest.mark.parametrize(
        ("clock", "outside"),
        [("08:45", ("08:45", "09:00")), ("16:45", ("17:00", "17:15")), ("18:00", ("18:00", "18:30"))],
    )
    def test_outside_hours(self, clock: str, outside: tuple[str, str]) -> None:
        span = at(self.clinic, MONDAY, outside[0]), at(self.clinic, MONDAY, outside[1])
        problem = Problem(Code.OUTSIDE_HOURS, "start", self.doctor.resource_id, span)
        assert self.why(at(self.clinic, MONDAY, clock)) == (problem,)

    def test_a_day_off_work(self, ten: int) -> None:
        sunday = ten - 1440
        assert codes(self.why(sunday, now=sunday - 600)) == [("outside_hours", "start")]

    def test_a_closed_clinic(self, ten: int) -> None:
        off(self.clinic, None, "10:15", "12:00", kind=RuleKind.HOLIDAY)
        problem = Problem(Code.CLOSED, "start", self.doctor.resource_id, (ten + 15, ten + 120))
        assert self.why(ten) == (problem,)

    @pytest.mark.parametrize("kind", [RuleKind.LUNCH, RuleKind.SICK_LEAVE, RuleKind.OFF])
    @pytest.mark.parametrize("everywhere", [False, True])
    def test_time_off(self, ten: int, kind: str, everywhere: bool) -> None:
        off(None if everywhere else self.clinic, self.doctor.resource, "10:29", "11:00", kind=kind)
        problem = Problem(Code.TIME_OFF, "provider", self.doctor.resource_id, (ten + 29, ten + 60))
        assert self.why(ten) == (problem,)

    def test_a_busy_provider(self, ten: int) -> None:
        booked(self.clinic, self.service, self.doctor, make_patient(self.clinic), "10:15")
        problem = Problem(Code.PROVIDER_BUSY, "provider", self.doctor.resource_id, (ten + 15, ten + 45))
        assert self.why(ten) == (problem,)
        assert booked(self.clinic, self.service, self.doctor, self.patient, "10:45").start == ten + 45

    def test_several_reasons_at_once(self, ten: int) -> None:
        Service.objects.update(notice_minutes=2000)
        off(self.clinic, None, "10:00", "11:00", kind=RuleKind.CLOSURE)
        off(self.clinic, self.doctor.resource, "10:00", "11:00", kind=RuleKind.MEETING)
        Patient.objects.get(pk=self.patient.pk).resource.reservations.create(
            claim=Claim.objects.create(kind="appointment"), start=ten, end=ten + 5
        )
        assert codes(self.why(ten)) == [
            ("notice", "start"),
            ("closed", "start"),
            ("time_off", "provider"),
            ("patient_busy", "patient"),
        ]

    def test_a_longer_visit_needs_longer_time(self, ten: int) -> None:
        booked(self.clinic, self.service, self.doctor, make_patient(self.clinic), "10:30")
        assert codes(self.why(ten, minutes=31)) == [("provider_busy", "provider")]


def test_a_busy_patient_even_in_another_clinic(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient
) -> None:
    """PAT-12: busy time elsewhere blocks, without detail."""
    elsewhere = make_clinic()
    there = make_service(elsewhere)
    booked(elsewhere, there, make_provider(elsewhere, service=there), patient, "10:15", actor=boss())
    ten = at(clinic, MONDAY, "10:00")
    problems = refusal(lambda: booked(clinic, service, doctor, patient), CannotBook)
    assert problems == (Problem(Code.PATIENT_BUSY, "patient", patient.resource_id, (ten + 15, ten + 45)),)


def test_a_provider_of_two_clinics_is_one_person(clinic: Clinic, service: Service, doctor: Provider) -> None:
    elsewhere = make_clinic()
    doctor.clinics.add(elsewhere)
    service.clinics.add(elsewhere)
    doctor.resource.rules.create(clinic=elsewhere, kind=RuleKind.HOURS, weekdays=127, start=0, end=1440)
    booked(elsewhere, service, doctor, make_patient(elsewhere), "10:15")
    problems = refusal(lambda: booked(clinic, service, doctor, make_patient(clinic)), CannotBook)
    assert codes(problems) == [("provider_busy", "provider")]


@pytest.fixture
def seated(clinic: Clinic, doctor: Provider) -> Service:
    """Needs one of the clinic's chairs."""
    service = make_service(clinic, asset_kinds=(Kind.CHAIR,))
    Offering.objects.create(service=service, provider=doctor)
    return service


class TestChairs:
    def test_without_any_it_is_not_offered(
        self, clinic: Clinic, seated: Service, doctor: Provider, patient: Patient
    ) -> None:
        make_asset(clinic, Kind.ROOM)
        make_asset(make_clinic())
        problems = refusal(lambda: booked(clinic, seated, doctor, patient), CannotBook)
        assert codes(problems) == [("not_offered", "resources")]

    def test_all_in_use(self, clinic: Clinic, seated: Service, doctor: Provider, patient: Patient, ten: int) -> None:
        chair = make_asset(clinic)
        booked(clinic, seated, make_provider(clinic, service=seated), make_patient(clinic))
        problems = refusal(lambda: booked(clinic, seated, doctor, patient), CannotBook)
        assert problems == (Problem(Code.RESOURCE_BUSY, "resources", chair.resource_id, (ten, ten + 30)),)

    def test_under_repair(self, clinic: Clinic, seated: Service, doctor: Provider, patient: Patient, ten: int) -> None:
        chair = make_asset(clinic)
        off(clinic, chair.resource, "09:00", "12:00", kind=RuleKind.MAINTENANCE)
        problems = refusal(lambda: booked(clinic, seated, doctor, patient), CannotBook)
        assert problems == (Problem(Code.MAINTENANCE, "resources", chair.resource_id, (ten - 60, ten + 120)),)

    def test_out_of_use(self, clinic: Clinic, seated: Service, doctor: Provider, patient: Patient) -> None:
        chair = make_asset(clinic)
        type(chair.resource).objects.filter(pk=chair.resource_id).update(active=False)
        problems = refusal(lambda: booked(clinic, seated, doctor, patient), CannotBook)
        assert problems == (Problem(Code.INACTIVE, "resources", chair.resource_id),)

    def test_the_one_asked_for(self, clinic: Clinic, seated: Service, doctor: Provider, patient: Patient) -> None:
        first, second = make_asset(clinic), make_asset(clinic)
        made = booked(clinic, seated, doctor, patient, resources=frozenset({second.pk}))
        assert [one for one, *_ in made.uses] == [doctor.resource_id, second.resource_id, patient.resource_id]
        assert first.resource_id not in {one for one, *_ in made.uses}

    def test_the_one_asked_for_is_busy(
        self, clinic: Clinic, seated: Service, doctor: Provider, patient: Patient
    ) -> None:
        first, _ = make_asset(clinic), make_asset(clinic)
        booked(clinic, seated, make_provider(clinic, service=seated), make_patient(clinic))
        wanted = frozenset({first.pk})
        problems = refusal(lambda: booked(clinic, seated, doctor, patient, resources=wanted), CannotBook)
        assert codes(problems) == [("resource_busy", "resources")]

    def test_one_the_service_has_no_use_for(
        self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient
    ) -> None:
        wanted = frozenset({make_asset(clinic).pk})
        problems = refusal(lambda: booked(clinic, service, doctor, patient, resources=wanted), CannotBook)
        assert codes(problems) == [("not_offered", "resources")]

    @pytest.mark.parametrize("elsewhere", [True, False])
    def test_one_that_is_not_the_clinics(
        self, clinic: Clinic, seated: Service, doctor: Provider, patient: Patient, elsewhere: bool
    ) -> None:
        make_asset(clinic)
        wanted = frozenset({make_asset(make_clinic()).pk if elsewhere else uuid7()})
        with pytest.raises(NotFound) as missing:
            booked(clinic, seated, doctor, patient, resources=wanted)
        assert missing.value.field == "resources"


class TestWhoAndWhat:
    def test_a_service_no_longer_given(
        self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient
    ) -> None:
        Service.objects.update(active=False)
        problems = refusal(lambda: booked(clinic, service, doctor, patient), CannotBook)
        assert problems == (Problem(Code.INACTIVE, "service"),)

    def test_a_service_of_another_clinic(self, clinic: Clinic, doctor: Provider, patient: Patient) -> None:
        other = make_service(make_clinic())
        problems = refusal(lambda: booked(clinic, other, doctor, patient), CannotBook)
        assert codes(problems) == [("not_offered", "service")]

    def test_a_service_without_phases(
        self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient
    ) -> None:
        service.phases.all().delete()
        problems = refusal(lambda: booked(clinic, service, doctor, patient), CannotBook)
        assert codes(problems) == [("not_offered", "service")]

    def test_a_provider_who_does_not_give_it(
        self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient
    ) -> None:
        problems = refusal(lambda: booked(clinic, service, make_provider(clinic), patient), CannotBook)
        assert problems == (Problem(Code.NOT_OFFERED, "provider"),)

    def test_a_provider_who_left(self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> None:
        type(doctor.resource).objects.filter(pk=doctor.resource_id).update(active=False)
        problems = refusal(lambda: booked(clinic, service, doctor, patient), CannotBook)
        assert problems == (Problem(Code.INACTIVE, "provider", doctor.resource_id),)

    def test_a_patient_who_left(self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> None:
        type(patient.resource).objects.filter(pk=patient.resource_id).update(active=False)
        problems = refusal(lambda: booked(clinic, service, doctor, patient), CannotBook)
        assert problems == (Problem(Code.INACTIVE, "patient", patient.resource_id),)

    @pytest.mark.parametrize("what", ["service", "provider", "patient"])
    def test_what_is_not_there(
        self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient, desk: Actor, what: str
    ) -> None:
        """A provider of another clinic isn't there either."""
        ids = {"service": service.pk, "provider": doctor.pk, "patient": patient.pk, what: uuid7()}
        if what == "provider":
            ids[what] = make_provider(make_clinic(), service=service).pk
        request = booking(clinic, service, doctor, patient, at(clinic, MONDAY, "10:00"))
        changed = type(request)(clinic=clinic.pk, start=request.start, source="phone", **ids)
        with pytest.raises(NotFound) as missing:
            book(changed, actor=desk, now=NOW)
        assert missing.value.field == what

    @pytest.mark.parametrize("busy", [False, True])
    def test_a_patient_of_another_clinic_is_not_there_busy_or_not(
        self, clinic: Clinic, service: Service, doctor: Provider, busy: bool
    ) -> None:
        """ACC-4, PAT-12"""
        elsewhere = make_clinic()
        stranger, there = make_patient(elsewhere), make_service(elsewhere)
        if busy:
            booked(elsewhere, there, make_provider(elsewhere, service=there), stranger)
        with pytest.raises(NotFound) as missing:
            booked(clinic, service, doctor, stranger)
        assert missing.value.field == "patient"
