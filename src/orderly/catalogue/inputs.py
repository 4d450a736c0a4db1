"""A service as an administrator describes it. Nothing in here has been checked yet."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from orderly.catalogue.models import NeedRole
from orderly.core.edits import UNSET, Details, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedDetails:
    """`count` of the providers or assets named in `any_of`; none named: one of the service's providers, or assets of
    the kind.
    """

    role: str = NeedRole.PROVIDER
    kind: str = ""
    count: int = 1
    any_of: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseDetails:
    """A stretch of the visit, and what it occupies."""

    minutes: int
    needs: tuple[NeedDetails, ...] = (NeedDetails(),)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingDetails:
    """Somebody who gives the service; None: in its usual length, for its usual price (minor units)."""

    provider: UUID
    minutes: int | None = None
    price: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDetails(Details):
    """Everything that can be said of a service. `minutes` without `phases` means: one phase; prices are in minor
    units.
    """

    name: str | Unset = UNSET
    description: str | Unset = UNSET
    category: str | Unset = UNSET
    active: bool | Unset = UNSET
    clinics: Collection[UUID] | Unset = UNSET
    providers: tuple[OfferingDetails, ...] | Unset = UNSET
    general: bool | Unset = UNSET
    minutes: int | Unset = UNSET
    phases: tuple[PhaseDetails, ...] | Unset = UNSET
    buffer_before: int | Unset = UNSET
    buffer_after: int | Unset = UNSET
    price: int | Unset = UNSET
    follow_up_price: int | Unset | None = UNSET
    follow_up_days: int | Unset = UNSET
    audience: str | Unset = UNSET
    colour: str | Unset = UNSET
    mark: str | Unset = UNSET
    overbook: int | Unset = UNSET
    notice_minutes: int | Unset = UNSET
    horizon_days: int | Unset = UNSET
    online: bool | Unset = UNSET
    places: int | Unset = UNSET
