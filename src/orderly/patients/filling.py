"""Making lists of what has been typed freely, for the migration that brings them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Count

from orderly.core.ids import uuid7

MOST: Final = 500
"""A list that would be longer is no list: what was typed stays free words."""


def fill_lists(apps: Any, schema_editor: Any = None) -> None:
    """Each word that records say becomes an item, written as most of them write it; the others follow."""
    patients, items = apps.get_model("patients", "Patient"), apps.get_model("patients", "ListItem")
    _filled(patients, items, "document_type")
    for region in _filled(patients, items, "region"):
        _filled(patients.objects.filter(region=region.name), items, "district", region)


def _filled(patients: Any, items: Any, kind: str, parent: Any = None) -> list[Any]:
    rows = patients.objects if parent is None else patients
    said = rows.exclude(**{kind: ""}).order_by().values_list(kind).annotate(Count("pk"))
    chosen = _spellings(said)
    if len(chosen) > MOST:
        return []
    made = [
        items(id=uuid7(), kind=kind, parent=parent, name=name, position=nth)
        for nth, name in enumerate(sorted(chosen, key=str.casefold))
    ]
    items.objects.bulk_create(made)
    for name, others in chosen.items():
        for other in others:
            rows.filter(**{kind: other}).update(**{kind: name})
    return made


def _spellings(said: Iterable[tuple[str, int]]) -> dict[str, list[str]]:
    """The spelling used most often of those that differ in case and gaps only, with the others."""
    counted: dict[str, Counter[str]] = {}
    for name, times in said:
        if plain := " ".join(name.split()):
            counted.setdefault(plain.casefold(), Counter())[name] += times
    chosen: dict[str, list[str]] = {}
    for names in counted.values():
        best = " ".join(min(names, key=lambda one: (-names[one], one)).split())
        chosen[best] = [name for name in names if name != best]
    return chosen
