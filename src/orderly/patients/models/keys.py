from __future__ import annotations

from django.db import models
from django.db.models import Q

from orderly.core.database import beginning
from orderly.core.models import Row
from orderly.patients.spelling import code_of, digits_of, folded
from orderly.resources.models import Resource

NOTHING = Q(pk__in=[])
FEWEST = 3  # characters, or digits
NAME, PHONE, EMAIL, DOCUMENT = "n:", "p:", "e:", "i:"


class SearchKey(Row):
    """Something a patient is found by, as it is compared and not as it is written; `keys.py` says what there is.

    What kind it is of stands before it, so that one index answers every question. It points at the patient's resource:
    a number is a quarter of a UUID's size, and there are about ten for each patient.
    """

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)

    class Meta:
        indexes = (
            models.Index(fields=["key", "resource"], name="search_key", opclasses=["varchar_pattern_ops", "int8_ops"]),
        )

    def __str__(self) -> str:
        return f"{self.key} of {self.resource_id}"


def having(word: str) -> Q:
    """Those whose `resource` has a key that a word of a search may mean; "Abdul-Rahman" is two parts of a name."""
    parts, others = folded(word).split(), _others(word)
    if len(parts) <= 1:
        return _in(others | beginning("key", NAME + parts[0]) if parts else others)
    called = Q()
    for part in parts:
        called &= _in(beginning("key", NAME + part))
    return called | _in(others)


def having_document(words: str) -> Q:
    """Those whose document begins so, gaps or not: never all, where nothing is said that could be one."""
    return _in(_document(code_of(words)))


def _document(code: str) -> Q:
    if len(code) < FEWEST or not any(character.isdigit() for character in code):
        return NOTHING
    return beginning("key", DOCUMENT + code)


def _others(word: str) -> Q:
    """Beside names: an e-mail address and a document's number by their beginnings, a telephone number by any digits."""
    found, digits = _document(code_of(word)), digits_of(word)
    if len(word) >= FEWEST and any(character.isalnum() for character in word):
        found = found | beginning("key", EMAIL + word.casefold())
    if len(digits) >= FEWEST and not any(character.isalpha() for character in word):
        found = found | (beginning("key", PHONE) & Q(key__contains=digits))
    return found


def _in(keys: Q) -> Q:
    return Q(resource__in=SearchKey.objects.filter(keys).values("resource"))
