"""Made-up patients."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from orderly.clinics.models import Clinic
from orderly.patients.keys import keys_of
from orderly.patients.models import Gender, Patient, Registration, SearchKey
from orderly.resources.models import Kind, Resource
from orderly.seed.load import Table
from orderly.seed.names import BY_LANGUAGE
from orderly.seed.organisation import Ids, Made
from orderly.seed.plans import Place

SAID = ("first_name", "last_name", "birth_date", "gender", "mobile", "email", "language")
SPREAD = 7919  # a prime: telephone numbers neither repeat nor run on


@dataclass(slots=True)
class Person:
    """A patient, as far as bookings need to know them."""

    id: UUID
    resource: int
    last_visit_on: str | None = None


def make_patients(made: Made, ids: Ids, how_many: int, *, offset: int, created: str) -> list[Person]:
    """`how_many` patients for the clinic; `offset`: how many others were made before."""
    people = [Person(ids(), ids.resource()) for _ in range(how_many)]
    resources = Table(Resource, "id", "kind", "capacity", "active")
    resources.write([(person.resource, Kind.PATIENT.value, 1, "1") for person in people])
    patients = Table(Patient, "id", "resource_id", *SAID, "created_at", "updated_at")
    said = [_details(made.place, ids.dice, offset + index) for index in range(how_many)]
    patients.write(
        [(one.id.hex, one.resource, *told, created, created) for one, told in zip(people, said, strict=True)]
    )
    keys = Table(SearchKey, "resource_id", "key")
    keys.write([row for one, told in zip(people, said, strict=True) for row in _keys(one, told)])
    return people


def _keys(person: Person, said: tuple[str, ...]) -> list[tuple[int, str]]:
    """What they are found by."""
    values: dict[str, Any] = dict(zip(SAID, said, strict=True))
    values["birth_date"] = date.fromisoformat(values["birth_date"])
    return [(person.resource, key) for key in sorted(keys_of(values))]


def _details(place: Place, dice: Random, number: int) -> tuple[str, ...]:
    gender = dice.choice((Gender.FEMALE.value, Gender.MALE.value))
    first, last = BY_LANGUAGE[place.language].pick(dice, gender)
    born = date(2018, 12, 28) - timedelta(days=dice.randrange(80 * 365))
    mobile = f"{place.mobile}{number * SPREAD % 10**place.digits:0{place.digits}}"
    email = f"patient{number}@example.org" if dice.random() < 0.6 else ""
    return first, last, born.isoformat(), gender, mobile, email, place.language


def register(clinic: Clinic, people: Iterable[Person]) -> None:
    """Make them known to the clinic, with the day they were last seen there."""
    table = Table(Registration, "patient_id", "clinic_id", "last_visit_on")
    table.write([(person.id.hex, clinic.pk.hex, person.last_visit_on) for person in people])
