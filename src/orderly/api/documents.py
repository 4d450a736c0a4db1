"""What is printed, as PDF in the patient's language."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from orderly.api.appointments import ONE, VIEW, seen
from orderly.api.operations import reads
from orderly.api.schemas import In
from orderly.api.types import Id
from orderly.documents.confirmation import confirmation
from orderly.documents.schedule import PATIENTS, printer, schedule, sold
from orderly.documents.schedule import VIEW as PACKAGES
from orderly.edge import pdf
from orderly.edge.actors import actor_of, now_of
from orderly.edge.readlog import looked
from orderly.journal.models import Kind

router = Router(tags=["documents"])


class PrintQuery(In):
    clinic: Id | None = Field(None, description="whose paper it is on; without it the seller's")


@reads(router, f"{ONE}/confirmation.pdf", needs=VIEW, shows="appointments", answers=pdf.PDF)
def get_confirmation(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """The confirmation of an appointment as it stands, a PDF.

    It is written in the patient's language, else the clinic's first. It takes the right to see patients too.
    """
    actor = actor_of(request)
    found = seen(actor, appointment)
    actor.require(VIEW, found.clinic_id)
    actor.require(PATIENTS, found.clinic_id)
    looked(request, "appointment_confirmation", found.pk, clinic=found.clinic_id, kind=Kind.EXPORT)
    return pdf.shown(found.number, confirmation(found, now=now_of(request)))


@reads(router, "purchases/{uuid:purchase}/schedule.pdf", needs=PACKAGES, shows="patients", answers=pdf.PDF)
def get_schedule(request: HttpRequest, purchase: UUID, asked: Query[PrintQuery]) -> HttpResponse:
    """All sessions of a sold package as they stand, a PDF in the patient's language.

    It is printed where the package was sold and, if it is used in all clinics, wherever the patient is known: then that
    `clinic` is named, whose paper it is on. It takes the right to see patients too.
    """
    actor, now = actor_of(request), now_of(request)
    found = sold(purchase, actor=actor, now=now)
    place = printer(found, asked.clinic, actor=actor)
    looked(request, "treatment_schedule", found.patient_id, clinic=place.pk, kind=Kind.EXPORT)
    return pdf.shown(found.invoice.number, schedule(found, place, actor=actor, now=now))
