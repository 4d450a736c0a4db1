"""A message about several visits, shown before it is sent."""

from dataclasses import dataclass

from orderly.edge.notices import Notice
from orderly.patients.models import Patient


@dataclass(frozen=True, slots=True)
class Letter:
    """As `appointments/_tell.html` takes it; who has no e-mail address has to be called."""

    email: str
    mobile: str
    notice: Notice
    for_good: bool = False
    """There is no undo."""
    others: tuple[Notice, ...] = ()
    """What is sent beside it, by the other clinics."""


def addressed(patient: Patient, notice: Notice, *others: Notice, for_good: bool = False) -> Letter:
    """To whoever it concerns."""
    return Letter(patient.email, patient.mobile, notice, for_good, others)
