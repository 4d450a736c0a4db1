"""What lists say about a patient's record: which words it may hold from now on, and which it has to."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from django.db.models import Q

from orderly.core.edits import wrong
from orderly.engine.problems import Problem
from orderly.patients.models import ListItem, ListKind

REGION: Final = ListKind.REGION.value
DISTRICT: Final = ListKind.DISTRICT.value
DOCUMENT: Final = ListKind.DOCUMENT_TYPE.value
KEPT: Final = frozenset((REGION, DISTRICT, DOCUMENT))
"""Fields with a list."""


class Offers:
    """The lists, as far as these values need them: one query. A list in which nothing is offered says nothing, and any
    word goes.
    """

    def __init__(self, region: str) -> None:
        rows = ListItem.objects.filter(Q(kind__in=(REGION, DOCUMENT)) | Q(parent__name=region), active=True)
        pairs = list(rows.values_list("kind", "name"))
        self.names = {kind: {name for of, name in pairs if of == kind} for kind in KEPT}

    def refuses(self, kind: str, name: str) -> bool:
        return bool(self.names[kind]) and name not in self.names[kind]


def off_list(given: Mapping[str, Any], now: Mapping[str, str]) -> Iterator[Problem]:
    """The given values that aren't offered; what the record holds already (`now`) may stay."""
    new = {name for name in KEPT & given.keys() if given[name] and given[name] != now.get(name, "")}
    region, district = (given.get(name, now.get(name, "")) or "" for name in (REGION, DISTRICT))
    moved = REGION in given and region != now.get(REGION, "")
    if not new and not (moved and district):
        return
    offers = Offers(region)
    for name in sorted(new - {DISTRICT}):
        if offers.refuses(name, given[name]):
            yield wrong(name, "unlisted")
    astray = offers.refuses(DISTRICT, district) or (not region and bool(offers.names[REGION]))
    if district and astray and (moved or DISTRICT in new):
        yield wrong(DISTRICT, "of_region")


def demanded(required: Collection[str], region: str) -> tuple[str, ...]:
    """Which of the fields that a clinic requires a record must hold: a district only where the region has some."""
    if DISTRICT in required and not Offers(region).names[DISTRICT]:
        return tuple(name for name in required if name != DISTRICT)
    return tuple(required)
