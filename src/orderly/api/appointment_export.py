"""Appointments as a file."""

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from orderly.api.appointment_filters import AppointmentFilters, filtered, log
from orderly.api.invalid import TooMuch
from orderly.api.operations import reads
from orderly.api.types import Id
from orderly.edge import appointment_table
from orderly.edge.actors import actor_of, now_of
from orderly.edge.appointment_table import EXPORT, columns_for, headings, lines
from orderly.edge.tables import CSV, XLSX, attached
from orderly.engine.problems import Code, Problem
from orderly.journal.models import Kind

router = Router(tags=["appointments"])


class ExportQuery(AppointmentFilters):
    clinic: Id
    format: Literal["csv", "xlsx"] = "csv"
    sort: Literal["-start", "start"] = Field("-start", description="the latest start first, or the earliest")


@reads(router, "appointments/export", needs=EXPORT, shows="appointments", answers=(CSV, XLSX))
def export_appointments(request: HttpRequest, asked: Query[ExportQuery]) -> HttpResponse:
    """The appointments that the filters find as CSV or as a spreadsheet (XLSX), whole or not at all.

    Besides the right to export it takes the right to see the calendar. More than 20,000 are refused, never cut. States
    and sources are codes, so that a sheet made in one language is read in another. Prices and payments are in it for
    who may see them (`billing:view`), sessions of packages likewise (`packages:view`).
    """
    actor, now = actor_of(request), now_of(request)
    rows = filtered(actor, asked, now=now)
    actor.require(EXPORT, asked.clinic)
    most, order = appointment_table.MOST_ROWS, (asked.sort, asked.sort.replace("start", "id"))
    among = list(rows.order_by(*order).values_list("pk", flat=True)[: most + 1])
    if len(among) > most:
        raise TooMuch(Problem(Code.INVALID, "from", params=(("reason", "too_many_rows"), ("limit", most))))
    log(request, asked, "appointments", among, kind=Kind.EXPORT)
    columns = columns_for(actor, asked.clinic)
    return attached(f"appointments-{now:%Y%m%d}", asked.format, headings(columns), lines(among, columns, now=now))
