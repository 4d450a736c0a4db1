"""What can happen to the times at which something is open."""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursChanged(Fact):
    """The weekly hours of a provider in a clinic, or of a clinic, are others now; `subject` is whose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAdded(Fact):
    """Time off, extra hours, a closure or maintenance; `subject` is whose, `ids["rule"]` names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRemoved(Fact):
    """One of those is no more."""
