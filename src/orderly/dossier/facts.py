"""What can happen to a person's record as a whole."""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientStoodDown(Fact):
    """The patient isn't offered for new bookings any more; `ids["booked"]` names those that stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientsMerged(Fact):
    """Another record (`ids["other"]`) is part of the subject's from now on; `ids` names all that moved, so that it can
    go back. What the subject's fields held is in its words.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientsUnmerged(Fact):
    """The other record (`ids["other"]`) is one of its own again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientTakenBack(Fact):
    """The patient is offered for new bookings again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientsToldApart(Fact):
    """Though the record is like another (`ids["other"]`), they are two people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientsComparable(Fact):
    """That was taken back: the two may be one person."""
