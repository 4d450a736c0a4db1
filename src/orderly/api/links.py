"""Patients whom other clinics know: asking to know them too, and answering such requests."""

from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from orderly.api.operations import reads, writes
from orderly.api.paging import Paged, piece
from orderly.api.patient_shapes import EDIT, Name, Phone, Word
from orderly.api.schemas import In, Out, Page
from orderly.api.types import BirthDay, Id, moment
from orderly.edge.actors import actor_of, now_of
from orderly.edge.limits import REGISTRATION
from orderly.edge.readlog import looked
from orderly.edge.scope import clinic_for
from orderly.patients import actions
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import LinkRequest, LinkStatus
from orderly.patients.queries import asked_by, asked_of

router = Router(tags=["patients"])
ONE = "patients/link-requests/{uuid:request_id}"


class LinkIn(In):
    """Beside names and birth date, the mobile number or the document: enough to know the person already."""

    clinic: Id = Field(description="the clinic that asks")
    first_name: Name
    last_name: Name
    birth_date: BirthDay
    mobile: Phone | None = None
    document_number: Word | None = None


class AnswerIn(In):
    clinic: Id = Field(description="the clinic that answers, which knows the patient")


class LinkOut(Out):
    """`clinic` asks. `patient` is null for the one who asks until it is approved; `name` and `birth_date` are as typed
    there.
    """

    id: UUID
    clinic: UUID
    clinic_name: str
    name: str
    birth_date: str
    patient: UUID | None
    status: LinkStatus
    created_at: str
    decided_at: str | None


class LinksQuery(Paged):
    clinic: Id
    direction: Literal["asked", "received"] = Field("received", description="by the clinic, or of it by others")
    status: LinkStatus | None = None


@reads(router, "patients/link-requests", needs=EDIT, shows="patients")
def list_link_requests(request: HttpRequest, asked: Query[LinksQuery]) -> Page[LinkOut]:
    """A clinic's requests, or those that others make of it, newest first."""
    clinic = clinic_for(actor_of(request), EDIT, asked.clinic)
    received = asked.direction == "received"
    rows = asked_of(clinic.pk) if received else asked_by(clinic.pk)
    if asked.status:
        rows = rows.filter(status=asked.status)
    found, rest = piece(rows.select_related("clinic").defer("clinic__logo"), ("-id",), asked, name="link-requests")
    seen = [one.patient_id for one in found] if received else []
    looked(request, "link_requests", among=seen, clinic=clinic.pk, direction=asked.direction)
    return Page[LinkOut](items=[_shown(one, whole=received) for one in found], next=rest)


@writes(router, "POST", "patients/link-requests", needs=EDIT, status=201, limit=REGISTRATION)
def request_link(request: HttpRequest, body: LinkIn) -> LinkOut:
    """Ask the clinics that know this person to let one's own know them too.

    404 where nobody elsewhere is beyond doubt that person. Asked twice, it is the same request.
    """
    actor = actor_of(request)
    clinic = clinic_for(actor, EDIT, body.clinic)
    details = PatientDetails(**body.model_dump(exclude={"clinic"}))
    made = actions.request_link(details, clinic=clinic.pk, actor=actor, now=now_of(request))
    return _shown(made, whole=False)


@writes(router, "POST", f"{ONE}/approve", needs=EDIT)
def approve_link(request: HttpRequest, request_id: UUID, body: AnswerIn) -> LinkOut:
    """Let the asking clinic know the patient."""
    return _decided(request, request_id, body.clinic, approve=True)


@writes(router, "POST", f"{ONE}/decline", needs=EDIT)
def decline_link(request: HttpRequest, request_id: UUID, body: AnswerIn) -> LinkOut:
    """Leave the asking clinic without. It may ask again."""
    return _decided(request, request_id, body.clinic, approve=False)


def _decided(request: HttpRequest, link: UUID, clinic: UUID, *, approve: bool) -> LinkOut:
    actor = actor_of(request)
    place = clinic_for(actor, EDIT, clinic)
    found = actions.decide_link(link, approve, clinic=place.pk, actor=actor, now=now_of(request))
    return _shown(found, whole=True)


def _shown(link: LinkRequest, *, whole: bool) -> LinkOut:
    known = whole or link.status == LinkStatus.APPROVED
    return LinkOut(
        id=link.pk,
        clinic=link.clinic_id,
        clinic_name=link.clinic.name,
        name=link.name,
        birth_date=link.birth_date.isoformat(),
        patient=link.patient_id if known else None,
        status=LinkStatus(link.status),
        created_at=str(moment("UTC", link.created_at)),
        decided_at=moment("UTC", link.decided_at),
    )
