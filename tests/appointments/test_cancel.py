"""APT-7: calling off frees the time at once; the fee follows the clinic's rule; what is unpaid is void."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.progress import arrive, start, unconfirm
from orderly.appointments.models import Appointment, CancelReason
from orderly.billing.models import Payment
from orderly.calendars.models import Claim, Reservation
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic, FeeKind
from orderly.core.clock import instant
from orderly.core.errors import Conflict, Invalid, Stale
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.resources.models import Provider
from tests.appointments.asking import booked, codes, refusal
from tests.appointments.audit import faults
from tests.factories import NOW, make_clinic, make_patient

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def made(clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> Appointment:
    return booked(clinic, service, doctor, patient)


@pytest.fixture
def off(made: Appointment, desk: Actor) -> Callable[..., Appointment]:
    """Cancels the appointment; gives it as it is in the database then."""

    def call_off(reason: str = "patient_ill", now: object = NOW, **fields: object) -> Appointment:
        cancel(made.pk, reason, actor=desk, now=now, **fields)  # type: ignore[arg-type]
        return Appointment.objects.whole().get(pk=made.pk)

    return call_off


def test_all_that_changes(made: Appointment, off: Callable[..., Appointment], desk: Actor) -> None:
    found = off(note="rang at eight")
    assert (found.status, found.cancelled_from, found.claim_id, found.version) == ("cancelled", "confirmed", None, 2)
    assert (found.cancel_reason and found.cancel_reason.code, found.cancel_note) == ("patient_ill", "rang at eight")
    assert (found.fee, found.refund, found.number, found.start) == (None, None, made.number, made.start)
    assert (found.visit.status, found.visit.queue_number, found.payment.status) == ("cancelled", 1, "void")
    assert (Claim.objects.count(), Reservation.objects.count(), faults()) == (0, 0, {})
    entry = Entry.objects.latest("id")
    assert (entry.fact, entry.user, entry.at, entry.note) == ("appointment_cancelled", desk.user, NOW, "rang at eight")
    assert entry.changes == {"status": ["confirmed", "cancelled"], "reason": [None, "patient_ill"]}


def test_its_time_is_free_at_once(
    clinic: Clinic, service: Service, doctor: Provider, patient: Patient, off: Callable[..., Appointment]
) -> None:
    off()
    assert booked(clinic, service, doctor, patient).visit.queue_number == 2


class TestReasons:
    def test_one_is_owed(self, made: Appointment, off: Callable[..., Appointment]) -> None:
        for nothing in ("", "  ", "\u200b"):
            assert refusal(lambda: off(nothing), Invalid) == (Problem(Code.MISSING, "reason"),)  # noqa: B023
        assert Appointment.objects.get().status == "confirmed"

    @pytest.mark.parametrize(
        ("reason", "note", "kept"),
        [
            ("Patient is ILL", "", ("patient_ill", "")),
            ("PATIENT_ILL ", "flu", ("patient_ill", "flu")),
            ("other", "", ("other", "other")),
            ("missed the bus", "", ("other", "missed the bus")),
            ("missed the bus", "again", ("other", "missed the bus – again")),
        ],
    )
    def test_from_the_list_or_in_ones_own_words(
        self, off: Callable[..., Appointment], reason: str, note: str, kept: tuple[str, str]
    ) -> None:
        found = off(reason, note=note)
        assert (found.cancel_reason and found.cancel_reason.code, found.cancel_note) == kept

    def test_the_clinics_own_goes_first(self, clinic: Clinic, off: Callable[..., Appointment]) -> None:
        own = CancelReason.objects.create(clinic=clinic, code="patient_ill", name="Unwell")
        CancelReason.objects.create(clinic=make_clinic(), code="patient_ill", name="Elsewhere")
        assert off().cancel_reason == own

    def test_another_clinics_is_just_words(self, off: Callable[..., Appointment]) -> None:
        CancelReason.objects.create(clinic=make_clinic(), code="full_moon", name="Full moon")
        found = off("full_moon")
        assert (found.cancel_reason and found.cancel_reason.code, found.cancel_note) == ("other", "full_moon")

    def test_one_no_longer_used_is_just_words(self, off: Callable[..., Appointment]) -> None:
        CancelReason.objects.filter(code="patient_ill").update(active=False)
        assert off().cancel_note == "patient_ill"

    def test_without_any_list(self, off: Callable[..., Appointment]) -> None:
        CancelReason.objects.all().delete()
        found = off("ill", note="flu")
        assert (found.cancel_reason, found.cancel_note) == (None, "ill – flu")

    @pytest.mark.parametrize(
        ("reason", "note"), [("x" * 501, ""), ("patient_ill", "x" * 501), ("a\x00b", ""), ("other", "\u202e")]
    )
    def test_words_that_cannot_be_kept(
        self, made: Appointment, off: Callable[..., Appointment], reason: str, note: str
    ) -> None:
        assert dict(codes(refusal(lambda: off(reason, note=note), Invalid))).keys() == {"invalid"}
        assert (Appointment.objects.get().status, Claim.objects.count()) == ("confirmed", 1)


FEES = {
    "none by rule": (FeeKind.NONE, 1000, 0, None),
    "fixed": (FeeKind.FIXED, 1250, 0, 1250),
    "fixed, but no more than the price": (FeeKind.FIXED, 9000, 0, 5000),
    "percent": (FeeKind.PERCENT, 33, 0, 1650),
    "all of it": (FeeKind.PERCENT, 100, 0, 5000),
    "in the rule's first second": (FeeKind.PERCENT, 50, -2 * HOUR + SECOND, 2500),
    "in the last free second": (FeeKind.PERCENT, 50, -2 * HOUR, None),
    "a day before": (FeeKind.PERCENT, 50, -24 * HOUR, None),
    "after the start": (FeeKind.FIXED, 700, HOUR, 700),
}


class TestFees:
    @pytest.mark.parametrize(("kind", "amount", "when", "fee"), FEES.values(), ids=FEES)
    def test_by_the_clinics_rule(
        self,
        made: Appointment,
        off: Callable[..., Appointment],
        kind: str,
        amount: int,
        when: timedelta | int,
        fee: int | None,
    ) -> None:
        """Free until two hours before the start."""
        Clinic.objects.update(free_cancel_hours=2, late_fee_kind=kind, late_fee=amount)
        found = off(now=instant(made.start) + (when or timedelta()))
        assert (found.fee, found.refund) == (fee, None)

    def test_a_request_owes_nothing(self, clinic: Clinic, service: Service, doctor: Provider, desk: Actor) -> None:
        """The clinic has promised nothing, or has taken its promise back."""
        Clinic.objects.update(late_fee_kind=FeeKind.FIXED, late_fee=1000)
        asked = booked(clinic, service, None, make_patient(clinic), "10:00")
        back = booked(clinic, service, doctor, make_patient(clinic), "11:00")
        unconfirm(back.pk, actor=desk, now=NOW)
        late = instant(asked.start)
        assert [cancel(one.pk, "other", actor=desk, now=late).fee for one in (asked, back)] == [None, None]

    @pytest.mark.parametrize(("paid", "refund"), [(0, None), (1250, None), (1251, 1), (5000, 3750)])
    def test_what_was_paid_comes_back_but_for_the_fee(
        self, made: Appointment, off: Callable[..., Appointment], paid: int, refund: int | None
    ) -> None:
        """The payment itself stays as it is: a refund is made by someone with that right."""
        Clinic.objects.update(late_fee_kind=FeeKind.FIXED, late_fee=1250)
        Payment.objects.update(paid=paid, status="partially_paid" if paid else "pending")
        found = off(now=instant(made.start))
        assert (found.fee, found.refund) == (1250, refund)
        assert (found.payment.status, found.payment.paid) == ("partially_paid" if paid else "void", paid)


class TestStates:
    def test_one_who_has_arrived_may_still_leave(
        self, made: Appointment, off: Callable[..., Appointment], desk: Actor
    ) -> None:
        arrive(made.pk, actor=desk, now=NOW)
        found = off()
        assert (found.status, found.cancelled_from, found.visit.arrived_at) == ("cancelled", "arrived", NOW)

    def test_a_begun_one_cannot_be_called_off(
        self, made: Appointment, off: Callable[..., Appointment], desk: Actor
    ) -> None:
        start(arrive(made.pk, actor=desk, now=NOW).pk, actor=desk, now=NOW)
        assert codes(refusal(off, Conflict)) == [("bad_transition", "status")]

    def test_twice_is_once(self, off: Callable[..., Appointment]) -> None:
        off()
        assert codes(refusal(off, Conflict)) == [("bad_transition", "status")]
        assert Entry.objects.filter(fact="appointment_cancelled").count() == 1

    def test_stale(self, made: Appointment, off: Callable[..., Appointment], desk: Actor) -> None:
        arrive(made.pk, actor=desk, now=NOW)
        with pytest.raises(Stale):
            off(version=1)
        assert off(version=2).version == 3


def test_others_are_left_alone(
    clinic: Clinic, service: Service, doctor: Provider, off: Callable[..., Appointment]
) -> None:
    other = booked(clinic, service, doctor, make_patient(clinic), "11:00")
    off()
    other.refresh_from_db()
    assert (other.status, Reservation.objects.filter(claim=other.claim_id).count()) == ("confirmed", 2)
