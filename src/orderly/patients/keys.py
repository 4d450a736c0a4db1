"""What a patient is found by, when searching and when somebody may be the same person."""

from collections.abc import Mapping
from typing import Any

from orderly.patients.alike import Person
from orderly.patients.blocking import sought, stored
from orderly.patients.models.keys import DOCUMENT, EMAIL, NAME, PHONE, SearchKey
from orderly.patients.spelling import code_of, words_of

NAMES = ("first_name", "middle_name", "last_name")
PHONES = ("mobile", "home_phone")
SAID = (*NAMES, "birth_date", "gender", *PHONES, "email", "document_number", "address", "region", "district")
"""The fields that are compared."""
FROM = frozenset(SAID) - {"gender", "region"}
"""Those that keys are made of."""
LONGEST = SearchKey._meta.get_field("key").max_length


def person_of(values: Mapping[str, Any]) -> Person:
    """Those of a record's fields that are compared; what isn't there is unknown."""
    given = {name: value for name in SAID if (value := values.get(name))}
    return Person(
        first=given.get("first_name", ""),
        middle=given.get("middle_name", ""),
        last=given.get("last_name", ""),
        born=given.get("birth_date"),
        gender=given.get("gender", ""),
        phones=frozenset(given[name] for name in PHONES if name in given),
        email=given.get("email", ""),
        document=code_of(given.get("document_number", "")),
        address=given.get("address", ""),
        region=given.get("region", ""),
        district=given.get("district", ""),
    )


def keys_of(values: Mapping[str, Any]) -> frozenset[str]:
    """All of a record's keys, made of those of its fields that are in `FROM`."""
    one = person_of(values)
    found = [NAME + word for word in words_of(one.first, one.middle, one.last)]
    return _cut([*found, *_marks(one), *stored(one)])


def keys_sought(one: Person) -> frozenset[str]:
    """The keys of the records that may be the same person."""
    return _cut([*_marks(one), *sought(one)])


def _marks(one: Person) -> list[str]:
    """What few people share."""
    found = [PHONE + number.lstrip("+") for number in one.phones]
    found += [EMAIL + one.email.casefold()] if one.email else []
    return found + ([DOCUMENT + one.document] if one.document else [])


def _cut(keys: list[str]) -> frozenset[str]:
    return frozenset(key[:LONGEST] for key in keys)
