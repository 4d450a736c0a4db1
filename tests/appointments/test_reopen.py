"""APT-4: taken back from completed, no-show or cancelled; a cancelled one must find its time free, with every check."""

from collections.abc import Callable

import pytest

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.progress import arrive, complete, no_show, reopen, start
from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.billing.models import Payment
from orderly.calendars.models import RuleKind
from orderly.catalogue.models import Offering, Service
from orderly.clinics.models import Clinic
from orderly.core.clock import instant
from orderly.core.errors import CannotBook, Conflict, Forbidden, Invalid
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.actions import allow
from orderly.people.permissions import Role
from orderly.resources.models import Kind, Provider
from tests.appointments.asking import booked, boss, codes, off, refusal
from tests.appointments.audit import faults
from tests.factories import NOW, make_actor, make_asset, make_patient, make_provider, make_service


@pytest.fixture
def made(clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> Appointment:
    return booked(clinic, service, doctor, patient)


@pytest.fixture
def back(made: Appointment, desk: Actor) -> Callable[..., Appointment]:
    """Reopens it; gives it as it is in the database then."""

    def take_back(reason: str = "by mistake", now: object = NOW, actor: Actor = desk) -> Appointment:
        reopen(made.pk, reason, actor=actor, now=now)  # type: ignore[arg-type]
        return Appointment.objects.whole().get(pk=made.pk)

    return take_back


def call_off(made: Appointment) -> None:
    cancel(made.pk, "other", actor=boss(), now=NOW)


class TestFinished:
    @pytest.mark.parametrize(
        ("verb", "to", "visit"), [(complete, "in_progress", "in_progress"), (no_show, "arrived", "waiting")]
    )
    def test_back_by_one_step(
        self,
        made: Appointment,
        back: Callable[..., Appointment],
        desk: Actor,
        verb: Callable[..., Appointment],
        to: str,
        visit: str,
    ) -> None:
        verb(made.pk, actor=desk, now=NOW)
        old = Appointment.objects.get().status
        found = back("pressed too early")
        assert (found.status, found.visit.status, found.visit.done_at) == (to, visit, None)
        entry = Entry.objects.latest("id")
        assert (entry.fact, entry.note, entry.changes) == (
            "appointment_reopened",
            "pressed too early",
            {"status": [old, to]},
        )
        assert faults() == {}

    @pytest.mark.parametrize("verbs", [(), (arrive,), (arrive, start)])
    def test_what_is_open_cannot_be_reopened(
        self, made: Appointment, back: Callable[..., Appointment], desk: Actor, verbs: tuple[Callable[..., object], ...]
    ) -> None:
        for verb in verbs:
            verb(made.pk, actor=desk, now=NOW)
        assert codes(refusal(back, Conflict)) == [("bad_transition", "status")]

    @pytest.mark.parametrize("verb", [complete, no_show, lambda pk, **on: cancel(pk, "other", **on)])
    def test_a_reason_is_owed(
        self, made: Appointment, back: Callable[..., Appointment], desk: Actor, verb: Callable[..., Appointment]
    ) -> None:
        verb(made.pk, actor=desk, now=NOW)
        before = Appointment.objects.get().status
        for nothing in ("  ", "\u2060"):
            assert refusal(lambda: back(nothing), Invalid) == (Problem(Code.MISSING, "reason"),)  # noqa: B023
        assert codes(refusal(lambda: back("a\x00"), Invalid)) == [("invalid", "reason")]
        assert Appointment.objects.get().status == before


class TestCancelled:
    @pytest.mark.parametrize("state", [Status.CONFIRMED, Status.ARRIVED])
    def test_to_its_earlier_state(
        self, made: Appointment, back: Callable[..., Appointment], desk: Actor, state: Status
    ) -> None:
        """As if nothing had happened: time, payment, queue number; the journal keeps both."""
        if state is Status.ARRIVED:
            arrive(made.pk, actor=desk, now=NOW)
        call_off(made)
        found = back()
        assert (found.status, found.cancelled_from, found.cancel_reason, found.cancel_note) == (state, "", None, "")
        assert (found.fee, found.refund, found.payment.status) == (None, None, "pending")
        assert (found.visit.status, found.visit.queue_number, found.start) == ("waiting", 1, made.start)
        assert (found.visit.arrived_at is not None) == (state is Status.ARRIVED)
        assert (found.uses, faults()) == (made.uses, {})
        assert Entry.objects.latest("id").changes == {"status": ["cancelled", state]}

    def test_not_when_its_time_is_taken(
        self, clinic: Clinic, service: Service, doctor: Provider, made: Appointment, back: Callable[..., Appointment]
    ) -> None:
        call_off(made)
        booked(clinic, service, doctor, make_patient(clinic), "10:15")
        problems = refusal(back, CannotBook)
        span = (made.start + 15, made.start + 45)
        assert problems == (Problem(Code.PROVIDER_BUSY, "provider", doctor.resource_id, span),)
        assert (Appointment.objects.get(pk=made.pk).status, faults()) == ("cancelled", {})

    def test_not_when_the_patient_is_elsewhere(
        self, clinic: Clinic, service: Service, patient: Patient, made: Appointment, back: Callable[..., Appointment]
    ) -> None:
        call_off(made)
        booked(clinic, service, make_provider(clinic, service=service), patient)
        assert codes(refusal(back, CannotBook)) == [("patient_busy", "patient")]

    def test_every_check(
        self, clinic: Clinic, doctor: Provider, made: Appointment, back: Callable[..., Appointment]
    ) -> None:
        call_off(made)
        off(clinic, doctor.resource, "10:00", "11:00", kind=RuleKind.VACATION)
        assert codes(refusal(back, CannotBook)) == [("time_off", "provider")]
        assert codes(refusal(lambda: back(now=instant(made.start + 1)), CannotBook)) == [
            ("past", "start"),
            ("time_off", "provider"),
        ]

    def test_its_own_chair_is_wanted(self, clinic: Clinic, doctor: Provider, patient: Patient, desk: Actor) -> None:
        seated = make_service(clinic, asset_kinds=(Kind.CHAIR,))
        Offering.objects.create(service=seated, provider=doctor)
        first, second = make_asset(clinic), make_asset(clinic)
        made = booked(clinic, seated, doctor, patient, resources=frozenset({second.pk}))
        call_off(made)
        assert reopen(made.pk, "by mistake", actor=desk, now=NOW).uses == made.uses
        call_off(made)
        helper = make_provider(clinic, service=seated)
        booked(clinic, seated, helper, make_patient(clinic), resources=frozenset({second.pk}))
        problems = refusal(lambda: reopen(made.pk, "by mistake", actor=desk, now=NOW), CannotBook)
        assert codes(problems) == [("resource_busy", "resources")]
        assert first.resource_id not in {one for one, *_ in made.uses}

    def test_a_paid_one_keeps_its_payment(self, made: Appointment, back: Callable[..., Appointment]) -> None:
        Payment.objects.update(paid=5000, status="paid")
        call_off(made)
        assert Appointment.objects.get().refund == 5000
        assert (back().payment.status, Appointment.objects.get().refund) == ("paid", None)

    def test_the_right_is_that_of_cancelling(
        self, clinic: Clinic, made: Appointment, back: Callable[..., Appointment]
    ) -> None:
        call_off(made)
        with pytest.raises(Forbidden, match="booking:cancel_appointment"):
            back(actor=make_actor(Role.CLINICAL_STAFF, clinic))
        assert back().status == "confirmed"


class TestOverbooked:
    @pytest.fixture
    def made(self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> Appointment:
        """One more than usual, called off."""
        Service.objects.update(overbook=1)
        booked(clinic, service, doctor, make_patient(clinic))
        made = booked(clinic, service, doctor, patient, overbook_reason="in pain")
        call_off(made)
        return made

    def test_it_comes_back_as_such(self, back: Callable[..., Appointment]) -> None:
        assert (back().overbook_reason, faults()) == ("in pain", {})

    def test_not_where_it_would_be_one_too_many(
        self, clinic: Clinic, service: Service, doctor: Provider, back: Callable[..., Appointment]
    ) -> None:
        booked(clinic, service, doctor, make_patient(clinic), overbook_reason="in pain, too")
        assert codes(refusal(back, CannotBook)) == [("overbook_limit", "provider")]

    def test_not_by_somebody_who_may_not_overbook(
        self, clinic: Clinic, made: Appointment, back: Callable[..., Appointment]
    ) -> None:
        allow(Role.FRONT_DESK, "booking:overbook", False, clinic=clinic.pk, actor=boss(), now=NOW)
        clerk = make_actor(Role.FRONT_DESK, clinic)
        assert codes(refusal(lambda: back(actor=clerk), CannotBook)) == [("provider_busy", "provider")]
