"""Filters that one keeps for oneself."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field, ValidationError

from orderly.api.appointment_filters import KeptFilters
from orderly.api.invalid import problems_of
from orderly.api.operations import reads, writes
from orderly.api.patient_filters import KeptPatientFilters
from orderly.api.schemas import In, Out, Page
from orderly.api.types import Text, moment
from orderly.core.errors import Invalid
from orderly.edge import saved_filters
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import SIGNED_IN
from orderly.edge.models import FilteredList, SavedFilter

router = Router(tags=["filters"])
KEPT: Final[dict[FilteredList, type[In]]] = {
    FilteredList.APPOINTMENTS: KeptFilters,
    FilteredList.PATIENTS: KeptPatientFilters,
}


class SavedFilterIn(In):
    name: Annotated[str, Text(60, shortest=1)]
    list: Literal[FilteredList.APPOINTMENTS, FilteredList.PATIENTS] = FilteredList.APPOINTMENTS
    filters: dict[str, Any] = Field(description="as in that list's query; what names a patient isn't kept")

    def kept(self) -> dict[str, Any]:
        """The filters as their list reads them. Errors: Invalid with every wrong one."""
        try:
            read = KEPT[self.list].model_validate(self.filters)
        except ValidationError as error:
            found = [{**one, "loc": ("body", "body", "filters", *one["loc"])} for one in error.errors()]
            raise Invalid(*problems_of(found)) from error
        return read.model_dump(mode="json", by_alias=True, exclude_defaults=True)


class SavedFilterOut(Out):
    id: UUID
    name: str
    list: FilteredList
    filters: dict[str, Any] = Field(description="as they were kept")
    created_at: str


@reads(router, "saved-filters", needs=SIGNED_IN)
def list_saved_filters(request: HttpRequest) -> Page[SavedFilterOut]:
    """My own filters, by list and name."""
    mine = SavedFilter.objects.filter(user=actor_of(request).person()).order_by("list", "name")
    return Page[SavedFilterOut](items=[_shown(one) for one in mine], next=None)


@writes(router, "POST", "saved-filters", needs=SIGNED_IN, status=201)
def keep_filter(request: HttpRequest, body: SavedFilterIn) -> SavedFilterOut:
    """Keep filters under a name of one's own."""
    kept = saved_filters.keep(body.name, body.list, body.kept(), actor=actor_of(request), now=now_of(request))
    return _shown(kept)


@writes(router, "DELETE", "saved-filters/{uuid:kept}", needs=SIGNED_IN, status=204)
def forget_filter(request: HttpRequest, kept: UUID) -> None:
    """Forget one of my filters."""
    saved_filters.forget(kept, actor=actor_of(request))


def _shown(kept: SavedFilter) -> SavedFilterOut:
    return SavedFilterOut(
        id=kept.pk,
        name=kept.name,
        list=FilteredList(kept.list),
        filters=kept.filters,
        created_at=str(moment("UTC", kept.created_at)),
    )
