"""What can happen to providers, chairs, rooms and devices."""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAdded(Fact):
    """Somebody new gives treatments; `ids["clinics"]` says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderChanged(Fact):
    """Their details were edited. Of what is personal it says only that it changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetAdded(Fact):
    """A clinic has one more chair, room or device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetChanged(Fact):
    """Its details were edited."""
