"""What can happen where somebody is away."""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentsRearranged(Fact):
    """Appointments were moved together, in the clinic that is the subject: `ids["appointments"]`, each with a fact of
    its own beside.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPhoned(Fact):
    """Whoever can't be written to was called about where their appointment is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoningTakenBack(Fact):
    """They weren't called after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RearrangementUndone(Fact):
    """They are back where they were: `ids["entry"]` was taken back."""
