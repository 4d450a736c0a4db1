"""Weekly hours: what they may say, and when that means open."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderly.appointments.inputs import Search
from orderly.appointments.queries.slots import slots
from orderly.calendars.actions.rules import set_hours, set_opening_hours
from orderly.calendars.inputs import Weekly
from orderly.calendars.models import Rule, RuleKind
from orderly.calendars.rules import clash, hours_problems, phased
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.edits import wrong
from orderly.core.errors import Forbidden, Invalid, NotFound, Stale
from orderly.engine.problems import Code, Problem
from orderly.engine.walltime import weekday
from orderly.journal.queries import history
from orderly.people.permissions import Role
from orderly.people.queries import actor_for
from orderly.resources.models import Provider
from tests.factories import MONDAY, NOW, make_actor, make_clinic, make_provider, make_service, make_user

WORKDAYS = frozenset({1, 2, 3, 4, 5})
MON, TUE = frozenset({1}), frozenset({2})


def hours(days: frozenset[int] = WORKDAYS, start: int = 9, end: int = 17, **more: object) -> Weekly:
    return Weekly(weekdays=days, start=start * 60, end=end * 60, **more)


def open_days(provider: Provider, service: Service, clinic: Clinic, days: int = 29) -> list[date]:
    """The days from Monday 2 March 2026 on with at least one free time."""
    search = Search(clinic=clinic.pk, service=service.pk, first=MONDAY, last=MONDAY + timedelta(days=days))
    found = slots(search, now=NOW)
    return sorted({date.fromordinal(start // 1440 + date(1970, 1, 1).toordinal()) for start, _, _ in found.slots})


def march(*days: int) -> list[date]:
    return [date(2026, 3, day) for day in days]


@pytest.mark.django_db
class TestSetting:
    def test_what_is_set_takes_the_place_of_what_was(self) -> None:
        """SET-5"""
        clinic = make_clinic()
        provider, desk = make_provider(clinic), make_actor(Role.FRONT_DESK, clinic)

        set_hours(provider.pk, clinic.pk, [hours(MON), hours(TUE, 12, 24)], actor=desk, now=NOW, version=1)

        rows = Rule.objects.filter(resource=provider.resource_id).order_by("start")
        assert [(row.kind, row.clinic_id, row.weekdays, row.start, row.end) for row in rows] == [
            (RuleKind.HOURS, clinic.pk, 0b10, 540, 1020),
            (RuleKind.HOURS, clinic.pk, 0b100, 720, 1440),
        ]
        assert Provider.objects.get(pk=provider.pk).version == 2
        [entry] = history(provider.pk)
        old = [[None, None, 0b111110, 540, 1020, 1, 0]]
        new = [[None, None, 0b10, 540, 1020, 1, 0], [None, None, 0b100, 720, 1440, 1, 0]]
        assert (entry.fact, entry.clinic, entry.changes) == ("hours_changed", clinic.pk, {"hours": [old, new]})

    def test_the_same_hours_again_change_nothing(self) -> None:
        clinic = make_clinic()
        provider = make_provider(clinic)
        set_hours(provider.pk, clinic.pk, [hours()], actor=make_actor(Role.FRONT_DESK, clinic), now=NOW)
        assert (Provider.objects.get(pk=provider.pk).version, list(history(provider.pk))) == (1, [])

    def test_other_clinics_and_exceptions_stay(self) -> None:
        """SET-5: hours are per provider and clinic."""
        clinic, other = make_clinic(), make_clinic()
        provider = make_provider(clinic)
        provider.clinics.add(other)
        elsewhere = Rule.objects.create(
            clinic=other, resource=provider.resource, kind="hours", weekdays=2, start=0, end=60
        )
        lunch = Rule.objects.create(
            clinic=clinic, resource=provider.resource, kind="lunch", weekdays=2, start=720, end=780
        )
        set_hours(provider.pk, clinic.pk, [], actor=make_actor(Role.FRONT_DESK, clinic), now=NOW)
        assert set(Rule.objects.all()) == {elsewhere, lunch}

    def test_alternating_weeks(self) -> None:
        """SET-5: early weeks and late weeks; without a phase, the week of the first day counts."""
        clinic = make_clinic()
        service = make_service(clinic)
        provider, desk = make_provider(clinic, service=service, hours=None), make_actor(Role.FRONT_DESK, clinic)

        set_hours(provider.pk, clinic.pk, [hours(MON, every=2)], actor=desk, now=NOW)
        assert open_days(provider, service, clinic) == march(2, 16, 30)

        set_hours(provider.pk, clinic.pk, [hours(MON, every=2, first=date(2026, 3, 9))], actor=desk, now=NOW)
        assert open_days(provider, service, clinic) == march(9, 23)

        phase = Rule.objects.get().phase
        both = [hours(MON, every=2, phase=phase), hours(TUE, every=2, phase=1 - phase)]
        set_hours(provider.pk, clinic.pk, both, actor=desk, now=NOW)
        assert open_days(provider, service, clinic) == march(3, 9, 17, 23)

    def test_validity(self) -> None:
        """SET-5: validity dates, both included."""
        clinic = make_clinic()
        service = make_service(clinic)
        provider, desk = make_provider(clinic, service=service, hours=None), make_actor(Role.FRONT_DESK, clinic)
        spring = hours(MON, last=date(2026, 3, 9))
        summer = hours(TUE, first=date(2026, 3, 10), last=date(2026, 3, 17))
        set_hours(provider.pk, clinic.pk, [spring, summer], actor=desk, now=NOW)
        assert open_days(provider, service, clinic) == march(2, 9, 10, 17)

    def test_hours_are_wall_time_through_the_change_of_clocks(self) -> None:
        """SET-5: nine o'clock stays nine o'clock; Berlin's clocks change on 29 March 2026."""
        clinic = make_clinic(timezone="Europe/Berlin")
        service = make_service(clinic, 60)
        provider = make_provider(clinic, service=service, hours=None)
        desk = make_actor(Role.FRONT_DESK, clinic)
        set_hours(provider.pk, clinic.pk, [hours(MON, 9, 10)], actor=desk, now=NOW)
        search = Search(clinic=clinic.pk, service=service.pk, first=date(2026, 3, 23), last=date(2026, 4, 1))
        starts = [start for start, _, _ in slots(search, now=NOW).slots]
        assert [start % 1440 for start in starts] == [8 * 60, 7 * 60]

    def test_opening_hours_of_the_clinic(self) -> None:
        """SET-1: a provider works within them."""
        clinic = make_clinic()
        service = make_service(clinic)
        provider, desk = make_provider(clinic, service=service), make_actor(Role.FRONT_DESK, clinic)
        set_opening_hours(clinic.pk, [hours(MON)], actor=desk, now=NOW, version=1)
        assert open_days(provider, service, clinic, days=14) == march(2, 9)
        assert (Clinic.objects.get(pk=clinic.pk).version, [entry.fact for entry in history(clinic.pk)]) == (
            2,
            ["hours_changed"],
        )

    def test_a_doctor_sets_the_own_hours_only(self) -> None:
        """ACC-3: schedule:manage, of one's own."""
        clinic, other = make_clinic(), make_clinic()
        user = make_user(Role.DOCTOR, clinic)
        doctor = actor_for(user)
        own, colleague = make_provider(clinic, user=user), make_provider(clinic)
        own.clinics.add(other)

        set_hours(own.pk, clinic.pk, [hours(MON)], actor=doctor, now=NOW)
        with pytest.raises(Forbidden):
            set_hours(colleague.pk, clinic.pk, [hours(MON)], actor=doctor, now=NOW)
        with pytest.raises(Forbidden):
            set_opening_hours(clinic.pk, [hours(MON)], actor=doctor, now=NOW)
        with pytest.raises(NotFound):
            set_hours(own.pk, other.pk, [hours(MON)], actor=doctor, now=NOW)

    def test_who_may_not_and_who_is_late(self) -> None:
        clinic = make_clinic()
        provider, desk = make_provider(clinic), make_actor(Role.FRONT_DESK, clinic)
        with pytest.raises(Forbidden):
            set_hours(provider.pk, clinic.pk, [], actor=make_actor(Role.CLINICAL_STAFF, clinic), now=NOW)
        with pytest.raises(NotFound):
            set_hours(provider.pk, clinic.pk, [], actor=make_actor(Role.FRONT_DESK, make_clinic()), now=NOW)
        with pytest.raises(NotFound):
            set_opening_hours(clinic.pk, [], actor=make_actor(Role.FRONT_DESK, make_clinic()), now=NOW)
        with pytest.raises(Stale):
            set_hours(provider.pk, clinic.pk, [], actor=desk, now=NOW, version=2)
        with pytest.raises(Stale):
            set_opening_hours(clinic.pk, [], actor=desk, now=NOW, version=2)
        with pytest.raises(Invalid):
            set_hours(provider.pk, clinic.pk, [hours(frozenset())], actor=desk, now=NOW)
        assert Rule.objects.count() == 1


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (hours(frozenset()), Problem(Code.MISSING, "hours.0.weekdays")),
        (hours(frozenset({7})), wrong("hours.0.weekdays", "weekday")),
        (hours(start=17, end=9), wrong("hours.0.to_time", "before_from")),
        (hours(start=9, end=9), wrong("hours.0.to_time", "before_from")),
        (hours(start=22, end=26), wrong("hours.0.to_time", "before_from")),
        (hours(first=date(2026, 3, 2), last=date(2026, 3, 1)), wrong("hours.0.until", "before_from")),
        (hours(first=date(1969, 12, 31)), wrong("hours.0.from", "too_early")),
        (hours(last=date(9999, 12, 31)), wrong("hours.0.until", "too_late")),
        (hours(every=0), wrong("hours.0.every", "between", least=1, most=8)),
        (hours(every=9), wrong("hours.0.every", "between", least=1, most=8)),
        (hours(every=2, phase=2), wrong("hours.0.phase", "between", least=0, most=1)),
        (hours(phase=-1), wrong("hours.0.phase", "between", least=0, most=0)),
    ],
)
def test_what_hours_can_t_be(entry: Weekly, problem: Problem) -> None:
    """SET-5"""
    assert list(hours_problems([entry])) == [problem]


def test_hours_are_a_hundred_entries_at_most() -> None:
    assert list(hours_problems([hours()] * 101)) == [wrong("hours", "too_many")]


def test_two_entries_don_t_say_the_same_minute_twice() -> None:
    """SET-5"""
    morning, noon, lunch = hours(start=8, end=12), hours(start=12, end=16), hours(MON, 11, 13)
    assert list(hours_problems([morning, noon])) == []
    overlap = [wrong("hours.2", "overlap"), wrong("hours.2", "overlap")]
    assert list(hours_problems([morning, noon, lunch])) == overlap


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (hours(MON), hours(TUE), False),
        (hours(MON, 9, 12), hours(MON, 12, 17), False),
        (hours(MON, every=2, phase=0), hours(MON, every=2, phase=1), False),
        (hours(MON, every=2, phase=0), hours(MON, every=3, phase=1), True),
        (hours(MON, every=4, phase=1), hours(MON, every=2, phase=0), False),
        (hours(MON, last=date(2026, 3, 1)), hours(MON, first=date(2026, 3, 2)), False),
        (hours(MON, last=date(2026, 3, 2)), hours(MON, first=date(2026, 3, 2)), True),
        # The one day both are valid is a Sunday.
        (hours(MON, last=date(2026, 3, 1)), hours(MON, first=date(2026, 3, 1)), False),
    ],
)
def test_which_entries_clash(one: Weekly, other: Weekly, expected: bool) -> None:
    assert (clash(one, other), clash(other, one)) == (expected, expected)


BASE = date(2025, 12, 28)
DAYS = st.integers(0, 60).map(lambda days: BASE + timedelta(days=days))


@st.composite
def weeklies(draw: st.DrawFn) -> Weekly:
    start, every = draw(st.integers(0, 22)), draw(st.integers(1, 4))
    return hours(
        draw(st.frozensets(st.integers(0, 6), min_size=1)),
        start,
        draw(st.integers(start + 1, 23)),
        first=draw(st.none() | DAYS),
        last=draw(st.none() | DAYS),
        every=every,
        phase=draw(st.integers(0, every - 1)),
    )


def says(weekly: Weekly, day: date) -> bool:
    within = (weekly.first or day) <= day <= (weekly.last or day)
    in_week = (day - date(1970, 1, 4)).days // 7 % weekly.every == weekly.phase
    return within and in_week and weekday(day) in weekly.weekdays


@given(weeklies(), weeklies())
def test_they_clash_if_some_day_has_both(one: Weekly, other: Weekly) -> None:
    days = [BASE + timedelta(days=number) for number in range(-200, 200)]
    together = any(says(one, day) and says(other, day) for day in days)
    assert clash(one, other) == (together and one.start < other.end and other.start < one.end)


def test_a_phase_is_of_the_first_day_s_week_or_of_this_one() -> None:
    sunday = date(2026, 3, 1)
    week = (sunday - date(1970, 1, 4)).days // 7
    assert phased(hours(every=3), sunday).phase == week % 3
    assert phased(hours(every=3, first=date(2026, 3, 8)), sunday).phase == (week + 1) % 3
    assert phased(hours(every=3, phase=0), sunday).phase == 0
