"""How full days are, as a month shows it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.queries.columns import Shown
from orderly.appointments.queries.density import Day, density
from orderly.calendars.models import Rule, RuleKind
from orderly.core.errors import NotFound
from tests.appointments.test_feed import NOW, Practice
from tests.factories import MONDAY, TUESDAY, make_patient, make_provider

pytestmark = pytest.mark.django_db
ALL = Shown()
SEVEN_HOURS = 7 * 60  # nine to five without lunch


@pytest.fixture
def practice() -> Practice:
    return Practice()


def days(practice: Practice, first: date = MONDAY, many: int = 2, shown: Shown = ALL) -> list[Day]:
    return density(practice.clinic.pk, first, first + timedelta(days=many), shown, now=NOW)


def test_what_is_booked_and_what_is_taken(practice: Practice) -> None:
    """CAL-1: a hold takes time too; who cancelled takes none."""
    practice.book("10:00")
    gone = practice.book("12:00")
    cancel(gone.pk, "other", actor=practice.actor, now=NOW)
    practice.hold("15:00", practice.actor)
    assert days(practice) == [
        Day("2026-03-02", 1, SEVEN_HOURS, 60),
        Day("2026-03-03", 0, SEVEN_HOURS, 0),
    ]


def test_a_day_on_which_nobody_works(practice: Practice) -> None:
    """SET-1"""
    closed = {"kind": RuleKind.HOLIDAY, "first": TUESDAY, "last": TUESDAY, "start": 0, "end": 1440}
    Rule.objects.create(clinic=practice.clinic, **closed)
    assert [one.open for one in days(practice, TUESDAY)] == [0, SEVEN_HOURS]


def test_days_are_the_clinics_own(practice: Practice) -> None:
    """CAL-1: midnight in Tashkent is 19:00 UTC."""
    Rule.objects.filter(kind=RuleKind.HOURS).update(start=0, end=1440)
    practice.book("00:00", TUESDAY)
    assert [one.appointments for one in days(practice)] == [0, 1]


def test_of_some_providers_services_and_states(practice: Practice) -> None:
    """CAL-1"""
    other = make_provider(practice.clinic, service=practice.service, hours=None)
    practice.book("10:00")
    assert days(practice, many=1, shown=Shown(providers=frozenset({other.pk}))) == [Day("2026-03-02", 0, 0, 0)]
    own = frozenset({practice.provider.pk})
    assert days(practice, many=1, shown=Shown(providers=own)) == [Day("2026-03-02", 1, SEVEN_HOURS, 30)]
    unknown = Shown(services=frozenset({uuid4()}))
    assert days(practice, many=1, shown=unknown) == [Day("2026-03-02", 0, SEVEN_HOURS, 30)]
    arrived = Shown(statuses=frozenset({"arrived"}))
    assert [one.appointments for one in days(practice, many=1, shown=arrived)] == [0]


@pytest.mark.parametrize("many", [1, 3])
def test_always_four_queries(practice: Practice, many: int, django_assert_num_queries) -> None:
    """OPS-5: however many providers, days and appointments."""
    for number in range(many):
        make_provider(practice.clinic, service=practice.service)
        practice.patient = make_patient(practice.clinic)
        practice.book(f"1{number}:00")
    with django_assert_num_queries(4):
        days(practice, many=42)


def test_an_unknown_clinic() -> None:
    with pytest.raises(NotFound):
        density(uuid4(), MONDAY, TUESDAY, ALL, now=NOW)
