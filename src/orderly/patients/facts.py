"""What can happen to a patient's record."""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRegistered(Fact):
    """A new record; `ids["duplicates"]` names likely matches that were shown or ignored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientChanged(Fact):
    """Fields of a record were edited; what they held is in its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientLinked(Fact):
    """Another clinic knows the patient now."""
