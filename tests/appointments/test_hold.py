"""AVL-6: choosing a time holds it for some minutes; it frees itself."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from orderly.appointments.actions.book import book
from orderly.appointments.actions.hold import MOST_HOLDS, hold, let_go, tidy_holds
from orderly.appointments.inputs import BookingRequest, Wish
from orderly.appointments.models import Appointment
from orderly.calendars.models import Claim, Hold, Reservation
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.errors import CannotBook, Conflict, Forbidden, NotFound
from orderly.core.ids import uuid7
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import SYSTEM, Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from orderly.resources.models import Provider
from tests.appointments.asking import refusal
from tests.appointments.audit import faults
from tests.factories import MONDAY, NOW, at, make_actor, make_clinic, make_patient, make_provider

FIVE, SECOND = timedelta(minutes=5), timedelta(seconds=1)

Book = Callable[..., Appointment]


@pytest.fixture
def wish(clinic: Clinic, service: Service, doctor: Provider) -> Wish:
    return Wish(clinic=clinic.pk, service=service.pk, provider=doctor.pk, start=at(clinic, MONDAY, "10:00"))


@pytest.fixture
def other(clinic: Clinic) -> Actor:
    return make_actor(Role.FRONT_DESK, clinic)


@pytest.fixture
def take(patient: Patient, wish: Wish) -> Book:
    """Books the wish for the patient."""

    def make(actor: Actor, kept: Hold | None = None, now: object = NOW, **fields: object) -> Appointment:
        request = BookingRequest(**{**asdict(wish), "patient": patient.pk, "source": "phone", **fields})
        return book(replace(request, hold=kept and kept.pk), actor=actor, now=now)  # type: ignore[arg-type]

    return make


def counts() -> tuple[int, int, int, int]:
    return Appointment.objects.count(), Hold.objects.count(), Claim.objects.count(), Reservation.objects.count()


def test_all_that_is_written(clinic: Clinic, wish: Wish, doctor: Provider, patient: Patient, desk: Actor) -> None:
    Clinic.objects.update(hold_minutes=7)
    made = hold(replace(wish, patient=patient.pk), actor=desk, now=NOW)
    ends = NOW + timedelta(minutes=7)
    fields = ("claim__kind", "claim__expires_at", "clinic", "owner", "service", "provider", "patient", "start", "end")
    assert Hold.objects.values_list("pk", *fields).get() == (
        made.pk,
        "hold",
        ends,
        clinic.pk,
        desk.user,
        wish.service,
        wish.provider,
        patient.pk,
        wish.start,
        wish.start + 30,
    )
    assert sorted(Reservation.objects.values_list("resource", "start", "end", "expires", "claim")) == sorted(
        (one.resource_id, wish.start, wish.start + 30, int(ends.timestamp()), made.claim_id)
        for one in (doctor, patient)
    )
    assert not Entry.objects.exists()


class TestOthers:
    def test_it_keeps_others_away_until_it_expires(self, wish: Wish, take: Book, desk: Actor, other: Actor) -> None:
        resource = hold(wish, actor=desk, now=NOW).provider.resource_id  # type: ignore[union-attr]
        held = Problem(Code.HELD, "provider", resource, (wish.start, wish.start + 30))
        just_before = NOW + FIVE - SECOND
        assert refusal(lambda: take(other, now=just_before), CannotBook) == (held,)
        assert refusal(lambda: take(other, start=wish.start - 29, now=just_before), CannotBook) == (held,)
        assert refusal(lambda: hold(wish, actor=other, now=just_before), CannotBook) == (held,)
        assert take(other, now=NOW + FIVE).start == wish.start
        assert (counts(), faults()) == ((1, 0, 1, 2), {})

    def test_it_keeps_the_patient_too(
        self, clinic: Clinic, service: Service, wish: Wish, take: Book, patient: Patient, desk: Actor, other: Actor
    ) -> None:
        hold(replace(wish, patient=patient.pk), actor=desk, now=NOW)
        colleague = make_provider(clinic, service=service)
        problems = refusal(lambda: take(other, provider=colleague.pk), CannotBook)
        assert problems == (Problem(Code.HELD, "patient", patient.resource_id, (wish.start, wish.start + 30)),)

    def test_their_hold_is_of_no_use(self, wish: Wish, take: Book, desk: Actor, other: Actor) -> None:
        kept = hold(wish, actor=other, now=NOW)
        problems = refusal(lambda: take(desk, kept), CannotBook)
        assert [one.code for one in problems] == [Code.HELD]
        assert counts() == (0, 1, 1, 1)

    def test_an_unknown_one_protects_nothing(self, wish: Wish, take: Book, desk: Actor) -> None:
        assert take(desk, Hold(pk=uuid7())).start == wish.start


class TestBooking:
    def test_it_becomes_the_appointment(self, wish: Wish, take: Book, desk: Actor) -> None:
        kept = hold(wish, actor=desk, now=NOW)
        made = take(desk, kept, now=NOW + FIVE - SECOND)
        assert (made.start, made.claim_id != kept.claim_id) == (wish.start, True)
        assert (counts(), faults()) == ((1, 0, 1, 2), {})

    def test_without_naming_it_even_its_owner_is_kept_away(self, wish: Wish, take: Book, desk: Actor) -> None:
        hold(wish, actor=desk, now=NOW)
        assert [one.code for one in refusal(lambda: take(desk), CannotBook)] == [Code.HELD]

    def test_another_time_may_be_booked_with_it_and_it_is_let_go(self, wish: Wish, take: Book, desk: Actor) -> None:
        kept = hold(wish, actor=desk, now=NOW)
        assert take(desk, kept, start=wish.start + 10).start == wish.start + 10
        assert (counts(), faults()) == ((1, 0, 1, 2), {})

    def test_a_refused_booking_leaves_it(self, wish: Wish, take: Book, desk: Actor) -> None:
        kept = hold(wish, actor=desk, now=NOW)
        refusal(lambda: take(desk, kept, start=wish.start - 600), CannotBook)
        assert counts() == (0, 1, 1, 1)

    def test_an_expired_one_helps_no_more_but_harms_nobody(self, wish: Wish, take: Book, desk: Actor) -> None:
        kept = hold(wish, actor=desk, now=NOW)
        assert take(desk, kept, now=NOW + FIVE).start == wish.start
        assert (counts(), faults()) == ((1, 0, 1, 2), {})

    def test_an_expired_one_does_not_bring_taken_time_back(
        self, clinic: Clinic, wish: Wish, take: Book, desk: Actor, other: Actor
    ) -> None:
        kept = hold(wish, actor=desk, now=NOW)
        take(other, now=NOW + FIVE, patient=make_patient(clinic).pk)
        problems = refusal(lambda: take(desk, kept, now=NOW + FIVE), CannotBook)
        assert [one.code for one in problems] == [Code.PROVIDER_BUSY]

    def test_it_serves_once(self, clinic: Clinic, wish: Wish, take: Book, desk: Actor) -> None:
        kept = hold(wish, actor=desk, now=NOW)
        take(desk, kept)
        again = refusal(lambda: take(desk, kept, patient=make_patient(clinic).pk), CannotBook)
        assert [one.code for one in again] == [Code.PROVIDER_BUSY]


class TestRefusals:
    def test_time_that_cannot_be_booked_cannot_be_held(self, wish: Wish, desk: Actor) -> None:
        early = replace(wish, start=wish.start - 120)
        assert [one.code for one in refusal(lambda: hold(early, actor=desk, now=NOW), CannotBook)] == [
            Code.OUTSIDE_HOURS
        ]
        assert counts() == (0, 0, 0, 0)

    def test_with_whom(self, wish: Wish, desk: Actor) -> None:
        assert hold(replace(wish, provider=None), actor=desk, now=NOW).provider_id == wish.provider

    def test_a_patient_of_another_clinic_is_not_there(self, wish: Wish, desk: Actor) -> None:
        with pytest.raises(NotFound):
            hold(replace(wish, patient=make_patient(make_clinic()).pk), actor=desk, now=NOW)

    def test_only_so_many_at_once(self, wish: Wish, desk: Actor, other: Actor) -> None:
        for nth in range(MOST_HOLDS):
            hold(replace(wish, start=wish.start + nth, minutes=1), actor=desk, now=NOW)
        another = replace(wish, start=wish.start + 300)
        problems = refusal(lambda: hold(another, actor=desk, now=NOW), Conflict)
        assert problems == (Problem(Code.HELD, "hold", params=(("limit", MOST_HOLDS),)),)
        assert hold(another, actor=other, now=NOW).start == another.start
        assert hold(replace(wish, start=wish.start + 350), actor=desk, now=NOW + FIVE).owner_id == desk.user


class TestLettingGo:
    def test_ones_own(self, wish: Wish, take: Book, desk: Actor, other: Actor) -> None:
        let_go(hold(wish, actor=desk, now=NOW).pk, actor=desk, now=NOW)
        assert counts() == (0, 0, 0, 0)
        assert take(other).start == wish.start

    def test_not_somebody_elses(self, wish: Wish, desk: Actor, other: Actor) -> None:
        kept = hold(wish, actor=desk, now=NOW)
        for stranger, key in ((other, kept.pk), (desk, uuid7())):
            with pytest.raises(NotFound):
                let_go(key, actor=stranger, now=NOW)
        with pytest.raises(Forbidden):
            let_go(kept.pk, actor=SYSTEM, now=NOW)
        assert counts() == (0, 1, 1, 1)


class TestTidying:
    def test_only_expired_ones_go(self, wish: Wish, desk: Actor, take: Book) -> None:
        for nth in range(3):
            hold(replace(wish, start=wish.start + nth * 30), actor=desk, now=NOW + nth * SECOND)
        take(desk, start=wish.start + 90)
        assert tidy_holds(now=NOW + FIVE - SECOND) == 0
        assert tidy_holds(now=NOW + FIVE + SECOND) == 2
        assert (counts(), faults()) == ((1, 1, 2, 3), {})

    def test_a_few_at_a_time(self, wish: Wish, desk: Actor) -> None:
        for nth in range(3):
            hold(replace(wish, start=wish.start + nth * 30), actor=desk, now=NOW)
        assert [tidy_holds(now=NOW + FIVE, most=2) for _ in range(3)] == [2, 1, 0]

    def test_whoever_comes_by_removes_them_as_well(self, wish: Wish, take: Book, desk: Actor, other: Actor) -> None:
        for nth in range(2):
            hold(replace(wish, start=wish.start + nth * 30), actor=desk, now=NOW)
        take(other, now=NOW + FIVE)
        assert counts() == (1, 0, 1, 2)
