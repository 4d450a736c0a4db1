"""Appointments found by filters."""

from typing import Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from orderly.api.appointment_filters import AppointmentFilters, filtered, log
from orderly.api.appointments import VIEW, router
from orderly.api.operations import reads
from orderly.api.paging import Paged, piece
from orderly.api.schemas import Page
from orderly.api.shown import AppointmentOut, listed
from orderly.edge.actors import actor_of, now_of


class AppointmentsQuery(AppointmentFilters, Paged):
    sort: Literal["-start", "start"] = Field("-start", description="the latest start first, or the earliest")


@reads(router, "appointments", needs=VIEW, shows="appointments")
def list_appointments(request: HttpRequest, asked: Query[AppointmentsQuery]) -> Page[AppointmentOut]:
    """Appointments, the latest start first unless they are sorted otherwise."""
    rows = filtered(actor_of(request), asked, now=now_of(request)).beside("clinic", "payment", "cancel_reason")
    order = (asked.sort, asked.sort.replace("start", "id"))
    found, rest = piece(rows, order, asked, name=f"appointments {asked.sort}")
    log(request, asked, "appointments", [one.pk for one in found])
    return Page[AppointmentOut](items=listed(found), next=rest)
