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
class FamilyChanged(Fact):
    """Somebody was noted as family (`ids["added"]`), or isn't any more (`ids["removed"]`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientLinked(Fact):
    """Another clinic knows the patient now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistenceTold(Fact):
    """The clinic was told that somebody it described exactly has a record elsewhere; not who told, nor whose it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRequested(Fact):
    """The clinic asked to know a patient of others; the subject is the request, not the patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAsked(Fact):
    """Another clinic (`ids["by"]`) asks to know one of the clinic's patients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDecided(Fact):
    """The clinic agreed to another's request, or didn't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAnswered(Fact):
    """What became of the clinic's request; not who decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItemAdded(Fact):
    """Forms offer one more region, district or document type; a district names its region (`ids["parent"]`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItemChanged(Fact):
    """It was renamed, moved, or isn't offered any more, or is again."""
