"""What a patient takes home of an appointment: when, where, for what, with whom; nothing of what the clinic notes."""

from datetime import datetime
from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderly.appointments.actions.cancel import free_until
from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.clinics.models import FeeKind
from orderly.core.clock import instant, minute
from orderly.documents.press import Document, printed
from orderly.documents.writing import Writing
from orderly.engine.walltime import local

CONFIRMED: Final = gettext_lazy("Your appointment is confirmed.")
# Its title, and what is said first.
STANDS: Final[dict[str, tuple[Promise | str, Promise | str]]] = {
    Status.REQUESTED: (
        gettext_lazy("Appointment request"),
        gettext_lazy("We have received your request. It isn't confirmed yet; we will tell you when it is."),
    ),
    **dict.fromkeys(
        (Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS), (gettext_lazy("Appointment confirmation"), CONFIRMED)
    ),
    Status.COMPLETED: (gettext_lazy("Appointment"), gettext_lazy("This appointment has taken place.")),
    Status.NO_SHOW: (gettext_lazy("Appointment"), gettext_lazy("You didn't come to this appointment.")),
    Status.CANCELLED: (
        gettext_lazy("Cancelled appointment"),
        gettext_lazy("This appointment has been cancelled and doesn't take place."),
    ),
}
WARNS: Final = frozenset({Status.REQUESTED, Status.NO_SHOW, Status.CANCELLED})
AHEAD: Final = frozenset({Status.REQUESTED, Status.CONFIRMED})


def confirmation(found: Appointment, *, now: datetime) -> bytes:
    """The PDF of an appointment as it stands, in the patient's language; nobody is named who was only proposed."""
    writing = Writing.of(found.patient, found.clinic)
    with translation.override(writing.language):
        title, said = STANDS[found.status]
        document = Document(
            title=str(title),
            number=found.number,
            said=str(said),
            warns=found.status in WARNS,
            facts=_facts(found, writing),
            notes=tuple(_notes(found, writing, now)),
        )
    return printed(document, found.clinic, writing, now=now)


def _facts(found: Appointment, writing: Writing) -> list[tuple[str, str]]:
    clinic = found.clinic
    return [
        (_("Number"), found.number),
        (_("Patient"), found.patient.full_name),
        (_("Date"), writing.day(local(clinic.timezone, found.start)[0])),
        (_("Time"), writing.span(found.start, found.end, clinic.timezone)),
        (_("Service"), found.service.name),
        (_("With"), str(found.provider or "")),
        (_("Where"), "\n".join(filter(None, (clinic.name, clinic.address)))),
    ]


def _notes(found: Appointment, writing: Writing, now: datetime) -> list[str]:
    """What is worth knowing while it still lies ahead."""
    clinic, notes = found.clinic, []
    if found.status not in AHEAD or found.start <= minute(now):
        return []
    rule = clinic.late_fee_kind != FeeKind.NONE and clinic.late_fee > 0 and found.status == Status.CONFIRMED
    if rule and minute(now) < free_until(found):
        until = writing.moment(instant(free_until(found)), clinic.timezone)
        notes.append(_("You can cancel free of charge until %(until)s.") % {"until": until})
    if clinic.phone:
        notes.append(_("If you can't come, please call us: %(phone)s") % {"phone": writing.phone(clinic.phone)})
    return notes
