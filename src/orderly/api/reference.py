"""Lists that forms offer to choose from."""

from uuid import UUID

from django.db.models import F, Q
from django.http import HttpRequest
from ninja import Router

from orderly.api.operations import reads
from orderly.api.schemas import Out, Page
from orderly.api.types import Id
from orderly.appointments.models import CancelReason
from orderly.edge.actors import actor_of
from orderly.edge.scope import clinic_for

router = Router(tags=["reference"])
VIEW = "booking:view_calendar"


class CancelReasonOut(Out):
    id: UUID
    code: str
    name: str


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
