"""Appointments as a file."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import Field

from orderly.api.appointment_filters import AppointmentFilters, filtered, log
from orderly.api.invalid import TooMuch
from orderly.api.operations import reads
from orderly.api.types import Id
from orderly.appointments.models import Appointment
from orderly.appointments.queries.queue import waited
from orderly.core import money
from orderly.core.clock import instant, minute
from orderly.edge.actors import actor_of, now_of
from orderly.edge.tables import Cell, as_csv, as_xlsx
from orderly.engine.problems import Code, Problem
from orderly.engine.walltime import local
from orderly.journal.models import Kind

router = Router(tags=["appointments"])
EXPORT = "patients:export"
MOST_ROWS = 20_000
AT_A_TIME = 500  # SQLite takes no more than 1000 ids in one question
BESIDE = ("patient", "provider", "service", "visit", "payment")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Final = {"csv": (as_csv, "text/csv; charset=utf-8"), "xlsx": (as_xlsx, XLSX)}


class ExportQuery(AppointmentFilters):
    clinic: Id
    format: Literal["csv", "xlsx"] = "csv"
    sort: Literal["-start", "start"] = Field("-start", description="the latest start first, or the earliest")


class Line:
    """One appointment as a row of a table, on the clinic's clock."""

    def __init__(self, row: Appointment, zone: str, now: datetime) -> None:
        self.row, self.visit, self.payment, self._zone, self._now = row, row.visit, row.payment, zone, now

    def day(self) -> date:
        return local(self._zone, self.row.start)[0]

    def clock(self, minutes: int) -> time:
        when = instant(minutes).astimezone(ZoneInfo(self._zone))
        return time(when.hour, when.minute)

    def at(self, when: datetime | None) -> time | None:
        return None if when is None else self.clock(minute(when))

    def amount(self, minor: int) -> Decimal:
        return Decimal(money.text(minor, self.payment.currency))

    def waited(self) -> int | None:
        return waited(self.visit, now=self._now)


# States and sources as the API writes them, so that a sheet made in one language is read in another.
COLUMNS: Final[tuple[tuple[Promise | str, Callable[[Line], Cell]], ...]] = (
    (_("Number"), lambda line: line.row.number),
    (_("Date"), lambda line: line.day()),
    (_("Starts at"), lambda line: line.clock(line.row.start)),
    (_("Ends at"), lambda line: line.clock(line.row.end)),
    (_("Patient"), lambda line: line.row.patient.full_name),
    (_("Phone"), lambda line: line.row.patient.mobile),
    (_("Provider"), lambda line: str(line.row.provider or "")),
    (_("Service"), lambda line: line.row.service.name),
    (_("Status"), lambda line: line.row.status),
    (_("Source"), lambda line: line.row.source),
    (_("Referral"), lambda line: line.row.referral),
    (_("Visit type"), lambda line: line.visit.type),
    (_("Visit"), lambda line: line.visit.status),
    (_("Number in the queue"), lambda line: line.visit.queue_number),
    (_("Arrived at"), lambda line: line.at(line.visit.arrived_at)),
    (_("Called at"), lambda line: line.at(line.visit.called_at)),
    (_("Finished at"), lambda line: line.at(line.visit.done_at)),
    (_("Waited (minutes)"), lambda line: line.waited()),
    (_("Price"), lambda line: line.amount(line.payment.total)),
    (_("Paid"), lambda line: line.amount(line.payment.paid)),
    (_("Currency"), lambda line: line.payment.currency),
)


@reads(router, "appointments/export", needs=EXPORT, shows="appointments", answers=("text/csv", XLSX))
def export_appointments(request: HttpRequest, asked: Query[ExportQuery]) -> HttpResponse:
    """The appointments that the filters find as CSV or as a spreadsheet (XLSX), whole or not at all.

    Besides the right to export it takes the right to see the calendar. More than 20,000 are refused, never cut.
    """
    actor, now = actor_of(request), now_of(request)
    rows = filtered(actor, asked)
    actor.require(EXPORT, asked.clinic)
    order = (asked.sort, asked.sort.replace("start", "id"))
    among = list(rows.order_by(*order).values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(among) > MOST_ROWS:
        raise TooMuch(Problem(Code.INVALID, "from", params=(("reason", "too_many_rows"), ("limit", MOST_ROWS))))
    log(request, asked, "appointments", among, kind=Kind.EXPORT)
    write, content_type = FORMATS[asked.format]
    headings = [str(heading) for heading, _cell in COLUMNS]
    body = write(headings, _lines(among, now))
    name = f'attachment; filename="appointments-{now:%Y%m%d}.{asked.format}"'
    return HttpResponse(body, content_type=content_type, headers={"Content-Disposition": name})


def _lines(among: Sequence[UUID], now: datetime) -> Iterator[list[Cell]]:
    """In this order, some at a time: what stands beside each is looked up together."""
    for first in range(0, len(among), AT_A_TIME):
        some = Appointment.objects.beside("clinic", *BESIDE).in_bulk(among[first : first + AT_A_TIME])
        for pk in among[first : first + AT_A_TIME]:
            line = Line(some[pk], some[pk].clinic.timezone, now)
            yield [cell(line) for _heading, cell in COLUMNS]
