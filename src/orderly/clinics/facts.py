"""What can happen to a clinic."""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicAdded(Fact):
    """The organisation has one more clinic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicChanged(Fact):
    """Its details or rules were edited."""
