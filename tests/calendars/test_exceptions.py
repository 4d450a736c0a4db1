"""Time off, extra hours, closures, maintenance."""

from datetime import date

import pytest

from orderly.appointments.inputs import Search
from orderly.appointments.queries.slots import slots
from orderly.calendars.actions.rules import (
    add_closure,
    add_extra_hours,
    add_maintenance,
    add_time_off,
    remove,
    set_opening_hours,
)
from orderly.calendars.inputs import Stretch, Weekly
from orderly.calendars.models import CLOSURES, MAINTENANCE, TIME_OFF, Rule, RuleKind
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.edits import wrong
from orderly.core.errors import Forbidden, Invalid, NotFound
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor
from orderly.journal.queries import history
from orderly.people.permissions import Role
from orderly.people.queries import actor_for
from orderly.resources.models import Provider
from tests.factories import (
    MONDAY,
    NOW,
    TUESDAY,
    make_actor,
    make_asset,
    make_clinic,
    make_provider,
    make_service,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic()


@pytest.fixture
def service(clinic: Clinic) -> Service:
    """An hour with a provider and a chair."""
    return make_service(clinic, 60, asset_kinds=("chair",))


@pytest.fixture
def doctor(clinic: Clinic, service: Service) -> Provider:
    """Works 9 to 12, Monday to Friday."""
    return make_provider(clinic, service=service, hours=(9 * 60, 12 * 60))


@pytest.fixture
def desk(clinic: Clinic) -> Actor:
    return make_actor(Role.FRONT_DESK, clinic)


def once(first: date, start: int, last: date, end: int) -> Stretch:
    return Stretch(first=first, start=start * 60, last=last, end=end * 60)


def on(day: date, start: int, end: int) -> Stretch:
    return once(day, start, day, end)


def free(clinic: Clinic, service: Service, day: date = MONDAY) -> list[int]:
    """The full hours (London's, in winter UTC) at which an hour is free."""
    search = Search(
        clinic=clinic.pk, service=service.pk, first=day, last=date.fromordinal(day.toordinal() + 1), step=60
    )
    return [start % 1440 // 60 for start, _, _ in slots(search, now=NOW).slots]


class TestTimeOff:
    def test_once(self, clinic: Clinic, service: Service, doctor: Provider, desk: Actor) -> None:
        """SET-6"""
        make_asset(clinic)
        rule = add_time_off(doctor.pk, clinic.pk, "meeting", on(MONDAY, 10, 11), note=" Team ", actor=desk, now=NOW)

        assert (free(clinic, service), free(clinic, service, TUESDAY)) == ([9, 11], [9, 10, 11])
        assert (rule.kind, rule.note, rule.weekdays) == ("meeting", "Team", None)
        [entry] = history(doctor.pk)
        assert (entry.fact, entry.clinic, entry.ids) == (
            "rule_added",
            clinic.pk,
            {"rule": str(rule.pk), "kind": "meeting"},
        )
        assert entry.changes == {
            "first": [None, "2026-03-02"],
            "last": [None, "2026-03-02"],
            "weekdays": [None, None],
            "start": [None, 600],
            "end": [None, 660],
            "every": [None, 1],
            "phase": [None, 0],
        }

    def test_recurring(self, clinic: Clinic, service: Service, doctor: Provider, desk: Actor) -> None:
        """SET-6: lunch every Monday."""
        make_asset(clinic)
        lunch = Weekly(weekdays=frozenset({1}), start=600, end=660)
        add_time_off(doctor.pk, clinic.pk, "lunch", lunch, actor=desk, now=NOW)
        days = (MONDAY, TUESDAY, date(2026, 3, 9))
        assert [free(clinic, service, day) for day in days] == [[9, 11], [9, 10, 11], [9, 11]]

    def test_over_several_days(self, clinic: Clinic, service: Service, doctor: Provider, desk: Actor) -> None:
        """SET-6: a vacation from Monday at eleven to Wednesday at ten."""
        make_asset(clinic)
        vacation = once(MONDAY, 11, date(2026, 3, 4), 10)
        add_time_off(doctor.pk, clinic.pk, "vacation", vacation, actor=desk, now=NOW)
        days = (MONDAY, TUESDAY, date(2026, 3, 4))
        assert [free(clinic, service, day) for day in days] == [[9, 10], [], [10, 11]]

    def test_everywhere(self, clinic: Clinic, service: Service, doctor: Provider) -> None:
        """SET-6: who is ill is ill in all their clinics."""
        other = make_clinic()
        make_asset(clinic)
        doctor.clinics.add(other)
        owner = make_actor(Role.SUPER_ADMIN)
        rule = add_time_off(doctor.pk, None, "sick_leave", on(MONDAY, 0, 24), actor=owner, now=NOW)
        assert (rule.clinic_id, free(clinic, service)) == (None, [])

    def test_everywhere_needs_the_right_everywhere(self, clinic: Clinic, doctor: Provider, desk: Actor) -> None:
        add_time_off(doctor.pk, None, "off", on(MONDAY, 0, 24), actor=desk, now=NOW)
        doctor.clinics.add(make_clinic())
        with pytest.raises(Forbidden):
            add_time_off(doctor.pk, None, "off", on(MONDAY, 0, 24), actor=desk, now=NOW)

    def test_taken_back(self, clinic: Clinic, service: Service, doctor: Provider, desk: Actor) -> None:
        make_asset(clinic)
        rule = add_time_off(doctor.pk, clinic.pk, "off", on(MONDAY, 0, 24), actor=desk, now=NOW)
        pk = rule.pk
        remove(pk, TIME_OFF, actor=desk, now=NOW)
        assert (free(clinic, service), Rule.objects.filter(pk=pk).exists()) == ([9, 10, 11], False)
        assert [entry.fact for entry in history(doctor.pk)] == ["rule_added", "rule_removed"]

    def test_a_doctor_s_own(self, clinic: Clinic) -> None:
        """ACC-3: schedule:manage, of one's own."""
        user = make_user(Role.DOCTOR, clinic)
        own, colleague, doctor = make_provider(clinic, user=user), make_provider(clinic), actor_for(user)
        desk = make_actor(Role.FRONT_DESK, clinic)
        mine = add_time_off(own.pk, clinic.pk, "off", on(MONDAY, 9, 10), actor=doctor, now=NOW)
        theirs = add_time_off(colleague.pk, clinic.pk, "off", on(MONDAY, 9, 10), actor=desk, now=NOW)
        closed = add_closure(clinic.pk, "closure", on(MONDAY, 9, 10), actor=desk, now=NOW)
        with pytest.raises(Forbidden):
            add_time_off(colleague.pk, clinic.pk, "off", on(MONDAY, 9, 10), actor=doctor, now=NOW)
        with pytest.raises(Forbidden):
            remove(theirs.pk, TIME_OFF, actor=doctor, now=NOW)
        with pytest.raises(Forbidden):
            remove(closed.pk, CLOSURES, actor=doctor, now=NOW)
        remove(mine.pk, TIME_OFF, actor=doctor, now=NOW)

    @pytest.mark.parametrize(
        ("kind", "when", "problem"),
        [
            ("hours", on(MONDAY, 9, 10), wrong("kind", "unknown")),
            ("closure", on(MONDAY, 9, 10), wrong("kind", "unknown")),
            ("off", on(MONDAY, 10, 10), wrong("end", "before_from")),
            ("off", once(TUESDAY, 9, MONDAY, 10), wrong("end", "before_from")),
            ("off", once(MONDAY, 9, date(9999, 12, 31), 24), wrong("end", "too_late")),
            ("off", once(date(1969, 1, 1), 9, MONDAY, 24), wrong("start", "too_early")),
            ("off", Weekly(weekdays=frozenset({7}), start=0, end=60), wrong("weekdays", "weekday")),
            ("off", Weekly(weekdays=frozenset(), start=0, end=60), Problem(Code.MISSING, "weekdays")),
            ("off", Weekly(weekdays=frozenset({1}), start=60, end=60), wrong("to_time", "before_from")),
        ],
    )
    def test_what_it_can_t_be(
        self, clinic: Clinic, doctor: Provider, desk: Actor, kind: str, when: Stretch | Weekly, problem: Problem
    ) -> None:
        """SET-6"""
        with pytest.raises(Invalid) as refused:
            add_time_off(doctor.pk, clinic.pk, kind, when, actor=desk, now=NOW)
        assert refused.value.problems == (problem,)

    def test_a_note_is_text(self, clinic: Clinic, doctor: Provider, desk: Actor) -> None:
        with pytest.raises(Invalid) as refused:
            add_time_off(doctor.pk, clinic.pk, "off", on(MONDAY, 9, 10), note="x" * 201, actor=desk, now=NOW)
        assert refused.value.problems == (wrong("note", "too_long", limit=200),)


class TestExtraHours:
    def test_beyond_the_clinic_s_hours(self, clinic: Clinic, service: Service, doctor: Provider, desk: Actor) -> None:
        """SET-5: extra hours on a date, whatever the week says."""
        make_asset(clinic)
        weekdays = Weekly(weekdays=frozenset({1, 2, 3, 4, 5}), start=9 * 60, end=17 * 60)
        set_opening_hours(clinic.pk, [weekdays], actor=desk, now=NOW)
        saturday = date(2026, 3, 7)
        rule = add_extra_hours(doctor.pk, clinic.pk, on(saturday, 18, 20), actor=desk, now=NOW)
        assert free(clinic, service, saturday) == [18, 19]
        remove(rule.pk, [RuleKind.EXTRA], actor=desk, now=NOW)
        assert free(clinic, service, saturday) == []

    def test_a_clinic_the_provider_isn_t_in(self, doctor: Provider) -> None:
        with pytest.raises(NotFound):
            add_extra_hours(
                doctor.pk, make_clinic().pk, on(MONDAY, 18, 20), actor=make_actor(Role.SUPER_ADMIN), now=NOW
            )


class TestClosures:
    def test_closed_and_opened_after_all(self, clinic: Clinic, service: Service, doctor: Provider, desk: Actor) -> None:
        """SET-1: holidays and closures."""
        make_asset(clinic)
        rule = add_closure(clinic.pk, "holiday", once(MONDAY, 10, TUESDAY, 11), actor=desk, now=NOW)
        assert (free(clinic, service), free(clinic, service, TUESDAY)) == ([9], [11])
        [entry] = history(clinic.pk)
        assert (entry.fact, entry.ids) == ("rule_added", {"rule": str(rule.pk), "kind": "holiday"})
        remove(rule.pk, CLOSURES, actor=desk, now=NOW)
        assert free(clinic, service) == [9, 10, 11]

    def test_who_may_not(self, clinic: Clinic, desk: Actor) -> None:
        rule = add_closure(clinic.pk, "closure", on(MONDAY, 9, 10), actor=desk, now=NOW)
        for role, place, error in (
            (Role.DOCTOR, clinic, Forbidden),
            (Role.READ_ONLY, clinic, Forbidden),
            (Role.FRONT_DESK, make_clinic(), NotFound),
        ):
            actor = make_actor(role, place)
            with pytest.raises(error):
                add_closure(clinic.pk, "closure", on(MONDAY, 9, 10), actor=actor, now=NOW)
            with pytest.raises(error):
                remove(rule.pk, CLOSURES, actor=actor, now=NOW)
        with pytest.raises(NotFound):
            remove(rule.pk, TIME_OFF, actor=desk, now=NOW)
        with pytest.raises(Invalid) as refused:
            add_closure(clinic.pk, "maintenance", on(MONDAY, 9, 10), actor=desk, now=NOW)
        assert refused.value.problems == (wrong("kind", "unknown"),)


class TestMaintenance:
    def test_out_of_use_and_back(self, clinic: Clinic, service: Service, doctor: Provider, desk: Actor) -> None:
        """SET-4: maintenance periods."""
        chair = make_asset(clinic)
        rule = add_maintenance(chair.pk, on(MONDAY, 9, 11), actor=desk, now=NOW)
        assert free(clinic, service) == [11]
        [entry] = history(chair.pk)
        assert (entry.fact, entry.clinic) == ("rule_added", clinic.pk)
        remove(rule.pk, MAINTENANCE, actor=desk, now=NOW)
        assert free(clinic, service) == [9, 10, 11]

    def test_who_may_not(self, clinic: Clinic) -> None:
        chair = make_asset(clinic)
        with pytest.raises(Forbidden):
            add_maintenance(chair.pk, on(MONDAY, 9, 11), actor=make_actor(Role.DOCTOR, clinic), now=NOW)
        with pytest.raises(NotFound):
            add_maintenance(chair.pk, on(MONDAY, 9, 11), actor=make_actor(Role.FRONT_DESK, make_clinic()), now=NOW)
