"""Appointments as the lines of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final
from uuid import UUID

from orderly.appointments.models import Appointment, AppointmentQuerySet
from orderly.edge.appointment_table import MOST_ROWS
from orderly.packages.queries import Place, drawing
from orderly.web.words import PAYMENT, SOURCE

LIMIT: Final = 25


@dataclass(frozen=True, slots=True)
class Line:
    """An appointment, and what codes are called."""

    appointment: Appointment
    place: Place | None
    """The prepaid session it draws on."""

    @property
    def source(self) -> Any:
        return SOURCE[self.appointment.source]

    @property
    def payment(self) -> Any:
        return PAYMENT[self.appointment.payment.status]


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a list. `total` is counted as far as a file may be long: beyond that `over` says so."""

    lines: list[Line]
    number: int
    total: int
    over: bool

    @property
    def pages(self) -> int:
        return max(1, ceil(self.total / LIMIT))

    @property
    def first(self) -> int:
        return (self.number - 1) * LIMIT + 1

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1

    @property
    def before(self) -> int:
        return self.number - 1

    @property
    def after(self) -> int:
        return self.number + 1 if self.number < self.pages else 0


def page_of(rows: AppointmentQuerySet, order: Sequence[str], number: int) -> Page:
    """Four queries, however many rows: how many, which, and these with all that stands beside them.

    Joined only by their ids: joined before, SQLite would sort the whole history.
    """
    counted = rows.order_by().values("pk")[: MOST_ROWS + 1].count()
    total = min(counted, MOST_ROWS)
    number = min(number, max(1, ceil(total / LIMIT)))
    ids = list(rows.order_by(*order).values_list("pk", flat=True)[(number - 1) * LIMIT : number * LIMIT])
    return Page(lines_of(ids), number, total, counted > MOST_ROWS)


def lines_of(ids: Sequence[UUID]) -> list[Line]:
    """In this order, in two queries."""
    found = Appointment.objects.whole().select_related("created_by").in_bulk(ids)
    drawn = drawing(found.values())
    return [Line(found[pk], drawn.get(pk)) for pk in ids if pk in found]
