"""APT-6, APT-3: moving and extending; the appointment keeps its identity and its own time never blocks it."""

from collections.abc import Callable

import pytest
from django.forms.models import model_to_dict

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.progress import arrive, complete, no_show, start
from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.billing.models import Payment
from orderly.catalogue.models import Need, NeedRole, Offering, Service
from orderly.clinics.models import Clinic
from orderly.core.clock import instant
from orderly.core.errors import CannotBook, Conflict, Invalid, Stale
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.people.permissions import Role
from orderly.resources.models import Kind, Provider
from tests.appointments.asking import booked, boss, codes, refusal
from tests.appointments.audit import faults
from tests.factories import MONDAY, NOW, TUESDAY, at, make_actor, make_asset, make_patient, make_provider, make_service

Go = Callable[..., Appointment]


@pytest.fixture
def made(clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> Appointment:
    """Monday at ten, half an hour."""
    return booked(clinic, service, doctor, patient)


@pytest.fixture
def go(clinic: Clinic, desk: Actor) -> Go:
    """Moves an appointment to a wall time of Monday."""

    def move(found: Appointment, clock: str, day: object = MONDAY, **fields: object) -> Appointment:
        about = {name: fields.pop(name) for name in ("version",) if name in fields}
        actor, now = fields.pop("actor", desk), fields.pop("now", NOW)
        wanted = Move(start=at(clinic, day, clock), **fields)  # type: ignore[arg-type]
        return reschedule(found.pk, wanted, actor=actor, now=now, **about)  # type: ignore[arg-type]

    return move


def picture(found: Appointment) -> dict[str, object]:
    """All that is kept of it."""
    fresh = Appointment.objects.get(pk=found.pk)
    return {**model_to_dict(fresh), "version": fresh.version, "visit": model_to_dict(fresh.visit)}


class TestMoving:
    def test_all_that_changes(self, clinic: Clinic, made: Appointment, go: Go, desk: Actor) -> None:
        before = picture(made)
        eleven = at(clinic, MONDAY, "11:00")
        moved = go(made, "11:00")
        visit = {**before["visit"], "planned": eleven}  # type: ignore[dict-item]
        assert picture(moved) == {
            **before,
            "start": eleven,
            "end": eleven + 30,
            "claim": moved.claim_id,
            "version": 2,
            "visit": visit,
        }
        assert moved.claim_id != before["claim"]
        assert faults() == {}
        entry = Entry.objects.latest("id")
        assert (entry.fact, entry.subject, entry.user, entry.at) == ("appointment_rescheduled", made.pk, desk.user, NOW)
        assert entry.changes == {"start": [eleven - 60, eleven], "end": [eleven - 30, eleven + 30]}

    @pytest.mark.parametrize("clock", ["09:31", "10:01", "10:29", "10:30"])
    def test_its_own_time_never_blocks_it(self, clinic: Clinic, made: Appointment, go: Go, clock: str) -> None:
        assert (go(made, clock).start, faults()) == (at(clinic, MONDAY, clock), {})

    def test_two_can_change_places_by_way_of_a_third(
        self, clinic: Clinic, service: Service, doctor: Provider, made: Appointment, go: Go
    ) -> None:
        other = booked(clinic, service, doctor, make_patient(clinic), "11:00")
        assert codes(refusal(lambda: go(made, "11:00"), CannotBook)) == [("provider_busy", "provider")]
        for one, clock in ((made, "15:00"), (other, "10:00"), (made, "11:00")):
            go(one, clock)
        assert faults() == {}

    @pytest.mark.parametrize(
        ("clock", "code"), [("08:00", "outside_hours"), ("10:00", "provider_busy"), ("05:00", "past")]
    )
    def test_a_refused_move_changes_nothing(
        self, clinic: Clinic, service: Service, doctor: Provider, made: Appointment, go: Go, clock: str, code: str
    ) -> None:
        booked(clinic, service, doctor, make_patient(clinic), day=TUESDAY)
        before = picture(made)
        day = TUESDAY if code == "provider_busy" else MONDAY
        assert code in dict(codes(refusal(lambda: go(made, clock, day), CannotBook)))
        assert (picture(made), faults(), Entry.objects.count()) == (before, {}, 2)

    def test_notice_and_horizon_hold(self, clinic: Clinic, made: Appointment, go: Go) -> None:
        Service.objects.update(notice_minutes=600, horizon_days=0)
        assert codes(refusal(lambda: go(made, "11:00"), CannotBook)) == [("notice", "start")]
        assert codes(refusal(lambda: go(made, "11:00", TUESDAY), CannotBook)) == [("horizon", "start")]


class TestQueue:
    """The queue number stays within the day; another day gives its next."""

    def numbers(self, found: Appointment) -> tuple[object, int | None]:
        fresh = Appointment.objects.get(pk=found.pk)
        return fresh.visit.day, fresh.visit.queue_number

    def test_within_the_day_and_beyond(
        self, clinic: Clinic, service: Service, doctor: Provider, made: Appointment, go: Go
    ) -> None:
        for clock, day in (("11:00", MONDAY), ("10:00", TUESDAY)):
            booked(clinic, service, doctor, make_patient(clinic), clock, day=day)
        seen = []
        for clock, day in (("15:00", MONDAY), ("15:00", TUESDAY), ("16:00", TUESDAY), ("15:00", MONDAY)):
            go(made, clock, day)
            seen.append(self.numbers(made))
        assert seen == [(MONDAY, 1), (TUESDAY, 2), (TUESDAY, 2), (MONDAY, 3)]
        assert faults() == {}


class TestProvider:
    def test_another_one_with_their_length_price_and_share(
        self, clinic: Clinic, service: Service, made: Appointment, go: Go
    ) -> None:
        """APT-2: recomputed while nothing is paid."""
        dear = make_provider(clinic, share_percent=70)
        Offering.objects.create(service=service, provider=dear, minutes=45, price=9000)
        moved = go(made, "10:00", provider=dear.pk)
        assert (moved.provider_id, moved.end - moved.start) == (dear.pk, 45)
        paid = Payment.objects.get()
        assert (paid.total, paid.provider_share, paid.clinic_share, paid.version) == (9000, 6300, 2700, 2)
        changes = Entry.objects.latest("id").changes
        assert changes["provider"] == [str(made.provider_id), str(dear.pk)]
        assert set(changes) == {"provider", "end", "resources"}

    def test_what_is_paid_stands(self, clinic: Clinic, service: Service, made: Appointment, go: Go) -> None:
        Payment.objects.update(paid=1)
        dear = make_provider(clinic)
        Offering.objects.create(service=service, provider=dear, price=9000)
        go(made, "10:00", provider=dear.pk)
        assert Payment.objects.values_list("total", "provider_share", "version").get() == (5000, 2500, 1)

    def test_the_same_one_costs_the_same(self, made: Appointment, go: Go) -> None:
        """A price that was changed meanwhile is not what was agreed."""
        Service.objects.update(price=8000)
        go(made, "11:00", TUESDAY)
        assert Payment.objects.values_list("total", "version").get() == (5000, 1)

    def test_a_follow_up_stays_one(
        self, clinic: Clinic, service: Service, doctor: Provider, patient: Patient, go: Go
    ) -> None:
        Service.objects.update(follow_up_price=3000, follow_up_days=14)
        complete(booked(clinic, service, doctor, patient).pk, actor=boss(), now=NOW)
        second = booked(clinic, service, doctor, patient, day=TUESDAY)
        go(second, "10:00", TUESDAY, provider=make_provider(clinic, service=service).pk)
        assert Payment.objects.get(appointment=second).total == 3000

    def test_one_who_does_not_give_it(self, clinic: Clinic, made: Appointment, go: Go) -> None:
        stranger = make_provider(clinic)
        problems = refusal(lambda: go(made, "11:00", provider=stranger.pk), CannotBook)
        assert problems == (Problem(Code.NOT_OFFERED, "provider"),)


class TestExtending:
    def test_as_long_as_there_is_time(
        self, clinic: Clinic, service: Service, doctor: Provider, made: Appointment, go: Go
    ) -> None:
        booked(clinic, service, doctor, make_patient(clinic), "11:00")
        assert codes(refusal(lambda: go(made, "10:00", minutes=61), CannotBook)) == [("provider_busy", "provider")]
        longer = go(made, "10:00", minutes=60)
        assert (longer.end - longer.start, go(longer, "10:00", minutes=20).end - longer.start) == (60, 20)
        assert faults() == {}

    def test_a_visit_in_progress(self, clinic: Clinic, made: Appointment, go: Go, desk: Actor) -> None:
        """Its start has passed, and stays."""
        late = instant(made.start + 25)
        start(arrive(made.pk, actor=desk, now=late).pk, actor=desk, now=late)
        assert go(made, "10:00", minutes=45, now=late).end == made.start + 45
        moved = refusal(lambda: go(made, "10:05", now=late), Conflict)
        assert moved == (
            Problem(Code.BAD_TRANSITION, "status", params=(("from", "in_progress"), ("to", "rescheduled"))),
        )

    def test_a_longer_time_keeps_its_length_when_moved(self, made: Appointment, go: Go) -> None:
        go(made, "10:00", minutes=50)
        moved = go(made, "13:00")
        assert moved.end - moved.start == 50

    def test_its_chair_stays_the_same(self, clinic: Clinic, doctor: Provider, patient: Patient, go: Go) -> None:
        seated = make_service(clinic, asset_kinds=(Kind.CHAIR,))
        Offering.objects.create(service=seated, provider=doctor)
        first, second = make_asset(clinic), make_asset(clinic)
        helper = make_provider(clinic, service=seated)
        blocker = booked(clinic, seated, helper, make_patient(clinic))
        made = booked(clinic, seated, doctor, patient)
        cancel(blocker.pk, "other", actor=boss(), now=NOW)
        assert [one for one, *_ in go(made, "10:00", minutes=40).uses][1] == second.resource_id
        booked(clinic, seated, helper, make_patient(clinic), "10:45", resources=frozenset({second.pk}))
        assert codes(refusal(lambda: go(made, "10:00", minutes=60), CannotBook)) == [("resource_busy", "resources")]
        elsewhere = go(made, "10:00", minutes=60, resources=frozenset({first.pk}))
        assert [one for one, *_ in elsewhere.uses][1] == first.resource_id

    def test_its_team_stays_the_same(self, clinic: Clinic, doctor: Provider, patient: Patient, go: Go) -> None:
        """Even when somebody who would have come first is free again."""
        team = make_service(clinic)
        Offering.objects.create(service=team, provider=doctor)
        first, second = make_provider(clinic), make_provider(clinic)
        need = Need.objects.create(phase=team.phases.get(), role=NeedRole.PROVIDER)
        need.any_of.set([first.resource, second.resource])
        alone = make_service(clinic)
        Offering.objects.create(service=alone, provider=first)
        blocker = booked(clinic, alone, first, make_patient(clinic))
        made = booked(clinic, team, doctor, patient)
        cancel(blocker.pk, "other", actor=boss(), now=NOW)
        assert [one for one, *_ in go(made, "10:00", minutes=40).uses][1] == second.resource_id
        need.any_of.remove(second.resource)
        problems = refusal(lambda: go(made, "10:00", minutes=45), CannotBook)
        assert problems == (Problem(Code.NOT_OFFERED, "resources"),)

    @pytest.mark.parametrize("minutes", [0, -10, 1441])
    def test_to_a_length_there_is_none_of(self, made: Appointment, go: Go, minutes: int) -> None:
        problems = refusal(lambda: go(made, "10:00", minutes=minutes), Invalid)
        assert codes(problems) == [("invalid", "duration_minutes")]


class TestStates:
    @pytest.mark.parametrize("verb", [complete, no_show, lambda pk, **on: cancel(pk, "other", **on)])
    @pytest.mark.parametrize("clock", ["10:00", "11:00"])
    def test_what_is_over_cannot_be_moved(
        self, made: Appointment, go: Go, verb: Callable[..., Appointment], clock: str
    ) -> None:
        verb(made.pk, actor=boss(), now=NOW)
        before = picture(made)
        problems = refusal(lambda: go(made, clock), Conflict)
        assert codes(problems) == [("bad_transition", "status")]
        assert picture(made) == before

    def test_who_has_arrived_can_still_be_moved(self, clinic: Clinic, made: Appointment, go: Go, desk: Actor) -> None:
        arrive(made.pk, actor=desk, now=NOW)
        moved = go(made, "10:30")
        assert (moved.status, moved.start, moved.visit.arrived_at) == ("arrived", at(clinic, MONDAY, "10:30"), NOW)


class TestStale:
    def test_an_older_picture_is_refused(self, made: Appointment, go: Go) -> None:
        go(made, "11:00", version=1)
        before = picture(made)
        with pytest.raises(Stale):
            go(made, "12:00", version=1)
        assert picture(made) == before
        assert go(made, "12:00", version=2).version == 3


class TestOverbooked:
    """The reason given once covers the time it was given for."""

    @pytest.fixture
    def extra(self, clinic: Clinic, service: Service, doctor: Provider, made: Appointment) -> Appointment:
        Service.objects.update(overbook=1)
        return booked(clinic, service, doctor, make_patient(clinic), overbook_reason="in pain")

    def test_it_can_be_extended(self, extra: Appointment, go: Go) -> None:
        assert go(extra, "10:00", minutes=40).overbook_reason == "in pain"
        assert faults() == {}

    def test_moved_to_free_time_it_is_one_no_more(self, extra: Appointment, go: Go) -> None:
        assert go(extra, "13:00").overbook_reason == ""

    def test_moved_onto_somebody_else_it_needs_a_reason_again(
        self, clinic: Clinic, service: Service, doctor: Provider, extra: Appointment, go: Go
    ) -> None:
        booked(clinic, service, doctor, make_patient(clinic), "15:00")
        assert codes(refusal(lambda: go(extra, "15:00"), CannotBook)) == [("provider_busy", "provider")]
        assert go(extra, "15:00", overbook_reason="still in pain").overbook_reason == "still in pain"
        assert Entry.objects.latest("id").note == "still in pain"

    def test_and_the_right(
        self, clinic: Clinic, service: Service, doctor: Provider, extra: Appointment, go: Go
    ) -> None:
        booked(clinic, service, doctor, make_patient(clinic), "15:00")
        nurse = make_actor(Role.CLINICAL_STAFF, clinic)
        assert codes(refusal(lambda: go(extra, "15:00", actor=nurse), CannotBook)) == [("provider_busy", "provider")]

    def test_a_reason_too_long(self, extra: Appointment, go: Go) -> None:
        problems = refusal(lambda: go(extra, "15:00", overbook_reason="x" * 201), Invalid)
        assert codes(problems) == [("invalid", "overbook_reason")]
