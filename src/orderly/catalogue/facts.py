"""What can happen to services."""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAdded(Fact):
    """There is one more thing to book; `ids["clinics"]` says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceChanged(Fact):
    """Its details were edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesAssigned(Fact):
    """A provider gives other services than before."""
