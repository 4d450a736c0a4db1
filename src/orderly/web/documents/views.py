"""What is printed of an appointment, and of a package that was sold."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from orderly.documents.confirmation import confirmation
from orderly.documents.schedule import PATIENTS, printer, schedule, sold
from orderly.documents.schedule import VIEW as PACKAGES
from orderly.edge import pdf
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.journal.models import Kind
from orderly.web.appointments.details import VIEW, found_for
from orderly.web.fields import known


@guard(VIEW, shows="appointments")
def printed(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """The confirmation, in the patient's language."""
    actor = actor_of(request)
    found = found_for(appointment, actor=actor)
    actor.require(PATIENTS, found.clinic_id)
    looked(request, "appointment_confirmation", found.pk, clinic=found.clinic_id, kind=Kind.EXPORT)
    return pdf.shown(found.number, confirmation(found, now=now_of(request)))


@guard(PACKAGES, shows="patients")
def planned(request: HttpRequest, purchase: UUID) -> HttpResponse:
    """The treatment schedule, in the patient's language, on the paper of the `clinic` whose page it was asked on."""
    actor, now = actor_of(request), now_of(request)
    found = sold(purchase, actor=actor, now=now)
    place = printer(found, known(request.GET.get("clinic", "")), actor=actor)
    looked(request, "treatment_schedule", found.patient_id, clinic=place.pk, kind=Kind.EXPORT)
    return pdf.shown(found.invoice.number, schedule(found, place, actor=actor, now=now))
