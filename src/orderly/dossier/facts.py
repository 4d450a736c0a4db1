"""What can happen to a person's record as a whole."""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientStoodDown(Fact):
    """The patient isn't offered for new bookings any more; `ids["booked"]` names those that stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientTakenBack(Fact):
    """The patient is offered for new bookings again."""
