"""What can happen to a package and to a sold one. `ids` of a purchase name its patient, package and invoice.

Where visits go with it `ids["appointments"]` names those, and `ids["tell"]` says whether the patient is told of all of
them at once, where that was asked.
"""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageAdded(Fact):
    """A new package can be sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChanged(Fact):
    """Other details; what was sold stays as it was sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseSold(Fact):
    """A patient bought a package; the subject is the purchase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasePaid(Fact):
    """An instalment came in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseScheduled(Fact):
    """Several of its sessions were booked at once, in the fact's clinic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseTold(Fact):
    """A message of this `kind` about its visits in the fact's clinic went out because of `ids["entry"]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseExtended(Fact):
    """It can be used for longer; the note is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseCompleted(Fact):
    """Its last session was used, by `ids["appointment"]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseCancelled(Fact):
    """Called off, with or without a refund; the note is the reason."""
