"""`orderly seed`: an empty database filled to any size, and what a client needs to know to use it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from orderly.calendars.models import Rule, RuleKind
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.patients.models import Patient
from orderly.people.models import User
from orderly.people.permissions import Role
from orderly.seed.history import History, plan_load
from orderly.seed.load import loading, moment, settle
from orderly.seed.organisation import PASSWORD, Ids, Login, Made, make_clinic, make_login, make_logins
from orderly.seed.packages import make_packages
from orderly.seed.people import Person, make_patients, register
from orderly.seed.plans import PLACES, ROLES

MOST_LISTED = 300


class NotEmpty(Exception):
    """There is something in the database already."""


class NoRoom(Exception):
    """The clinics are too small for that many appointments."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many: `providers` and `patients` in each clinic, `history` appointments in total."""

    clinics: int = 1
    providers: int = 5
    patients: int = 100
    history: int = 1000


def seed(size: Size, *, seed: int, today: date) -> dict[str, Any]:
    """Fill an empty, migrated database; the same size, seed and day give the same ids.

    Errors: NotEmpty; NoRoom, after what fitted has been written.
    """
    if is_filled():
        raise NotEmpty
    ids = Ids(Random(f"{seed}/organisation"), today)
    midnight = datetime(today.year, today.month, today.day, tzinfo=UTC)
    with loading():
        clinics = [_clinic(number, size, ids, midnight) for number in range(size.clinics)]
        boss = make_login(Role.SUPER_ADMIN, "super_admin@example.org", "Organisation", None, ids, midnight)
    placed = 0
    if size.history:
        load = plan_load(size.history, _days_a_week(), today)
        placed = History(clinics, str(seed), midnight).write(load)
    finish(clinics)
    if placed < size.history:
        raise NoRoom(placed)
    return summary(clinics, boss)


def _days_a_week() -> int:
    """On how many days all providers work, added up."""
    hours = Rule.objects.filter(kind=RuleKind.HOURS, resource__isnull=False, weekdays__isnull=False)
    return sum(weekdays.bit_count() for weekdays in hours.values_list("weekdays", flat=True) if weekdays)


def is_filled() -> bool:
    """Whether anybody or anything has been set up."""
    return any(model.objects.exists() for model in (Clinic, User, Patient))


def _clinic(number: int, size: Size, ids: Ids, midnight: datetime) -> tuple[Made, list[Person]]:
    place = PLACES[number % len(PLACES)]
    made = make_clinic(place, ids, providers=size.providers, number=number // len(PLACES))
    people = make_patients(made, ids, size.patients, offset=number * size.patients, created=moment(minute(midnight)))
    emails: dict[str, tuple[str, str]] = {
        role: (f"{role}.{number + 1}@example.org", f"{role.label} {number + 1}") for role in ROLES
    }
    make_logins(made, ids, midnight, emails)
    make_packages(made, people, ids, sold_at=midnight, number=number)
    return made, people


def finish(clinics: list[tuple[Made, list[Person]]]) -> None:
    """Registrations come last, as they know the last visit."""
    with loading():
        for made, people in clinics:
            register(made.clinic, people)
    settle()


def summary(clinics: list[tuple[Made, list[Person]]], boss: Login) -> dict[str, Any]:
    """What was made, by id."""
    logins = [boss, *(login for made, _ in clinics for login in made.logins)]
    return {
        "clinics": [_listed(made, people) for made, people in clinics],
        "users": [
            {
                "email": login.email,
                "password": PASSWORD,
                "role": str(login.role),
                "clinic": login.clinic and str(login.clinic),
                "token": login.token,
            }
            for login in logins
        ],
    }


def _listed(made: Made, people: list[Person]) -> dict[str, Any]:
    return {
        "id": str(made.clinic.pk),
        "name": made.clinic.name,
        "timezone": made.clinic.timezone,
        "currency": made.clinic.currency,
        "providers": [str(provider.pk) for provider in made.providers],
        "services": [str(service.pk) for _, service in made.services],
        "resources": [str(asset.pk) for _, asset in made.assets],
        "patients": [str(person.id) for person in people[:MOST_LISTED]],
        "packages": [str(package.pk) for package in made.packages],
        "purchases": [str(purchase.pk) for purchase in made.purchases],
    }
