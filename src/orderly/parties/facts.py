"""What can happen to a party. What happens to its appointments, those say themselves."""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyBooked(Fact):
    """Several appointments were booked as one; `ids["appointments"]` are theirs."""
