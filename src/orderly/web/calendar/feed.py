"""The calendar's data as the browser reads it."""

import json
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from orderly.appointments.queries.feed import week
from orderly.core import clock
from orderly.engine.walltime import rfc3339


def week_json(
    clinic: UUID, first: date, last: date, providers: Collection[UUID] | None = None, *, now: datetime | None = None
) -> bytes:
    """The clinic's days [first, last), of all its providers or of some, with the wall time it is there now."""
    at = now or clock.now()
    found = week(clinic, first, last, providers, now=at)
    return json.dumps(
        {
            "now": rfc3339(found.zone, clock.minute(at)),
            "grid": found.grid,
            "columns": found.columns,
            "closed": found.closed,
            "appointments": found.appointments,
            "assisting": found.assisting,
            "holds": found.holds,
        },
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()
