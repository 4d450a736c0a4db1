"""How full days are: for a month at a glance. Four queries, always."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from orderly.appointments.choices import Status
from orderly.appointments.queries.columns import Columns, Shown, columns_of
from orderly.calendars.queries import Loaded, load
from orderly.core.database import fetch, uuid_param
from orderly.engine.spans import Span, Spans, clip, intersect, normalise
from orderly.engine.walltime import day_start, days

STARTS = (
    "SELECT a.start, count(*) FROM appointments_appointment a "
    "WHERE a.clinic_id = %s AND a.start >= %s AND a.start < %s AND a.status <> %s{filters} GROUP BY a.start"
)


class Day(NamedTuple):
    """A local day: appointments that are on, working minutes of all shown, and how many of those are taken."""

    day: str
    appointments: int
    open: int
    taken: int


def density(clinic: UUID, first: date, last: date, shown: Shown, *, now: datetime) -> list[Day]:
    """The clinic's local days [first, last): what is counted can be filtered by provider, service and status; the time
    taken is that of the providers, whatever takes it. Raises NotFound for an unknown clinic.
    """
    columns = columns_of(clinic, Shown(providers=shown.providers))
    zone = columns.zone
    loaded = load(columns.parts, clinic=clinic, zone=zone, first=first, last=last, now=now)
    edges = [day_start(zone, day) for day in days(first, last + timedelta(days=1))]
    counts = _counts(clinic, edges, shown)
    minutes = _minutes(columns, loaded, edges)
    return [Day(day.isoformat(), counts[number], *minutes[number]) for number, day in enumerate(days(first, last))]


def _counts(clinic: UUID, edges: Sequence[int], shown: Shown) -> list[int]:
    """Appointments by day. Which day an instant is on is never left to the database."""
    filters, values = _filters(shown)
    low, high = edges[0], edges[-1]
    counted = [0] * (len(edges) - 1)
    for start, many in fetch(
        STARTS.format(filters=filters), [uuid_param(clinic), low, high, Status.CANCELLED, *values]
    ):
        counted[bisect_right(edges, start) - 1] += many
    return counted


def _filters(shown: Shown) -> tuple[str, list[Any]]:
    wanted: tuple[tuple[str, list[Any]], ...] = (
        ("COALESCE(a.provider_id, a.proposed_provider_id)", [uuid_param(one) for one in sorted(shown.providers)]),
        ("a.service_id", [uuid_param(one) for one in sorted(shown.services)]),
        ("a.status", sorted(shown.statuses)),
    )
    given = [(name, values) for name, values in wanted if values]
    text = "".join(f" AND {name} IN ({','.join(['%s'] * len(values))})" for name, values in given)
    return text, [value for _, values in given for value in values]


def _minutes(columns: Columns, loaded: Loaded, edges: Sequence[int]) -> list[tuple[int, int]]:
    """Open and taken minutes by day, of all the columns together."""
    whole = edges[0], edges[-1]
    found = [(0, 0)] * (len(edges) - 1)
    for calendar in (loaded.calendars[resource] for resource, part in columns.parts.items() if part.active):
        free = clip(calendar.layers.available, whole)
        taken = intersect(free, normalise(calendar.busy + calendar.held))
        opens, takes = _by_day(free, edges), _by_day(taken, edges)
        found = [(one + by, two + to) for (one, two), by, to in zip(found, opens, takes, strict=True)]
    return found


def _by_day(spans: Spans, edges: Sequence[int]) -> list[int]:
    minutes = [0] * (len(edges) - 1)
    for day, length in (piece for span in spans for piece in _cut(span, edges)):
        minutes[day] += length
    return minutes


def _cut(span: Span, edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The pieces of a span by day, with their lengths."""
    start, end = span
    day = bisect_right(edges, start) - 1
    while start < end:
        stop = min(end, edges[day + 1])
        yield day, stop - start
        start, day = stop, day + 1
