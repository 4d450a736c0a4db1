"""What can happen to a party, to those of its appointments that `ids["appointments"]` names; each says beside what
happened to it.
"""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyBooked(Fact):
    """Several appointments were booked as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyMoved(Fact):
    """Those that could move were moved together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyCancelled(Fact):
    """What was left of it was called off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyUndone(Fact):
    """What was done to it last, `ids["entry"]`, was taken back."""
