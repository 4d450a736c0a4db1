"""SET-3: lengths and prices that differ by provider, follow-ups, audiences; and records made afterwards."""

from datetime import date, timedelta

import pytest

from orderly.appointments.actions.progress import complete
from orderly.appointments.models import Appointment
from orderly.catalogue.models import Audience, Offering, Service
from orderly.clinics.models import Clinic
from orderly.core.clock import instant
from orderly.core.errors import CannotBook
from orderly.engine.problems import Code, Problem
from orderly.journal.models import Entry
from orderly.patients.models import Patient, Registration
from orderly.resources.models import Provider
from tests.appointments.asking import booked, boss, codes, off, refusal
from tests.factories import MONDAY, NOW, TUESDAY, add_phase, at, make_clinic, make_patient, make_provider, make_service

DAY = timedelta(days=1)


def owed(made: Appointment) -> tuple[int, int, int]:
    return made.payment.total, made.payment.provider_share, made.payment.clinic_share


def test_a_length_for_this_once(clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> None:
    """APT-3"""
    made = booked(clinic, service, doctor, patient, minutes=50)
    assert made.end - made.start == 50


def test_a_providers_own_length_price_and_share(clinic: Clinic, service: Service, patient: Patient) -> None:
    slow = make_provider(clinic, share_percent=33)
    Offering.objects.create(service=service, provider=slow, minutes=40, price=7001)
    made = booked(clinic, service, slow, patient)
    assert (made.end - made.start, owed(made)) == (40, (7001, 2310, 4691))


def test_a_length_the_phases_cannot_have_is_not_offered(clinic: Clinic, service: Service, patient: Patient) -> None:
    """The last phase that can give them would have to be shorter than nothing."""
    add_phase(service, 30)
    hasty = make_provider(clinic)
    Offering.objects.create(service=service, provider=hasty, minutes=20)
    problems = refusal(lambda: booked(clinic, service, hasty, patient), CannotBook)
    assert problems == (Problem(Code.NOT_OFFERED, "provider"),)


def test_a_night_visit_is_still_there_after_midnight(clinic: Clinic, service: Service) -> None:
    nurse = make_provider(clinic, service=service, hours=(0, 1440), weekdays=127)
    booked(clinic, service, nurse, make_patient(clinic), "23:30", minutes=60)
    late = [
        lambda clock=clock: booked(clinic, service, nurse, make_patient(clinic), clock, day=TUESDAY)
        for clock in ("00:29", "00:30")
    ]
    assert codes(refusal(late[0], CannotBook)) == [("provider_busy", "provider")]
    assert late[1]().start == at(clinic, TUESDAY, "00:30")


@pytest.mark.parametrize(("percent", "shares"), [(0, (0, 5000)), (100, (5000, 0)), (50, (2500, 2500))])
def test_shares_add_up(
    clinic: Clinic, service: Service, patient: Patient, percent: int, shares: tuple[int, int]
) -> None:
    doctor = make_provider(clinic, service=service, share_percent=percent)
    assert owed(booked(clinic, service, doctor, patient)) == (5000, *shares)


class TestFollowUp:
    """30.00 instead of 50.00 within 14 days of a completed visit for the same service in this clinic."""

    @pytest.fixture(autouse=True)
    def world(self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> None:
        Service.objects.filter(pk=service.pk).update(follow_up_price=3000, follow_up_days=14)
        self.clinic, self.service, self.doctor, self.patient = clinic, service, doctor, patient

    def price(self, day: date, clock: str = "11:00", provider: Provider | None = None) -> int:
        return booked(self.clinic, self.service, provider or self.doctor, self.patient, clock, day=day).payment.total

    def been(self, *, finished: bool = True, **fields: object) -> None:
        made = booked(self.clinic, self.service, self.doctor, self.patient, **fields)
        if finished:
            complete(made.pk, actor=boss(), now=NOW)

    def test_within_the_days(self) -> None:
        self.been()
        assert self.price(MONDAY + 14 * DAY, "10:00") == 3000
        assert self.price(MONDAY + 14 * DAY, "10:30") == 5000

    def test_a_booking_alone_does_not_count(self) -> None:
        self.been(finished=False)
        assert self.price(TUESDAY) == 5000

    def test_a_later_visit_does_not_count(self) -> None:
        self.been(day=TUESDAY)
        assert self.price(MONDAY) == 5000

    def test_another_service_does_not_count(self) -> None:
        other = make_service(self.clinic)
        Offering.objects.create(service=other, provider=self.doctor)
        complete(booked(self.clinic, other, self.doctor, self.patient).pk, actor=boss(), now=NOW)
        assert self.price(TUESDAY) == 5000

    def test_another_clinics_visit_does_not_count(self) -> None:
        elsewhere = make_clinic()
        self.service.clinics.add(elsewhere)
        colleague = make_provider(elsewhere, service=self.service)
        made = booked(elsewhere, self.service, colleague, self.patient, actor=boss())
        complete(made.pk, actor=boss(), now=NOW)
        assert self.price(TUESDAY) == 5000

    def test_it_goes_before_a_providers_own_price(self) -> None:
        dear = make_provider(self.clinic)
        Offering.objects.create(service=self.service, provider=dear, price=9000)
        assert self.price(MONDAY, "09:00", dear) == 9000
        self.been()
        assert self.price(TUESDAY, provider=dear) == 3000

    def test_a_follow_up_may_be_free(self) -> None:
        Service.objects.update(follow_up_price=0)
        self.been()
        assert self.price(TUESDAY) == 0


AUDIENCES = {
    (Audience.ALL, None): True,
    (Audience.ALL, MONDAY): True,
    (Audience.NEW, None): True,
    (Audience.NEW, MONDAY): False,
    (Audience.KNOWN, None): False,
    (Audience.KNOWN, MONDAY): True,
}


@pytest.mark.parametrize(("audience", "last_visit"), AUDIENCES)
def test_who_a_service_is_for(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, audience: str, last_visit: date | None
) -> None:
    """Known is whom this clinic has seen, not whom it has on file."""
    Service.objects.update(audience=audience)
    Registration.objects.filter(patient=patient).update(last_visit_on=last_visit)
    if AUDIENCES[Audience(audience), last_visit]:
        assert booked(clinic, service, doctor, patient).status == "confirmed"
    else:
        problems = refusal(lambda: booked(clinic, service, doctor, patient), CannotBook)
        assert problems == (Problem(Code.NOT_OFFERED, "patient"),)


def test_a_patient_of_another_of_ones_clinics_becomes_this_ones(
    clinic: Clinic, service: Service, doctor: Provider
) -> None:
    """PAT-12: staff of both clinics; the link is kept and told."""
    patient, both = make_patient(make_clinic()), boss()
    made = booked(clinic, service, doctor, patient, actor=both)
    assert Registration.objects.filter(patient=patient, clinic=clinic).count() == 1
    assert list(Entry.objects.order_by("id").values_list("fact", "subject")) == [
        ("patient_linked", patient.pk),
        ("appointment_booked", made.pk),
    ]


class TestAfterwards:
    """A visit that has been, written down later: let into the past, and no further."""

    @pytest.fixture(autouse=True)
    def world(self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> None:
        Service.objects.filter(pk=service.pk).update(notice_minutes=60)
        self.clinic, self.service, self.doctor, self.patient = clinic, service, doctor, patient

    def write_down(self, clock: str = "10:00", now: str = "12:00", reason: str = "no network") -> Appointment:
        at_that = instant(at(self.clinic, MONDAY, now))
        return booked(
            self.clinic, self.service, self.doctor, self.patient, clock, now=at_that, afterwards_reason=reason
        )

    def test_with_a_reason_that_is_kept_and_told(self) -> None:
        made = self.write_down()
        assert (made.status, made.afterwards_reason, Entry.objects.get().note) == (
            "confirmed",
            "no network",
            "no network",
        )

    def test_not_without(self) -> None:
        assert codes(refusal(lambda: self.write_down(reason=""), CannotBook)) == [("past", "start")]

    def test_what_is_still_to_come_needs_none(self) -> None:
        """So the reason isn't kept, and the notice holds."""
        assert self.write_down("13:00").afterwards_reason == ""
        assert codes(refusal(lambda: self.write_down("12:30"), CannotBook))[0] == ("notice", "start")

    def test_everything_else_is_checked(self) -> None:
        off(self.clinic, self.doctor.resource, "10:00", "10:30", kind="sick_leave")
        booked(self.clinic, self.service, self.doctor, make_patient(self.clinic), "09:00")
        assert codes(refusal(self.write_down, CannotBook)) == [("time_off", "provider")]
        assert codes(refusal(lambda: self.write_down("09:15"), CannotBook)) == [("provider_busy", "provider")]
