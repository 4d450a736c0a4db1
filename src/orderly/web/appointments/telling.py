"""Whether the patient is to be told, and what they would read."""

from dataclasses import dataclass

from orderly.appointments.models import Appointment
from orderly.edge.notices import Kind, Notice, about, notice


@dataclass(frozen=True, slots=True)
class Telling:
    """Where a message would go; nowhere for who has no e-mail address: their `mobile` is called. The messages are as
    the appointment stands.
    """

    email: str
    mobile: str
    cancelled: Notice
    confirmed: Notice


def telling(found: Appointment) -> Telling:
    it = about(found)
    return Telling(
        found.patient.email,
        found.patient.mobile,
        cancelled=notice(Kind.CANCELLED, it),
        confirmed=notice(Kind.CONFIRMED, it),
    )
