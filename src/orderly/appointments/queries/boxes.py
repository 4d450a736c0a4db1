"""What lies in a calendar's columns: appointments, help with others' appointments, and what is being booked."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from orderly.appointments.choices import Status
from orderly.appointments.queries.columns import NOBODY, By, Columns, Shown, url_id
from orderly.calendars.models import LONGEST
from orderly.core.database import fetch, uuid_param
from orderly.engine.spans import Span
from orderly.engine.walltime import rfc3339

APPOINTMENT, HELD, ASSISTING = range(3)

# Services for which other providers are needed than the one whose visit it is.
TEAMS = (
    "SELECT h.service_id FROM catalogue_phase h JOIN catalogue_need n ON n.phase_id = h.id "
    "JOIN catalogue_need_any_of x ON x.need_id = n.id WHERE n.role = 'provider'"
)
PROVIDER = "COALESCE(a.provider_id, a.proposed_provider_id)"
LOOKS = (
    "a.status, a.version, p.first_name, p.last_name, s.name, s.colour, s.mark, g.id, r.capacity, s.id, p.mobile, "
    "a.notes <> '', a.provider_id IS NULL"
)
VISIT = (
    "FROM appointments_appointment a JOIN patients_patient p ON p.id = a.patient_id "
    "JOIN catalogue_service s ON s.id = a.service_id LEFT JOIN appointments_session g ON g.id = a.session_id "
    "LEFT JOIN resources_resource r ON r.id = g.resource_id "
)
WITHIN = 'a.clinic_id = %s AND a.start >= %s AND a.start < %s AND a."end" > %s '
# A hold comes in the same columns: its owner's id and name stand where the patient's names do.
HOLDS = (
    "'', 0, CAST(u.id AS varchar), COALESCE(NULLIF(u.name, ''), u.email), s.name, s.colour, s.mark, NULL, NULL, s.id, "
    "'', 1 = 0, 1 = 0"
)
LIVE = (
    "FROM calendars_hold h JOIN calendars_claim c ON c.id = h.claim_id JOIN people_user u ON u.id = h.owner_id "
    "JOIN catalogue_service s ON s.id = h.service_id "
)
UNEXPIRED = 'c.expires_at > %s AND h.clinic_id = %s AND h.start < %s AND h."end" > %s '

BY_PROVIDER = (
    f"SELECT {APPOINTMENT}, a.id, {PROVIDER}, {PROVIDER}, '', CAST(a.uses AS text), a.start, a.\"end\", {LOOKS} "
    f"{VISIT} WHERE {WITHIN}"
    f"UNION ALL SELECT {ASSISTING}, a.id, o.id, {PROVIDER}, '', '[]', v.start, v.\"end\", {LOOKS} {VISIT}"
    "JOIN calendars_reservation v ON v.claim_id = COALESCE(g.claim_id, a.claim_id) "
    f"JOIN resources_provider o ON o.resource_id = v.resource_id AND o.id <> {PROVIDER} "
    f"WHERE a.service_id IN ({TEAMS}) AND {WITHIN}"
    f"UNION ALL SELECT {HELD}, h.id, h.provider_id, h.provider_id, '', '[]', h.start, h.\"end\", {HOLDS} {LIVE}"
    f"WHERE {UNEXPIRED} ORDER BY 7, 2"
)
# What an appointment has chosen is kept in it, also when it is cancelled and nothing is reserved any more.
BY_PLACE = (
    f"SELECT {APPOINTMENT}, a.id, NULL, {PROVIDER}, COALESCE(o.title || ' ' || o.name, ''), CAST(a.uses AS text), "
    f'a.start, a."end", {LOOKS} {VISIT} LEFT JOIN resources_provider o ON o.id = {PROVIDER} WHERE {WITHIN}'
    f"UNION ALL SELECT {HELD}, h.id, v.resource_id, h.provider_id, '', '[]', h.start, h.\"end\", {HOLDS} {LIVE}"
    f"JOIN calendars_reservation v ON v.claim_id = c.id WHERE {UNEXPIRED} ORDER BY 7, 2"
)


class Box(NamedTuple):
    """An appointment, in wall time. In a group's session, which has so many places, it is one of several. `provider`
    is named where the columns don't; `phone` where it is asked for. `proposed` is one whose provider may still change.
    For `before` and `after` so many minutes the column is taken too, to make ready and to tidy up.
    """

    id: str
    column: int
    start: str
    end: str
    status: str
    version: int
    patient: str
    service: str
    colour: str
    mark: str
    session: str
    places: int
    phone: str = ""
    notes: bool = False
    provider: str = ""
    proposed: bool = False
    before: int = 0
    after: int = 0


class Spot(NamedTuple):
    """A stretch of a column, and for how many minutes more it is taken on both sides."""

    column: int
    start: int
    end: int
    before: int = 0
    after: int = 0


class Held(NamedTuple):
    """A time somebody is booking just now."""

    id: str
    column: int
    start: str
    end: str
    owner: str
    owner_name: str
    service: str


@dataclass(frozen=True, slots=True)
class Boxes:
    appointments: list[Box] = field(default_factory=list)
    assisting: list[Box] = field(default_factory=list)
    """Appointments once more, in the columns of others who are needed for them, while they are."""
    holds: list[Held] = field(default_factory=list)


class Row(NamedTuple):
    """`where` is what names the column, in its own way for each kind of columns; `uses` is the JSON of what is used."""

    kind: int
    id: Any
    where: Any
    provider: Any
    provider_name: str
    uses: str
    start: int
    end: int
    status: str
    version: int
    first_name: str
    last_name: str
    service: str
    colour: str
    mark: str
    session: Any
    places: int
    service_id: Any
    phone: str
    notes: Any
    proposed: Any


def boxes_of(clinic: UUID, columns: Columns, window: Span, shown: Shown, *, now: datetime) -> Boxes:
    """All that reaches into `window`, in one query."""
    low, high = window
    place, expiry = uuid_param(clinic), connection.ops.adapt_datetimefield_value(now)
    days, live = [place, low - LONGEST, high, low], [expiry, place, high, low]
    by_place = shown.by is By.PLACE
    sent = fetch(BY_PLACE, [*days, *live]) if by_place else fetch(BY_PROVIDER, [*days, *days, *live])
    rows = _wanted(map(Row._make, sent), shown)
    found, resources = Boxes(), list(columns.parts)
    for row in rows:
        for spot in _spots(row, columns) if by_place else _own(row, columns, resources):
            _add(found, row, spot, columns.zone, shown)
    return found


def _wanted(rows: Iterable[Row], shown: Shown) -> Iterator[Row]:
    """Without what the filters leave out. Holds have no status: whoever filters by one still sees what is taken. Help
    is shown to whom it is asked of, whoever is being helped.
    """
    providers, services = _raw(shown.providers), _raw(shown.services)
    for row in rows:
        if services and row.service_id not in services:
            continue
        if providers and row.kind != ASSISTING and row.provider not in providers:
            continue
        if row.kind != HELD and (row.status in shown.without or (shown.statuses and row.status not in shown.statuses)):
            continue
        yield row


def _raw(ids: Collection[UUID]) -> set[Any]:
    return {uuid_param(one) for one in ids}


def _own(row: Row, columns: Columns, resources: Sequence[int]) -> Iterator[Spot]:
    """The column of a provider; who helps and isn't shown has none."""
    number = columns.numbers.get(row.where, NOBODY)
    if number != NOBODY:
        own = [(begin, end) for used, begin, end in json.loads(row.uses) if used == resources[number]]
        yield Spot(number, row.start, row.end, *_beyond(row, own))
    elif row.kind != ASSISTING:
        yield Spot(NOBODY, row.start, row.end)


def _beyond(row: Row, uses: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """For how long a use goes on before the visit and after it; of what is cancelled no time is taken."""
    if not uses or row.status == Status.CANCELLED:
        return 0, 0
    first, last = min(begin for begin, _ in uses), max(end for _, end in uses)
    return max(0, -first), max(0, last - (row.end - row.start))


def _spots(row: Row, columns: Columns) -> Iterator[Spot]:
    """Each chair, room and device that is used, for as long as it is; else the column of those who use none."""
    if row.kind == HELD:
        number = columns.numbers.get(row.where)
        if number is not None:
            yield Spot(number, row.start, row.end)
        return
    uses: Sequence[Sequence[int]] = json.loads(row.uses)
    seen = False
    for resource, begin, end in uses:
        number = columns.numbers.get(resource)
        if number is not None:
            seen = True
            low, high = max(row.start, row.start + begin), min(row.end, row.start + end)
            if low < high:  # what is used only to make ready or to tidy up isn't shown
                yield Spot(number, low, high, *_beyond(row, [(begin, end)]))
    if not seen:
        yield Spot(NOBODY, row.start, row.end)


def _add(found: Boxes, row: Row, spot: Spot, zone: str, shown: Shown) -> None:
    where = url_id(row.id), spot.column, _wall(zone, spot.start), _wall(zone, spot.end)
    if row.kind == HELD:
        found.holds.append(Held(*where, url_id(row.first_name), row.last_name, row.service))
        return
    boxes = found.appointments if row.kind == APPOINTMENT else found.assisting
    boxes.append(
        Box(
            *where,
            row.status,
            row.version,
            f"{row.first_name} {row.last_name}" if shown.names else f"{row.first_name[:1]}. {row.last_name[:1]}.",
            row.service,
            row.colour,
            row.mark,
            *((url_id(row.session), row.places) if row.session else ("", 0)),
            row.phone if shown.phones else "",
            bool(row.notes),
            row.provider_name.strip(),
            row.status == Status.REQUESTED and bool(row.proposed),
            spot.before,
            spot.after,
        )
    )


def _wall(zone: str, minute: int) -> str:
    return rfc3339(zone, minute)[:16]
