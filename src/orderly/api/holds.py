"""Keeping a time while the form is filled in."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from orderly.api.operations import writes
from orderly.api.schemas import In, Out
from orderly.api.types import Id, Time, minute_of, moment
from orderly.appointments.actions.hold import hold, let_go
from orderly.appointments.inputs import Wish
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import SIGNED_IN
from orderly.edge.scope import clinic_for

router = Router(tags=["holds"])
CREATE = "booking:create_appointment"
MOST_RESOURCES = 20

Resources = Annotated[list[Id], Field(max_length=MOST_RESOURCES)]


class HoldIn(In):
    clinic: Id
    service: Id
    start: Time
    provider: Id | None = None
    patient: Id | None = None
    resources: Resources = []


class HoldOut(Out):
    """`provider` is whose time is held; without one in the request, somebody who could do it."""

    id: UUID
    provider: UUID | None
    expires_at: str


@writes(router, "POST", "holds", needs=CREATE, status=201)
def hold_time(request: HttpRequest, body: HoldIn) -> HoldOut:
    """Hold a time for some minutes. It frees itself."""
    actor = actor_of(request)
    clinic = clinic_for(actor, CREATE, body.clinic, service=body.service, provider=body.provider, patient=body.patient)
    wish = Wish(
        clinic=body.clinic,
        service=body.service,
        start=minute_of(clinic.timezone, body.start),
        provider=body.provider,
        patient=body.patient,
        resources=frozenset(body.resources),
    )
    held = hold(wish, actor=actor, now=now_of(request))
    return HoldOut(
        id=held.pk, provider=held.provider_id, expires_at=str(moment(clinic.timezone, held.claim.expires_at))
    )


@writes(router, "DELETE", "holds/{uuid:hold}", needs=SIGNED_IN, status=204)
def release_hold(request: HttpRequest, hold: UUID) -> None:
    """Let go of a time held by myself."""
    let_go(hold, actor=actor_of(request), now=now_of(request))
