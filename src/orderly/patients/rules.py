"""What makes a patient's details acceptable."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from orderly.core.edits import refuse, wrong
from orderly.core.phone import e164
from orderly.core.text import is_clean, trimmed
from orderly.engine.problems import Code, Problem
from orderly.patients.models import Gender, Patient

REQUIRED = ("first_name", "last_name", "birth_date", "gender", "mobile")
PHONES = ("mobile", "home_phone", "emergency_phone")
EARLIEST_BIRTH = date(1880, 1, 1)


def checked(
    given: Mapping[str, Any],
    *,
    country: str,
    today: date,
    gender: str = "",
    whole: bool = False,
    required: Collection[str] = (),
) -> dict[str, Any]:
    """The details with phones in E.164 and names trimmed. Raises Invalid with every wrong field, and every
    missing one where they are to be a `whole` record.

    `country` is where a number without + is read; `gender` is what the record says already; `required` are
    fields that the clinic asks for beside those that every record has.
    """
    values = {name: trimmed(value) if isinstance(value, str) else value for name, value in given.items()}
    found = [*_absent(values, required)] if whole else []
    found += _phones(values, country)
    found += _texts(values, {*REQUIRED, *required})
    found += _dates(values, today)
    found += _gestation(values, values.get("gender", gender))
    if values.get("gender") and values["gender"] not in Gender.values:
        found.append(wrong("gender", "unknown"))
    refuse(found)
    if values.get("gender") == Gender.MALE:  # noted for somebody taken for a woman until now
        values |= {"gestation_weeks": None, "gestation_noted_on": None}
    elif "gestation_weeks" in values:
        values.setdefault("gestation_noted_on", today)
    return values


def _absent(values: Mapping[str, Any], required: Collection[str]) -> list[Problem]:
    return [Problem(Code.MISSING, name) for name in (*REQUIRED, *required) if name not in values]


def _phones(values: dict[str, Any], country: str) -> Iterator[Problem]:
    for name in PHONES:
        if values.get(name):
            try:
                values[name] = e164(values[name], country)
            except ValueError:
                yield wrong(name, "phone")


def _texts(values: Mapping[str, Any], required: Collection[str]) -> Iterator[Problem]:
    for name, value in values.items():
        if not isinstance(value, str):
            continue
        longest = getattr(Patient._meta.get_field(name), "max_length", None)
        if not is_clean(value):
            yield wrong(name, "characters")
        elif longest and len(value) > longest:
            yield wrong(name, "too_long")
        elif not value and name in required:
            yield Problem(Code.MISSING, name)
        elif name in ("first_name", "last_name") and not any(character.isalpha() for character in value):
            yield wrong(name, "name")


def _dates(values: Mapping[str, Any], today: date) -> Iterator[Problem]:
    for name in ("birth_date", "gestation_noted_on"):
        if name in values and values[name] > today:
            yield wrong(name, "future")
    if values.get("birth_date", today) < EARLIEST_BIRTH:
        yield wrong("birth_date", "too_early")


def _gestation(values: Mapping[str, Any], gender: str) -> Iterator[Problem]:
    weeks = values.get("gestation_weeks")
    if weeks is None:
        return
    if gender == Gender.MALE:
        yield wrong("gestation_weeks", "male")
    if not 1 <= weeks <= 45:
        yield wrong("gestation_weeks", "range")
