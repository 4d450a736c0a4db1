"""What a calendar has side by side: the clinic's providers, or its chairs, rooms and devices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from orderly.calendars.queries import Part
from orderly.core.database import fetch, uuid_param
from orderly.core.errors import NotFound
from orderly.engine.plan import Role
from orderly.resources.models import ASSET_KINDS, Kind

NOBODY = -1
"""The column of what belongs to none of those shown."""

PROVIDERS = (
    "SELECT c.timezone, c.slot_minutes, p.id, p.name, p.title, p.colour, r.kind, r.id, r.active, r.capacity "
    "FROM clinics_clinic c LEFT JOIN resources_provider_clinics pc ON pc.clinic_id = c.id "
    "LEFT JOIN resources_provider p ON p.id = pc.provider_id LEFT JOIN resources_resource r ON r.id = p.resource_id "
    "WHERE c.id = %s ORDER BY p.name, p.id"
)
PLACES = (
    "SELECT c.timezone, c.slot_minutes, s.id, s.name, '', '', r.kind, r.id, r.active, r.capacity "
    "FROM clinics_clinic c LEFT JOIN resources_asset s ON s.clinic_id = c.id "
    "LEFT JOIN resources_resource r ON r.id = s.resource_id WHERE c.id = %s ORDER BY s.name, s.id"
)


class By(StrEnum):
    """What the columns are."""

    PROVIDER = "provider"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a calendar is wanted; an empty set wants everything."""

    by: By = By.PROVIDER
    providers: frozenset[UUID] = frozenset()
    places: frozenset[UUID] = frozenset()
    services: frozenset[UUID] = frozenset()
    statuses: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    """Statuses that are left out."""
    phones: bool = False
    names: bool = True
    """Of patients; only their initials for who may not look at patients."""

    @property
    def columns(self) -> frozenset[UUID]:
        return self.providers if self.by is By.PROVIDER else self.places


class Column(NamedTuple):
    """A provider of the clinic, or a chair, room or device: `kind` says which."""

    id: str
    name: str
    title: str
    colour: str
    active: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Columns:
    """All that are shown, in order. `numbers` finds one by what boxes name: a provider's id, a place's resource."""

    zone: str
    grid: int
    columns: list[Column]
    parts: dict[int, Part]
    numbers: Mapping[Any, int] = field(default_factory=lambda: MappingProxyType({}))


def columns_of(clinic: UUID, shown: Shown) -> Columns:
    """Of the clinic, in one query. Raises NotFound for an unknown one."""
    places = shown.by is By.PLACE
    rows = fetch(PLACES if places else PROVIDERS, [uuid_param(clinic)])
    if not rows:
        raise NotFound("clinic")
    wanted = {uuid_param(one) for one in shown.columns}
    own = [row[2:] for row in rows if row[2] is not None and (not wanted or row[2] in wanted)]
    if places:
        own.sort(key=lambda row: ASSET_KINDS.index(Kind(row[4])))
    return Columns(
        zone=rows[0][0],
        grid=rows[0][1],
        columns=[_column(row) for row in own],
        parts={row[5]: _part(row) for row in own},
        numbers={row[5] if places else row[0]: number for number, row in enumerate(own)},
    )


def _column(row: Sequence[Any]) -> Column:
    id_, name, title, colour, kind, _, active, _ = row
    return Column(url_id(id_), name, title, colour, bool(active), kind)


def _part(row: Sequence[Any]) -> Part:
    role = Role.PROVIDER if row[4] == Kind.PROVIDER else Role.RESOURCE
    return Part(role, capacity=row[7], active=bool(row[6]))


def url_id(raw: object) -> str:
    """An id as URLs write it; SQLite keeps 32 hex digits, and making a UUID of each would cost more than the query."""
    text = str(raw)
    return text if len(text) == 36 else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
