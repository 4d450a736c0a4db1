"""AVL-1, AVL-2, AVL-5: which times are free, why one isn't, and the nearest that are."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from orderly.appointments.actions.hold import hold
from orderly.appointments.inputs import Search, Wish
from orderly.appointments.queries.slots import Found, alternatives, slots, why
from orderly.calendars.models import RuleKind
from orderly.catalogue.models import Offering, Service
from orderly.clinics.models import Clinic
from orderly.core.clock import instant
from orderly.core.errors import Invalid, NotFound
from orderly.core.ids import uuid7
from orderly.engine.problems import Code, Problem
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.patients.models import Patient, Registration
from orderly.resources.models import Kind, Provider
from tests.appointments.asking import booked, codes, off, refusal
from tests.factories import MONDAY, NOW, TUESDAY, at, make_asset, make_clinic, make_patient, make_provider, make_service

DAY = timedelta(days=1)


class Ask:
    """Asks for free times of a service in a clinic; Monday's unless told otherwise."""

    def __init__(self, clinic: Clinic, service: Service) -> None:
        self.clinic, self.service = clinic, service

    def search(self, first: date = MONDAY, last: date | None = None, now: datetime = NOW, **fields: object) -> Found:
        wanted = {"clinic": self.clinic.pk, "service": self.service.pk, "first": first, "last": last or first + DAY}
        return slots(Search(**{**wanted, **fields}), now=now)  # type: ignore[arg-type]

    def __call__(self, *args: object, **fields: object) -> list[str]:
        """The starts on the wall."""
        return [wall(self.clinic, start) for start, _, _ in self.search(*args, **fields).slots]  # type: ignore[arg-type]

    def why(self, clock: str = "10:00", now: datetime = NOW, **fields: object) -> tuple[Problem, ...]:
        return why(self.wish(clock, **fields), now=now)

    def wish(self, clock: str = "10:00", day: date = MONDAY, **fields: object) -> Wish:
        start = at(self.clinic, day, clock)
        return Wish(clinic=self.clinic.pk, service=self.service.pk, start=start, **fields)  # type: ignore[arg-type]

    def near(self, clock: str = "10:00", now: datetime = NOW, **fields: object) -> list[tuple[str, int]]:
        """The alternatives: when, and whose."""
        _, found = alternatives(self.wish(clock, **fields), now=now)
        return [(wall(self.clinic, start, day=True), provider) for start, _, provider in found]


def wall(clinic: Clinic, start: int, *, day: bool = False) -> str:
    on, minute = local(clinic.timezone, start)
    clock = f"{minute // 60:02}:{minute % 60:02}"
    return f"{on:%a} {clock}" if day else clock


def every(minutes: int, first: str, last: str) -> list[str]:
    """Wall times from the first to the last, both included."""
    low, high = (int(clock[:2]) * 60 + int(clock[3:]) for clock in (first, last))
    return [f"{one // 60:02}:{one % 60:02}" for one in range(low, high + 1, minutes)]


@pytest.fixture
def ask(clinic: Clinic, service: Service) -> Ask:
    return Ask(clinic, service)


ALL_DAY = every(15, "09:00", "16:30")


class TestSlots:
    def test_a_day(self, ask: Ask, doctor: Provider) -> None:
        assert ask() == ALL_DAY
        assert ask.search().slots[0] == (
            at(ask.clinic, MONDAY, "09:00"),
            at(ask.clinic, MONDAY, "09:30"),
            doctor.resource_id,
        )

    def test_by_start_then_provider(self, ask: Ask, doctor: Provider) -> None:
        late = make_provider(ask.clinic, service=ask.service, hours=(16 * 60, 17 * 60))
        found = [(wall(ask.clinic, start), provider) for start, _, provider in ask.search().slots][-6:]
        assert found == [
            (clock, one) for clock in every(15, "16:00", "16:30") for one in (doctor.resource_id, late.resource_id)
        ]
        assert ask(provider=late.pk) == every(15, "16:00", "16:30")

    def test_the_grid_and_another_step(self, ask: Ask, doctor: Provider) -> None:
        Clinic.objects.update(slot_minutes=60)
        assert ask() == every(60, "09:00", "16:00")
        assert ask(step=7)[:3] == ["09:06", "09:13", "09:20"]  # k · 7 minutes from midnight

    def test_days_without_the_last(self, ask: Ask, doctor: Provider) -> None:
        assert ask(MONDAY, MONDAY + 8 * DAY) == ALL_DAY * 6  # a weekend lies between

    @pytest.mark.parametrize(
        ("last", "reason"), [(MONDAY, "before_from"), (MONDAY - DAY, "before_from"), (MONDAY + 93 * DAY, "too_long")]
    )
    def test_a_range_that_cannot_be(self, ask: Ask, doctor: Provider, last: date, reason: str) -> None:
        problems = refusal(lambda: ask(MONDAY, last), Invalid)
        assert problems == (Problem(Code.INVALID, "to", params=(("reason", reason),)),)

    def test_of_nothing(self, ask: Ask, doctor: Provider) -> None:
        assert ask(provider=make_provider(ask.clinic).pk) == []
        assert ask(provider=uuid7()) == []
        Service.objects.update(active=False)
        assert ask() == []
        with pytest.raises(NotFound):
            ask(service=uuid7())

    @pytest.mark.parametrize("kind", [RuleKind.CLOSURE, RuleKind.HOLIDAY, RuleKind.LUNCH, RuleKind.SICK_LEAVE])
    def test_closures_and_time_off(self, ask: Ask, doctor: Provider, kind: str) -> None:
        whose = None if kind in (RuleKind.CLOSURE, RuleKind.HOLIDAY) else doctor.resource
        off(ask.clinic, whose, "09:10", "16:00", kind=kind)
        assert ask() == every(15, "16:00", "16:30")

    def test_appointments_with_their_buffers(self, ask: Ask, doctor: Provider) -> None:
        buffered = make_service(ask.clinic, 60, buffer_before=15, buffer_after=30)
        Offering.objects.create(service=buffered, provider=doctor)
        booked(ask.clinic, buffered, doctor, make_patient(ask.clinic), "10:00")
        assert ask() == ["09:00", "09:15", *every(15, "11:30", "16:30")]
        assert Ask(ask.clinic, buffered)() == every(15, "11:45", "15:30")

    def test_the_patients_own_time(self, ask: Ask, doctor: Provider, patient: Patient) -> None:
        """Also in another clinic."""
        elsewhere = make_clinic()
        there = make_service(elsewhere, 6 * 60)
        Registration.objects.create(patient=patient, clinic=elsewhere)
        booked(elsewhere, there, make_provider(elsewhere, service=there), patient, "10:00")
        assert ask(patient=patient.pk) == [*every(15, "09:00", "09:30"), *every(15, "16:00", "16:30")]
        assert ask() == ALL_DAY

    def test_holds_until_they_expire(self, ask: Ask, doctor: Provider, desk: Actor) -> None:
        hold(ask.wish("09:00", provider=doctor.pk, minutes=7 * 60), actor=desk, now=NOW)
        assert ask() == every(15, "16:00", "16:30")
        assert ask(now=NOW + timedelta(minutes=5)) == ALL_DAY

    def test_notice_now_and_horizon(self, ask: Ask, doctor: Provider) -> None:
        assert ask(now=instant(at(ask.clinic, MONDAY, "15:01"))) == every(15, "15:15", "16:30")
        Service.objects.update(notice_minutes=90, horizon_days=1)
        assert ask(now=instant(at(ask.clinic, MONDAY, "14:30"))) == every(15, "16:00", "16:30")
        assert (ask(TUESDAY), ask(TUESDAY + DAY)) == (ALL_DAY, [])

    def test_who_the_service_is_for(self, ask: Ask, doctor: Provider, patient: Patient) -> None:
        Service.objects.update(audience="known")
        assert (ask(patient=patient.pk), ask()) == ([], ALL_DAY)

    def test_a_chair_is_needed(self, clinic: Clinic, doctor: Provider) -> None:
        seated = make_service(clinic, asset_kinds=(Kind.CHAIR,))
        Offering.objects.create(service=seated, provider=doctor)
        ask = Ask(clinic, seated)
        assert ask() == []
        chair = make_asset(clinic)
        off(clinic, chair.resource, "09:00", "16:00", kind=RuleKind.MAINTENANCE)
        found = ask.search()
        assert ask() == every(15, "16:00", "16:30")
        assert [found.resources(slot) for slot in found.slots] == [[chair.pk]] * 3

    def test_the_night_the_clocks_change(self, clinic: Clinic) -> None:
        """In London, 01:00 to 02:00 is skipped on 29 March and comes twice on 25 October."""
        service = make_service(clinic, 60)
        make_provider(clinic, service=service, hours=(0, 1440), weekdays=127)
        ask = Ask(clinic, service)
        spring = ask(date(2026, 3, 29), step=60, now=datetime(2026, 3, 28, tzinfo=UTC))
        autumn = ask(date(2026, 10, 25), step=60, now=datetime(2026, 10, 24, tzinfo=UTC))
        assert (len(spring), spring[:3]) == (23, ["00:00", "02:00", "03:00"])
        assert (len(autumn), autumn[:4]) == (25, ["00:00", "01:00", "01:00", "02:00"])


class TestOneADay:
    """AVL-2"""

    def test_the_earliest_of_each_day(self, ask: Ask, doctor: Provider) -> None:
        booked(ask.clinic, ask.service, doctor, make_patient(ask.clinic), "09:00", day=TUESDAY)
        found = ask.search(MONDAY, MONDAY + 7 * DAY, one_a_day=True).slots
        assert [wall(ask.clinic, start, day=True) for start, _, _ in found] == [
            "Mon 09:00",
            "Tue 09:30",
            "Wed 09:00",
            "Thu 09:00",
            "Fri 09:00",
        ]

    def test_on_preferred_days_at_a_preferred_time(self, ask: Ask, doctor: Provider) -> None:
        """0 = Sunday. The first at or after it, else the last before."""
        off(ask.clinic, doctor.resource, "12:00", "17:00", day=MONDAY + 2 * DAY, kind=RuleKind.OFF)
        days = frozenset({0, 1, 3})
        found = ask.search(MONDAY, MONDAY + 7 * DAY, one_a_day=True, weekdays=days, near=14 * 60 + 5).slots
        assert [wall(ask.clinic, start, day=True) for start, _, _ in found] == ["Mon 14:15", "Wed 11:30"]


class TestWhy:
    """AVL-5"""

    def test_nothing_against_a_free_time(self, ask: Ask, doctor: Provider, patient: Patient) -> None:
        assert ask.why(provider=doctor.pk, patient=patient.pk) == ()

    def test_every_reason(self, ask: Ask, doctor: Provider, patient: Patient) -> None:
        booked(ask.clinic, ask.service, doctor, patient)
        problems = ask.why(
            "10:15", now=instant(at(ask.clinic, MONDAY, "11:00")), provider=doctor.pk, patient=patient.pk
        )
        assert codes(problems) == [("past", "start"), ("provider_busy", "provider"), ("patient_busy", "patient")]

    def test_without_a_provider_anybody_will_do(self, ask: Ask, doctor: Provider) -> None:
        booked(ask.clinic, ask.service, doctor, make_patient(ask.clinic))
        assert codes(ask.why()) == [("provider_busy", "provider")]
        make_provider(ask.clinic, service=ask.service, hours=(9 * 60, 10 * 60))
        assert codes(ask.why()) == [("provider_busy", "provider"), ("outside_hours", "start")]
        make_provider(ask.clinic, service=ask.service)
        assert ask.why() == ()

    def test_what_stands_against_it_at_any_time(self, ask: Ask, doctor: Provider, patient: Patient) -> None:
        assert codes(ask.why(provider=make_provider(ask.clinic).pk)) == [("not_offered", "provider")]
        Service.objects.update(audience="known", active=False)
        assert codes(ask.why(patient=patient.pk)) == [("inactive", "service"), ("not_offered", "patient")]
        with pytest.raises(NotFound):
            why(Wish(clinic=ask.clinic.pk, service=uuid7(), start=0), now=NOW)

    def test_a_length_it_cannot_have(self, ask: Ask, doctor: Provider) -> None:
        assert codes(ask.why(minutes=-1)) != []


class TestAlternatives:
    def test_the_nearest_three_with_the_same_provider(self, ask: Ask, doctor: Provider) -> None:
        booked(ask.clinic, ask.service, doctor, make_patient(ask.clinic))
        make_provider(ask.clinic, service=ask.service)
        mine = doctor.resource_id
        assert ask.near(provider=doctor.pk) == [("Mon 09:30", mine), ("Mon 10:30", mine), ("Mon 09:15", mine)]

    def test_with_anybody_when_they_have_left_or_do_not_give_it(self, ask: Ask, doctor: Provider) -> None:
        gone = make_provider(ask.clinic, service=ask.service)
        type(gone.resource).objects.filter(pk=gone.resource_id).update(active=False)
        for somebody in (gone, make_provider(ask.clinic)):
            assert ask.near(provider=somebody.pk)[0] == ("Mon 10:00", doctor.resource_id)

    def test_never_in_the_past(self, ask: Ask, doctor: Provider) -> None:
        assert [when for when, _ in ask.near("09:00", now=instant(at(ask.clinic, MONDAY, "16:20")))] == [
            "Mon 16:30",
            "Tue 09:00",
            "Tue 09:15",
        ]

    def test_as_long_as_was_asked(self, ask: Ask, doctor: Provider) -> None:
        assert [when for when, _ in ask.near("16:45", minutes=120)] == ["Mon 15:00", "Mon 14:45", "Mon 14:30"]

    def test_further_away_when_there_is_nothing_near(self, ask: Ask, doctor: Provider) -> None:
        for days in range(20):
            off(ask.clinic, doctor.resource, "00:00", "24:00", day=MONDAY + days * DAY, kind=RuleKind.VACATION)
        assert ask.near()[0] == ("Mon 09:00", doctor.resource_id)
        Service.objects.update(horizon_days=10)
        assert ask.near() == []


@pytest.mark.parametrize(("days", "providers"), [(1, 1), (90, 1), (1, 5), (90, 5)])
def test_the_number_of_queries_is_constant(
    clinic: Clinic,
    patient: Patient,
    django_assert_num_queries: DjangoAssertNumQueries,
    days: int,
    providers: int,
) -> None:
    service = make_service(clinic, asset_kinds=(Kind.CHAIR,))
    make_asset(clinic)
    doctors = [make_provider(clinic, service=service) for _ in range(providers)]
    booked(clinic, service, doctors[0], make_patient(clinic))
    ask = Ask(clinic, service)
    with django_assert_num_queries(4):
        assert ask(MONDAY, MONDAY + days * DAY, patient=patient.pk)
    with django_assert_num_queries(4):
        assert ask.why("11:00", patient=patient.pk) == ()
    with django_assert_num_queries(6, exact=False):
        assert ask.near(patient=patient.pk)
