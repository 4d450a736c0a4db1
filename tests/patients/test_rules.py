"""PAT-1, PAT-3: what makes a patient's details acceptable."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from orderly.clinics.models import Clinic
from orderly.engine.problems import Problem
from orderly.patients.rules import checked
from tests.factories import make_patient
from tests.patients.details import missing, problems, wrong

TODAY = date(2026, 3, 2)


def check(country: str = "UZ", gender: str = "female", **given: Any) -> dict[str, Any]:
    """The details of somebody who is of that `gender` by the record."""
    return checked(given, country=country, today=TODAY, gender=gender)


def said(**given: Any) -> dict[str, Any]:
    """As `check`, of somebody of whom the record says nothing yet."""
    return checked(given, country="UZ", today=TODAY)


def found(**given: Any) -> list[Problem]:
    return problems(lambda: check(**given))


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("UZ", "90 123-45-67", "+998901234567"),
        ("UZ", "+998 90 123 45 67", "+998901234567"),
        ("UZ", "(90) 123 45 67", "+998901234567"),
        ("UZ", "  998901234567 ", "+998901234567"),
        ("UZ", "٩٠ ١٢٣ ٤٥ ٦٧", "+998901234567"),
        ("UZ", "+44 7911 123456", "+447911123456"),
        ("GB", "07911 123456", "+447911123456"),
        ("GB", "+998 (90) 123-45-67", "+998901234567"),
        ("SA", "050 123 4567", "+966501234567"),
    ],
)
@pytest.mark.parametrize("field", ["mobile", "home_phone", "emergency_phone"])
def test_a_phone_is_read_in_the_clinics_country_unless_it_says_its_own(
    field: str, country: str, typed: str, kept: str
) -> None:
    """PAT-3"""
    assert check(country, **{field: typed}) == {field: kept}


@pytest.mark.parametrize("typed", ["12345", "call me", "+1", "+998 90 123 45 6", "90 123-45-67-89-01", "1" * 300])
def test_what_is_no_phone(typed: str) -> None:
    """PAT-3"""
    assert found(mobile=typed)[0] == wrong("mobile", "phone")


def test_a_phone_may_be_taken_away_but_not_the_mobile() -> None:
    assert check(home_phone="") == {"home_phone": ""}
    assert found(mobile="") == [missing("mobile")]


@pytest.mark.parametrize("born", [TODAY, date(1880, 1, 1)])
def test_a_birth_that_can_be(born: date) -> None:
    assert check(birth_date=born) == {"birth_date": born}


@pytest.mark.parametrize(
    ("born", "reason"), [(date(2026, 3, 3), "future"), (date(1879, 12, 31), "too_early"), (date.max, "future")]
)
def test_a_birth_that_cant(born: date, reason: str) -> None:
    """PAT-1"""
    assert found(birth_date=born) == [wrong("birth_date", reason)]


@pytest.mark.parametrize("gender", ["male", "female", "other", "unstated"])
def test_genders(gender: str) -> None:
    """PAT-1"""
    assert said(gender=gender)["gender"] == gender
    assert problems(lambda: said(gender=gender.upper())) == [wrong("gender", "unknown")]


@pytest.mark.parametrize("weeks", [1, 45])
@pytest.mark.parametrize("gender", ["female", "other", "unstated"])
def test_gestation_is_noted_with_its_day(weeks: int, gender: str) -> None:
    """PAT-1"""
    noted = {"gestation_weeks": weeks, "gestation_noted_on": TODAY}
    assert check(gender=gender, gestation_weeks=weeks) == noted
    earlier = {**noted, "gestation_noted_on": date(2026, 2, 20)}
    assert check(gender=gender, **earlier) == earlier


def test_gestation_that_cant_be() -> None:
    """PAT-1"""
    assert [found(gestation_weeks=weeks) for weeks in (0, 46, -1)] == [[wrong("gestation_weeks", "range")]] * 3
    tomorrow = {"gestation_weeks": 9, "gestation_noted_on": date(2026, 3, 3)}
    assert found(**tomorrow) == [wrong("gestation_noted_on", "future")]


def test_gestation_is_not_for_men() -> None:
    """PAT-1: as the record says already, or as it is to say."""
    assert found(gender="male", gestation_weeks=9) == [wrong("gestation_weeks", "male")]
    assert problems(lambda: said(gender="male", gestation_weeks=9)) == [wrong("gestation_weeks", "male")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"gestation_weeks": 0}, {"gestation_weeks": 46}, {"gestation_weeks": 9, "gender": "male"}]
)
def test_the_database_knows_it_too(fields: dict[str, Any], london: Clinic) -> None:
    with pytest.raises(IntegrityError, match="patient_gestation"), transaction.atomic():
        make_patient(london, **fields)


MISLEADING = ["\x00", "\u202e", "\u2066", "\n", "\t", "\x7f", "\x1b", "\ud800"]


@pytest.mark.parametrize("character", MISLEADING, ids=ascii)
@pytest.mark.parametrize("field", ["first_name", "address", "document_number", "emergency_name"])
def test_characters_that_mislead_or_break(field: str, character: str) -> None:
    assert found(**{field: f"No{character}dira"}) == [wrong(field, "characters")]


@pytest.mark.parametrize("name", ["Иван", "محمد", "O'Brien", "Anne-Marie", "Ng", "नीरा", "ש", "Ali\u200f", "José 3rd"])
def test_names_of_the_world(name: str) -> None:
    assert check(first_name=f" {name} ") == {"first_name": name}


@pytest.mark.parametrize("name", ["123", "-", "...", "😀"])
@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_a_name_has_a_letter(field: str, name: str) -> None:
    assert found(**{field: name}) == [wrong(field, "name")]


@pytest.mark.parametrize(("field", "longest"), [("first_name", 100), ("address", 500), ("tax_id", 50)])
def test_text_as_long_as_it_may_be(field: str, longest: int) -> None:
    assert check(**{field: "é" * longest}) == {field: "é" * longest}
    assert found(**{field: "é" * (longest + 1)}) == [wrong(field, "too_long")]


def test_everything_wrong_is_said_at_once() -> None:
    bad = {"mobile": "1", "home_phone": "2", "first_name": "\x00", "last_name": "x" * 101, "gestation_weeks": 99}
    assert found(**bad, birth_date=date(2027, 1, 1)) == [
        wrong("mobile", "phone"),
        wrong("home_phone", "phone"),
        wrong("first_name", "characters"),
        wrong("last_name", "too_long"),
        wrong("birth_date", "future"),
        wrong("gestation_weeks", "range"),
    ]
