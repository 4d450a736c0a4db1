"""SET-7: the demo organisation, as somebody finds it who has just started it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from pytest_django import DjangoDbBlocker

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment, Session, Visit
from orderly.calendars.models import Reservation, Rule, RuleKind
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.walltime import day_start
from orderly.parties.models import Party
from orderly.people.models import Membership, User
from orderly.people.permissions import Role
from orderly.resources.models import Provider
from orderly.seed import demo
from orderly.seed.plans import ROLES
from orderly.series.models import Series
from tests.appointments.audit import faults

NOW = datetime(2026, 3, 3, 10, 20, tzinfo=UTC)  # a Tuesday, in the middle of the day in all three
TODAY = date(2026, 3, 3)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Once for all: what a test changes is rolled back to here, and all of it in the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert demo.load_when_empty(now=NOW)
        yield
        transaction.set_rollback(True)


def test_it_is_three_clinics_in_three_languages_and_zones(loaded: None) -> None:
    rows = Clinic.objects.order_by("currency")
    assert [(clinic.timezone, clinic.currency, clinic.languages) for clinic in rows] == [
        ("Asia/Dubai", "AED", ["ar", "en"]),
        ("Europe/London", "GBP", ["en"]),
        ("Asia/Tashkent", "UZS", ["ru", "en"]),
    ]
    assert [(c.providers.count(), c.patients.count(), c.services.count()) for c in rows] == [(7, 153, 8)] * 3
    kinds = Rule.objects.values_list("kind", flat=True).distinct()
    assert {RuleKind.HOURS, RuleKind.LUNCH, RuleKind.MEETING, RuleKind.VACATION, RuleKind.CLOSURE} == set(kinds)


def test_one_login_for_each_role_in_each_clinic(loaded: None) -> None:
    held = Counter(Membership.objects.values_list("role", "clinic__currency"))
    expected = {(role, currency): 1 for role in ROLES for currency in ("GBP", "UZS", "AED")}
    assert held == {**expected, (Role.SUPER_ADMIN, None): 1}
    assert sorted(login.email for login in demo.logins()) == sorted(User.objects.values_list("email", flat=True))
    assert ("front_desk", "anna@london.example") in [(login.role, login.email) for login in demo.logins()]
    assert str(authenticate(None, email="anna@london.example", password=demo.PASSWORD)) == "Anna Bennett"


def test_the_doctor_who_signs_in_has_a_calendar(loaded: None) -> None:
    assert Provider.objects.get(user__email="james@london.example").name == "James Carter"


def test_today_is_well_filled_and_stands_as_the_clock_says(loaded: None) -> None:
    now = minute(NOW)
    for clinic in Clinic.objects.all():
        begins = day_start(clinic.timezone, TODAY)
        today = Appointment.objects.filter(clinic=clinic, start__gte=begins, start__lt=begins + 1440)
        for row in today.exclude(status=Status.CANCELLED):
            allowed = {Status.COMPLETED, Status.NO_SHOW} if row.end <= now else {Status.CONFIRMED, Status.ARRIVED}
            assert row.status in ({Status.IN_PROGRESS} if row.start <= now < row.end else allowed)
        providers = clinic.providers.values("resource")
        busy = Reservation.objects.filter(resource__in=providers, start__gte=begins, start__lt=begins + 1440)
        minutes = sum(row.end - row.start for row in busy)
        assert 0.55 < minutes / (5 * 7 * 60) < 0.85


def test_somebody_works_on_whatever_day_it_is_tried(loaded: None) -> None:
    for clinic in Clinic.objects.all():
        hours = Rule.objects.filter(kind=RuleKind.HOURS, resource__provider__clinics=clinic)
        masks = list(hours.values_list("weekdays", flat=True))
        assert all(sum(mask >> day & 1 for mask in masks) >= 2 for day in range(7))


def test_it_reaches_from_the_past_into_the_weeks_ahead(loaded: None) -> None:
    days = set(Visit.objects.values_list("day", flat=True))
    assert (TODAY - timedelta(days=1) in days, max(days) >= TODAY + timedelta(days=13)) == (True, True)
    assert faults() == {}


def test_a_doctor_runs_several_chairs_at_a_time(loaded: None) -> None:
    """SET-3: busy for part of a visit only."""
    rows = Appointment.objects.exclude(status=Status.CANCELLED).order_by("provider", "start")
    beside = [
        (one, other) for one, other in pairwise(rows) if one.provider_id == other.provider_id and other.start < one.end
    ]
    assert len(beside) > 10


def test_a_group_meets_today_and_a_team_operates_soon(loaded: None) -> None:
    """AVL-7: in each clinic; the group has its room and its teacher once, the team two who assist for all of it."""
    for clinic in Clinic.objects.all():
        begins = day_start(clinic.timezone, TODAY)
        sessions = Session.objects.filter(clinic=clinic).order_by("start")
        assert [(one.resource.capacity, one.appointments.count()) for one in sessions] == [(8, 5), (8, 8), (8, 3)]
        assert begins < sessions[0].start < begins + 1440
        operations = Appointment.objects.filter(clinic=clinic, service__phases__needs__count=2).distinct()
        assert [(one.end - one.start, len(one.uses)) for one in operations] == [(60, 5)] * 3


def test_a_family_comes_together_and_somebody_every_week(loaded: None) -> None:
    assert [(one.kind, one.members.count()) for one in Party.objects.all()] == [("family", 3)] * 3
    assert [one.occurrences.filter(appointment__isnull=False).count() for one in Series.objects.all()] == [6] * 3


def test_it_is_loaded_once(loaded: None) -> None:
    count = Appointment.objects.count()
    assert not demo.load_when_empty(now=NOW)
    assert Appointment.objects.count() == count
