"""The lists that forms of patients offer, the same in the whole organisation."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from orderly.api.operations import reads, writes
from orderly.api.paging import piece
from orderly.api.schemas import Out, Page
from orderly.api.setup_shared import MANAGE, ClinicQuery, Given, Whole, Word
from orderly.api.types import Id, Yes
from orderly.edge.actors import actor_of, now_of
from orderly.edge.scope import clinic_for
from orderly.patients.actions.lists import add_item, change_item
from orderly.patients.inputs import ItemDetails
from orderly.patients.models import ListItem

router = Router(tags=["reference"])
VIEW = "patients:view"
Kind = Literal["region", "district", "document_type"]


class ItemQuery(ClinicQuery):
    clinic: Id
    kind: Kind
    parent: Id | None = Field(None, description="the region, of districts")
    active: bool | None = None


class ItemChange(Given):
    clinic: Id = Field(description="whose administrator changes it: the journal of that clinic keeps it")
    name: Word | None = Field(None, description="records that say the old name say the new one")
    active: Yes | None = Field(None, description="what isn't active isn't offered; records that have it keep it")
    position: Whole | None = Field(None, description="from 0 among those of its list")


class ItemIn(Given):
    clinic: Id
    kind: Kind
    name: Word
    parent: Id | None = Field(None, description="the region, of a district")


class ItemOut(Out):
    id: UUID
    kind: str
    parent: UUID | None
    name: str
    position: int
    active: bool


@reads(router, "reference-lists", needs=VIEW)
def list_items(request: HttpRequest, asked: Query[ItemQuery]) -> Page[ItemOut]:
    """Regions, districts or kinds of documents, in their order. Where a list is empty any words may be noted."""
    clinic_for(actor_of(request), VIEW, asked.clinic)
    rows = ListItem.objects.filter(kind=asked.kind)
    rows = rows if asked.parent is None else rows.filter(parent=asked.parent)
    rows = rows if asked.active is None else rows.filter(active=asked.active)
    found, rest = piece(rows, ("position", "id"), asked, name="reference-lists")
    return Page[ItemOut](items=[ItemOut(**_shown(one)) for one in found], next=rest)


@writes(router, "POST", "reference-lists", needs=MANAGE, status=201)
def create_item(request: HttpRequest, body: ItemIn) -> ItemOut:
    """Add to the end of a list."""
    values = body.given()
    made = add_item(values.pop("kind"), values.pop("name"), actor=actor_of(request), now=now_of(request), **values)
    return ItemOut(**_shown(made))


@writes(router, "PATCH", "reference-lists/{uuid:item}", needs=MANAGE)
def edit_item(request: HttpRequest, item: UUID, body: ItemChange) -> ItemOut:
    """Rename, move, or no longer offer."""
    values = body.given()
    clinic = values.pop("clinic")
    changed = change_item(item, ItemDetails(**values), clinic=clinic, actor=actor_of(request), now=now_of(request))
    return ItemOut(**_shown(changed))


def _shown(item: ListItem) -> dict[str, Any]:
    named = {name: getattr(item, name) for name in ("kind", "name", "position", "active")}
    return {"id": item.pk, "parent": item.parent_id, **named}
