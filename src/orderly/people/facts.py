from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCreated(Fact):
    """A key was given out; `ids` names its user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked(Fact):
    """A key stopped working."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsChanged(Fact):
    """A clinic changed a cell of the permission table."""
