"""What can happen to a series, beside what happens to each of its appointments; `ids["appointments"]` names those, and
`ids["tell"]` says whether the patient is told of all of them at once, where that was asked.
"""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesCreated(Fact):
    """Several visits were booked as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesChanged(Fact):
    """What is to come of it has another rule, time, length or provider; `ids["before"]` is the series it was of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesCancelled(Fact):
    """What was to come of it was called off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesUndone(Fact):
    """Its creation or calling off, `ids["entry"]`, was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesTold(Fact):
    """A message of this `kind` about its visits went out because of `ids["entry"]`."""
