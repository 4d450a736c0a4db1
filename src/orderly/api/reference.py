"""Lists that forms offer to choose from."""

from uuid import UUID

from django.db.models import F, Q
from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from orderly.api.operations import reads, writes
from orderly.api.schemas import Out, Page
from orderly.api.setup_shared import MANAGE, Given, Word
from orderly.api.types import Id, Yes
from orderly.appointments.actions.reasons import add_reason, change_reason
from orderly.appointments.models import CancelReason
from orderly.edge.actors import actor_of, now_of
from orderly.edge.scope import clinic_for

router = Router(tags=["reference"])
VIEW = "booking:view_calendar"


class CancelReasonIn(Given):
    clinic: Id
    name: Word


class CancelReasonChange(Given):
    clinic: Id = Field(description="whose administrator changes it: the journal of that clinic keeps it")
    name: Word | None = Field(None, description="what was cancelled for it says the new name")
    active: Yes | None = Field(None, description="what isn't active isn't offered; what was cancelled for it says so")


class CancelReasonOut(Out):
    id: UUID
    code: str
    name: str


class CancelReasonKept(CancelReasonOut):
    active: bool


@reads(router, "cancel-reasons", needs=VIEW)
def list_cancel_reasons(request: HttpRequest, clinic: Id) -> Page[CancelReasonOut]:
    """Reasons for a cancellation: the clinic's own, and the organisation's that it hasn't replaced."""
    place = clinic_for(actor_of(request), VIEW, clinic)
    rows = CancelReason.objects.filter(Q(clinic=place) | Q(clinic__isnull=True), active=True)
    by_code = {row.code: row for row in rows.order_by(F("clinic").desc(nulls_first=True))}
    shown = sorted(by_code.values(), key=lambda row: (row.name, row.pk))
    return Page[CancelReasonOut](
        items=[CancelReasonOut(id=row.pk, code=row.code, name=row.name) for row in shown], next=None
    )


@writes(router, "POST", "cancel-reasons", needs=MANAGE, status=201)
def create_cancel_reason(request: HttpRequest, body: CancelReasonIn) -> CancelReasonKept:
    """One more of the clinic's own; its `code` is made of its name."""
    return _kept(add_reason(body.name, clinic=body.clinic, actor=actor_of(request), now=now_of(request)))


@writes(router, "PATCH", "cancel-reasons/{uuid:reason}", needs=MANAGE)
def edit_cancel_reason(request: HttpRequest, reason: UUID, body: CancelReasonChange) -> CancelReasonKept:
    """Rename it, or no longer offer it."""
    values = body.given()
    clinic = values.pop("clinic")
    return _kept(change_reason(reason, clinic=clinic, actor=actor_of(request), now=now_of(request), **values))


def _kept(row: CancelReason) -> CancelReasonKept:
    return CancelReasonKept(id=row.pk, code=row.code, name=row.name, active=row.active)
