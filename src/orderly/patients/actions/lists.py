"""Keeping the lists that forms of patients offer: regions and their districts, kinds of documents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F

from orderly.core.database import writing
from orderly.core.edits import UNSET, Changes, faults, fresh, put, ranged, refuse, wrong
from orderly.core.errors import NotFound, invalid
from orderly.engine.problems import Code, Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.patients.actions.index import index
from orderly.patients.facts import ListItemAdded, ListItemChanged
from orderly.patients.inputs import ItemDetails
from orderly.patients.models import ListItem, ListKind, Patient

MANAGE: Final = "settings:manage"
MOST: Final = 500
"""In one list."""
EDITED: Final = ("name", "active")


def add_item(
    kind: str, name: str, *, clinic: UUID, actor: Actor, now: datetime, parent: UUID | None = None
) -> ListItem:
    """One more at the end of a list; a district names its region (`parent`).

    Errors: NotFound "parent"; Forbidden (`settings:manage` in `clinic`, whose journal keeps it); Invalid for a kind
    there isn't, a name that is missing, too long or there already, and a list that is full.
    """
    actor.require(MANAGE, clinic)
    if kind not in ListKind.values:
        raise invalid("kind", "unknown")
    made = ListItem(kind=kind, parent_id=parent, name=" ".join(name.split()))
    with writing():
        if (kind == ListKind.DISTRICT) != (parent is not None) or not _is_region(parent):
            raise NotFound("parent")
        others = _list(kind, parent)
        made.position = len(others)
        refuse([*_wrong_name(made, others), *([wrong("name", "too_many")] if len(others) >= MOST else [])])
        _save(made, force_insert=True)
        ids = {"parent": str(parent)} if parent else {}
        changes = fresh(made, ("kind", "name"))
        record(ListItemAdded(subject=made.pk, clinic=clinic, ids=ids, changes=changes), actor=actor, now=now)
    return made


def change_item(item: UUID, details: ItemDetails, *, clinic: UUID, actor: Actor, now: datetime) -> ListItem:
    """Write the given details. Records follow a new name, so that they are still found by it; they keep what isn't
    offered any more.

    Errors: NotFound; Forbidden and Invalid as for `add_item`.
    """
    actor.require(MANAGE, clinic)
    with writing():
        found = ListItem.objects.filter(pk=item).first()
        if found is None:
            raise NotFound
        others = [one for one in _list(found.kind, found.parent_id) if one.pk != item]
        found.refresh_from_db()
        changes = _changed(found, details, others)
        if changes:
            _save(found)
            record(ListItemChanged(subject=item, clinic=clinic, changes=changes), actor=actor, now=now)
        if "name" in changes:
            _follow(found, changes["name"][0])
    return found


def _changed(found: ListItem, details: ItemDetails, others: Sequence[ListItem]) -> Changes:
    values = {name: value for name, value in details.given().items() if name in EDITED}
    if "name" in values:
        values["name"] = " ".join(values["name"].split())
    changes = put(found, values)
    refuse(_wrong_name(found, others))
    if details.position is not UNSET:
        refuse(ranged("position", details.position, 0, len(others)))
        changes |= _placed(found, details.position, others)
    return changes


def _placed(found: ListItem, position: int, others: Sequence[ListItem]) -> Changes:
    """Put it there and number the whole list anew."""
    order = [*others[:position], found, *others[position:]]
    moved = [(one, put(one, {"position": nth})) for nth, one in enumerate(order)]
    ListItem.objects.bulk_update([one for one, changes in moved if changes], ["position"])
    return next(changes for one, changes in moved if one is found)


def _is_region(parent: UUID | None) -> bool:
    return parent is None or ListItem.objects.filter(pk=parent, kind=ListKind.REGION).exists()


def _list(kind: str, parent: UUID | None) -> list[ListItem]:
    """A whole list, locked, so that two who change it take turns."""
    return list(ListItem.objects.among(kind, parent).select_for_update(no_key=True))


def _wrong_name(item: ListItem, others: Sequence[ListItem]) -> list[Problem]:
    if not item.name:
        return [Problem(Code.MISSING, "name")]
    if item.name.casefold() in {one.name.casefold() for one in others}:
        return [wrong("name", "listed")]
    longest = getattr(Patient._meta.get_field(item.kind), "max_length", 0)
    return [wrong("name", "too_long")] if len(item.name) > longest else faults(item, ("name",))


def _save(item: ListItem, **more: Any) -> None:
    try:
        item.save(**more)
    except IntegrityError as error:  # somebody adds the same to a list that was empty
        raise invalid("name", "listed") from error


def _follow(item: ListItem, old: str) -> None:
    """Records that say the old name say the new one; districts are among what records are compared by."""
    rows = Patient.objects.filter(**{item.kind: old})
    if item.parent is not None:
        rows = rows.filter(region=item.parent.name)
    ids = list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    for first in range(0, len(ids), MOST):
        some = Patient.objects.filter(pk__in=ids[first : first + MOST])
        some.update(**{item.kind: item.name}, version=F("version") + 1)
    if item.parent is not None:
        for patient in Patient.objects.standing().filter(district=item.name, region=item.parent.name):
            index(patient)
