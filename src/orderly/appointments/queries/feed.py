"""What a calendar shows between two days: its columns, closed time, appointments and holds. Four queries, always."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from orderly.calendars.models import LONGEST
from orderly.calendars.queries import Part, load
from orderly.core.database import fetch, uuid_param
from orderly.core.errors import NotFound
from orderly.core.models import as_uuid
from orderly.engine.plan import Role
from orderly.engine.rules import Layers
from orderly.engine.spans import Span, Spans, clip, intersect, subtract
from orderly.engine.walltime import day_start, rfc3339

NOBODY = -1
"""The column of what belongs to none of those shown."""

APPOINTMENT, HELD, ASSISTING = range(3)

COLUMNS = (
    "SELECT c.timezone, c.slot_minutes, p.id, p.name, p.title, p.colour, r.id, r.active FROM clinics_clinic c "
    "LEFT JOIN resources_provider_clinics pc ON pc.clinic_id = c.id "
    "LEFT JOIN resources_provider p ON p.id = pc.provider_id LEFT JOIN resources_resource r ON r.id = p.resource_id "
    "WHERE c.id = %s ORDER BY p.name, p.id"
)
# Services for which other providers are needed than the one whose visit it is.
TEAMS = (
    "SELECT h.service_id FROM catalogue_phase h JOIN catalogue_need n ON n.phase_id = h.id "
    "JOIN catalogue_need_any_of x ON x.need_id = n.id WHERE n.role = 'provider'"
)
# A hold comes in the same columns: its owner's id and name stand where the patient's names do. So does the time that
# somebody is needed for another provider's visit.
BOXES = (
    'SELECT 0, a.id, COALESCE(a.provider_id, a.proposed_provider_id), a.start, a."end", a.status, a.version, '
    "p.first_name, p.last_name, s.name, s.colour, s.mark, g.id, r.capacity "
    "FROM appointments_appointment a JOIN patients_patient p ON p.id = a.patient_id "
    "JOIN catalogue_service s ON s.id = a.service_id LEFT JOIN appointments_session g ON g.id = a.session_id "
    "LEFT JOIN resources_resource r ON r.id = g.resource_id "
    'WHERE a.clinic_id = %s AND a.start >= %s AND a.start < %s AND a."end" > %s '
    "UNION ALL "
    'SELECT 2, a.id, o.id, v.start, v."end", a.status, a.version, p.first_name, p.last_name, s.name, s.colour, s.mark, '
    "g.id, r.capacity FROM appointments_appointment a JOIN patients_patient p ON p.id = a.patient_id "
    "JOIN catalogue_service s ON s.id = a.service_id LEFT JOIN appointments_session g ON g.id = a.session_id "
    "LEFT JOIN resources_resource r ON r.id = g.resource_id "
    "JOIN calendars_reservation v ON v.claim_id = COALESCE(g.claim_id, a.claim_id) "
    "JOIN resources_provider o ON o.resource_id = v.resource_id "
    "AND o.id <> COALESCE(a.provider_id, a.proposed_provider_id) "
    f"WHERE a.service_id IN ({TEAMS}) "
    'AND a.clinic_id = %s AND a.start >= %s AND a.start < %s AND a."end" > %s '
    "UNION ALL "
    "SELECT 1, h.id, h.provider_id, h.start, h.\"end\", '', 0, CAST(u.id AS varchar), "
    "COALESCE(NULLIF(u.name, ''), u.email), s.name, s.colour, s.mark, NULL, NULL FROM calendars_hold h "
    "JOIN calendars_claim c ON c.id = h.claim_id JOIN people_user u ON u.id = h.owner_id "
    "JOIN catalogue_service s ON s.id = h.service_id "
    'WHERE c.expires_at > %s AND h.clinic_id = %s AND h.start < %s AND h."end" > %s '
    "ORDER BY 4, 2"
)

# The position is in the order of commits; the last id moves even while nobody gives out positions. Holds write no
# journal, so the live ones are named.


class Column(NamedTuple):
    """A provider of the clinic."""

    id: str
    name: str
    title: str
    colour: str
    active: bool


class Closed(NamedTuple):
    """Wall time in which a column can't be booked; `layer` says why: hours, time_off, closed or maintenance."""

    column: int
    start: str
    end: str
    layer: str


class Box(NamedTuple):
    """An appointment, in wall time. In a group's session, which has so many places, it is one of several."""

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
class Week:
    """Everything between two days. Wall times are text such as 2026-11-20T10:30, in the clinic's zone."""

    zone: str
    grid: int
    columns: list[Column]
    closed: list[Closed]
    appointments: list[Box]
    assisting: list[Box]
    """The same once more in the columns of others who are needed for them, while they are."""
    holds: list[Held]


def week(clinic: UUID, first: date, last: date, providers: Collection[UUID] | None = None, *, now: datetime) -> Week:
    """The clinic's local days [first, last), of all its providers or of some. Raises NotFound for an unknown clinic."""
    rows = fetch(COLUMNS, [uuid_param(clinic)])
    if not rows:
        raise NotFound("clinic")
    zone, grid = rows[0][:2]
    shown = [row[2:] for row in rows if row[2] is not None and (providers is None or as_uuid(row[2]) in providers)]
    window = day_start(zone, first), day_start(zone, last)
    parts = {row[4]: Part(Role.PROVIDER, active=bool(row[5])) for row in shown}
    calendars = load(parts, clinic=clinic, zone=zone, first=first, last=last, now=now).calendars
    closed = [
        Closed(number, _wall(zone, start), _wall(zone, end), layer)
        for number, row in enumerate(shown)
        for layer, (start, end) in _closed(calendars[row[4]].layers, window)
    ]
    numbers = {row[0]: number for number, row in enumerate(shown)}
    appointments, assisting, holds = _boxes(clinic, zone, window, numbers, now)
    assisting = [box for box in assisting if box.column != NOBODY]
    if providers is not None:
        appointments = [box for box in appointments if box.column != NOBODY]
        holds = [held for held in holds if held.column != NOBODY]
    columns = [Column(_id(id_), name, title, colour, bool(active)) for id_, name, title, colour, _, active in shown]
    return Week(zone, grid, columns, closed, appointments, assisting, holds)


def _boxes(
    clinic: UUID, zone: str, window: Span, columns: dict[Any, int], now: datetime
) -> tuple[list[Box], list[Box], list[Held]]:
    low, high = window
    place, expiry = uuid_param(clinic), connection.ops.adapt_datetimefield_value(now)
    boxes: dict[int, list[Box]] = {APPOINTMENT: [], ASSISTING: []}
    holds: list[Held] = []
    days = [place, low - LONGEST, high, low]
    for kind, id_, provider, start, end, status, version, one, two, service, colour, mark, session, places in fetch(
        BOXES, [*days, *days, expiry, place, high, low]
    ):
        where = _id(id_), columns.get(provider, NOBODY), _wall(zone, start), _wall(zone, end)
        if kind == HELD:
            holds.append(Held(*where, _id(one), two, service))
        else:
            group = (_id(session), places) if session else ("", 0)
            boxes[kind].append(Box(*where, status, version, f"{one} {two}", service, colour, mark, *group))
    return boxes[APPOINTMENT], boxes[ASSISTING], holds


def _closed(layers: Layers, window: Span) -> Iterator[tuple[str, Span]]:
    """What a column is closed by: outside its hours, or within them by something else."""
    open_ = clip(layers.open or (), window)
    yield from (("hours", span) for span in subtract((window,), open_))
    blocking: tuple[tuple[str, Spans], ...] = (
        ("time_off", layers.time_off),
        ("closed", layers.closed),
        ("maintenance", layers.maintenance),
    )
    for layer, spans in blocking:
        yield from ((layer, span) for span in intersect(open_, spans))


def _wall(zone: str, minute: int) -> str:
    return rfc3339(zone, minute)[:16]


def _id(raw: object) -> str:
    """An id as URLs write it; SQLite keeps 32 hex digits, and making a UUID of each would cost more than the query."""
    text = str(raw)
    return text if len(text) == 36 else f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
