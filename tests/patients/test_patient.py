"""PAT-1: full name and age."""

from datetime import date

import pytest

from orderly.patients.models import Patient


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        (date(1990, 5, 17), date(2026, 5, 16), 35),
        (date(1990, 5, 17), date(2026, 5, 17), 36),
        (date(2026, 3, 2), date(2026, 3, 2), 0),
        (date(2004, 2, 29), date(2005, 2, 28), 0),
        (date(2004, 2, 29), date(2005, 3, 1), 1),
        (date(2004, 2, 29), date(2008, 2, 28), 3),
        (date(2004, 2, 29), date(2008, 2, 29), 4),
        (date(2005, 3, 1), date(2008, 2, 29), 2),
        (date(1999, 12, 31), date(2000, 1, 1), 0),
    ],
)
def test_age_in_full_years(born: date, today: date, age: int) -> None:
    assert Patient(birth_date=born).age(today) == age


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("Anna", "Maria", "Smith"), "Anna Maria Smith"),
        (("Anna", "", "Smith"), "Anna Smith"),
        (("محمد", "", "الفارسي"), "محمد الفارسي"),
    ],
)
def test_full_name(parts: tuple[str, str, str], name: str) -> None:
    first, middle, last = parts
    patient = Patient(first_name=first, middle_name=middle, last_name=last)
    assert (patient.full_name, str(patient)) == (name, name)
