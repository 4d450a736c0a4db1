"""Providers and assets as an administrator describes them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from orderly.core.edits import UNSET, Details, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDetails(Details):
    """Everything that can be said of a provider. `user` None: nobody signs in as them."""

    name: str | Unset = UNSET
    title: str | Unset = UNSET
    colour: str | Unset = UNSET
    photo: str | Unset = UNSET
    share_percent: int | Unset = UNSET
    active: bool | Unset = UNSET
    user: UUID | Unset | None = UNSET
    clinics: Collection[UUID] | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetDetails(Details):
    """Everything that can be said of a chair, room or device. Its kind is for ever."""

    name: str | Unset = UNSET
    capacity: int | Unset = UNSET
    active: bool | Unset = UNSET
