"""What a patient is found by."""

from collections.abc import Mapping
from typing import Any

from orderly.patients.models.keys import DOCUMENT, EMAIL, NAME, PHONE, SearchKey
from orderly.patients.spelling import code_of, words_of

NAMES = ("first_name", "middle_name", "last_name")
PHONES = ("mobile", "home_phone")
FROM = frozenset((*NAMES, *PHONES, "email", "document_number"))
"""The fields that keys are made of."""
LONGEST = SearchKey._meta.get_field("key").max_length


def keys_of(values: Mapping[str, Any]) -> frozenset[str]:
    """All of a record's keys, made of those of its fields that are in `FROM`."""
    found = [NAME + word for word in words_of(*(values[name] for name in NAMES))]
    found += [PHONE + values[name].lstrip("+") for name in PHONES if values[name]]
    found += [EMAIL + values["email"].casefold()] if values["email"] else []
    code = code_of(values["document_number"])
    found += [DOCUMENT + code] if code else []
    return frozenset(key[:LONGEST] for key in found)
