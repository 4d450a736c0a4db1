"""PAT-6: patients by what is known of them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderly.appointments.actions.book import book
from orderly.appointments.actions.cancel import cancel
from orderly.clinics.models import Clinic
from orderly.dossier.inputs import PatientFilter, Standing
from orderly.dossier.queries.find import born_by, patients
from orderly.journal.actor import Actor
from orderly.patients.models import Patient, Registration
from orderly.people.permissions import Role
from orderly.resources.models import Resource
from tests.factories import MONDAY, NOW, at, booking, make_actor, make_patient, make_provider, make_service

pytestmark = pytest.mark.django_db


def found(actor: Actor, clinic: Clinic | None = None, **asked: Any) -> list[str]:
    rows = patients(PatientFilter(**asked), clinic=clinic, actor=actor, now=NOW)
    return [one.first_name for one in rows]


def make(clinic: Clinic, name: str, **fields: Any) -> Patient:
    return make_patient(clinic, first_name=name, last_name="Lee", **fields)


def stand_down(patient: Patient) -> None:
    Resource.objects.filter(pk=patient.resource_id).update(active=False)


def test_the_newest_first_and_only_active_ones(clinic: Clinic, desk: Actor) -> None:
    make(clinic, "Old", created_at=NOW - timedelta(days=2))
    make(clinic, "New")
    make(clinic, "Middle", created_at=NOW - timedelta(days=1))
    stand_down(make(clinic, "Gone", created_at=NOW - timedelta(days=3)))
    assert found(desk, clinic) == ["New", "Middle", "Old"]
    assert found(desk, clinic, standing=Standing.INACTIVE) == ["Gone"]
    assert found(desk, clinic, standing=Standing.ALL) == ["New", "Middle", "Old", "Gone"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"age_from": 18}, {"Eighteen", "Forty"}),
        ({"age_to": 17}, {"Almost"}),
        ({"age_from": 18, "age_to": 18}, {"Eighteen"}),
        ({"age_from": 19, "age_to": 39}, set()),
        ({"age_from": 0}, {"Almost", "Eighteen", "Forty"}),
        ({"gender": ("female",)}, {"Forty"}),
        ({"gender": ("female", "male")}, {"Almost", "Forty"}),
        ({"region": "Toshkent"}, {"Almost", "Forty"}),
        ({"region": "Toshkent", "district": "Chilonzor"}, {"Forty"}),
        ({"words": "forty"}, {"Forty"}),
        ({"words": "lee", "gender": ("male",)}, {"Almost"}),
    ],
)
def test_what_the_record_says(clinic: Clinic, desk: Actor, asked: dict[str, Any], expected: set[str]) -> None:
    """On 2 March 2026."""
    make(clinic, "Almost", birth_date=date(2008, 3, 3), gender="male", region="Toshkent")
    make(clinic, "Eighteen", birth_date=date(2008, 3, 2), region="Samarqand")
    make(clinic, "Forty", birth_date=date(1985, 6, 1), gender="female", region="Toshkent", district="Chilonzor")
    assert set(found(desk, clinic, **asked)) == expected


@pytest.mark.parametrize(
    ("today", "age", "born"),
    [
        (date(2026, 3, 2), 18, date(2008, 3, 2)),
        (date(2024, 2, 29), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 4, date(2020, 2, 29)),
        (date(2025, 2, 28), 1, date(2024, 2, 28)),
    ],
)
def test_ages_are_those_that_are_shown(today: date, age: int, born: date) -> None:
    assert born_by(age, today) == born
    ages = [Patient(birth_date=day).age(today) for day in (born, born + timedelta(days=1))]
    assert ages == [age, age - 1]


def test_days_are_the_clinics(clinic: Clinic, desk: Actor) -> None:
    """In Tashkent it is the 2nd from 19:00 UTC of the 1st; the last day isn't included."""
    make(clinic, "Before", created_at=NOW.replace(day=1, hour=18))
    make(clinic, "On", created_at=NOW.replace(day=1, hour=19))
    second, third = date(2026, 3, 2), date(2026, 3, 3)
    assert found(desk, clinic, registered_from=second, registered_to=third) == ["On"]
    assert found(desk, clinic, registered_to=second) == ["Before"]


def test_last_visits_are_those_there(clinic: Clinic, london: Clinic, desk: Actor) -> None:
    both = make(clinic, "Both")
    make(clinic, "Never")
    both.registrations.update(last_visit_on=date(2026, 1, 10))
    Registration.objects.create(patient=both, clinic=london, last_visit_on=date(2026, 2, 10))
    january = {"visited_from": date(2026, 1, 1), "visited_to": date(2026, 2, 1)}
    londoner, boss = make_actor(Role.FRONT_DESK, london), make_actor(Role.SUPER_ADMIN)
    assert [found(desk, clinic, **january), found(desk, **january), found(boss, **january)] == [["Both"]] * 3
    assert [found(londoner, london, **january), found(londoner, **january)] == [[], []]
    assert found(boss, visited_from=date(2026, 2, 10)) == ["Both"]


def test_booked_is_booked_there_and_still_to_come(clinic: Clinic, london: Clinic, desk: Actor) -> None:
    """PAT-12: what is booked elsewhere is nobody's business here."""
    booked, over, called_off = make(clinic, "Booked"), make(clinic, "Over"), make(clinic, "Off")
    for place, who, clock in ((clinic, booked, "12:00"), (clinic, over, "10:00"), (london, called_off, "12:00")):
        service = make_service(place)
        provider = make_provider(place, service=service)
        Registration.objects.get_or_create(patient=who, clinic=place)
        asked = booking(place, service, provider, who, at(place, MONDAY, clock))
        book(asked, actor=make_actor(Role.FRONT_DESK, place), now=NOW - timedelta(days=1))
    assert (found(desk, clinic, booked=True), set(found(desk, clinic, booked=False))) == (["Booked"], {"Over", "Off"})
    assert set(found(make_actor(Role.SUPER_ADMIN), booked=True)) == {"Off", "Booked"}
    [appointment] = booked.appointments.all()
    cancel(appointment.pk, "ill", actor=desk, now=NOW)
    assert found(desk, clinic, booked=True) == []


def test_only_those_ones_clinics_know(clinic: Clinic, london: Clinic, desk: Actor) -> None:
    """ACC-4"""
    make(clinic, "Here")
    make(london, "There")
    assert (found(desk), found(make_actor(role=None))) == (["Here"], [])


@pytest.mark.parametrize("many", [1, 3, 30])
def test_one_query_however_many(clinic: Clinic, desk: Actor, many: int) -> None:
    """OPS-5"""
    for number in range(many):
        make(clinic, f"Nr{number}")
    everything = {"words": "lee", "booked": False, "visited_to": None, "age_from": 1, "gender": ("unstated",)}
    with CaptureQueriesContext(connection) as sent:
        assert len(found(desk, clinic, **everything)) == many
    assert len(sent) == 1
