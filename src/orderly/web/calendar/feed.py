"""The calendar's data as the browser reads it."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from orderly.appointments.queries.columns import Shown
from orderly.appointments.queries.density import density
from orderly.appointments.queries.feed import EVERYTHING, week
from orderly.core import clock
from orderly.engine.walltime import rfc3339


def week_json(
    clinic: UUID, first: date, last: date, shown: Shown = EVERYTHING, *, now: datetime | None = None
) -> bytes:
    """The clinic's days [first, last), as far as they are wanted, with the wall time it is there now."""
    at = now or clock.now()
    found = week(clinic, first, last, shown, now=at)
    return _written(
        {
            "now": rfc3339(found.zone, clock.minute(at)),
            "grid": found.grid,
            "columns": found.columns,
            "closed": found.closed,
            "appointments": found.appointments,
            "assisting": found.assisting,
            "holds": found.holds,
        }
    )


def density_json(clinic: UUID, first: date, last: date, shown: Shown, *, now: datetime) -> bytes:
    """How full the days [first, last) are."""
    return _written({"days": density(clinic, first, last, shown, now=now)})


def _written(found: dict[str, Any]) -> bytes:
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False).encode()
