"""What a patient would read of what is about to be booked."""

from dataclasses import dataclass

from orderly.edge.notices import About, Kind, Notice, notice
from orderly.patients.models import Patient
from orderly.web.booking.choice import Choice
from orderly.web.booking.summary import Summary


@dataclass(frozen=True, slots=True)
class Letter:
    """As `appointments/_tell.html` takes it."""

    email: str
    notice: Notice


def letter(choice: Choice, patient: Patient | None, summary: Summary | None) -> Letter | None:
    """None for who has no e-mail address, and where it isn't known yet what will be booked. In a request nobody is
    promised.
    """
    if patient is None or not patient.email or summary is None or choice.service is None:
        return None
    asked = bool(choice.typed.get("undecided"))
    provider = "" if asked else str(summary.provider)
    it = About(choice.clinic, patient, choice.service.name, provider, summary.start, summary.end)
    return Letter(patient.email, notice(Kind.REQUESTED if asked else Kind.BOOKED, it))
