"""What a calendar shows between two days: its columns, closed time, appointments and holds. Three queries, always."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from orderly.appointments.queries.boxes import Box, Held, boxes_of
from orderly.appointments.queries.closed import Closed, closed_of
from orderly.appointments.queries.columns import NOBODY, Column, Shown, columns_of
from orderly.engine.walltime import day_start

EVERYTHING = Shown()


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


def week(clinic: UUID, first: date, last: date, shown: Shown = EVERYTHING, *, now: datetime) -> Week:
    """The clinic's local days [first, last), as far as they are wanted. Raises NotFound for an unknown clinic."""
    columns = columns_of(clinic, shown)
    window = day_start(columns.zone, first), day_start(columns.zone, last)
    closed = closed_of(clinic, columns, first, last)
    found = boxes_of(clinic, columns, window, shown, now=now)
    appointments, holds = found.appointments, found.holds
    if shown.columns:
        appointments = [box for box in appointments if box.column != NOBODY]
        holds = [held for held in holds if held.column != NOBODY]
    return Week(columns.zone, columns.grid, columns.columns, closed, appointments, found.assisting, holds)
