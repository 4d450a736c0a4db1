"""Bookings, to look at: they change on their own screens only. Nobody's words are shown here."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.admin import display
from django.db.models import Q
from django.http import HttpRequest

from orderly.appointments.models import Appointment, QueueCounter, Session, Visit
from orderly.billing.models import Payment
from orderly.calendars.models import Claim, Hold, Reservation
from orderly.core.clock import instant
from orderly.edge.models import IdempotentAnswer
from orderly.packages.queries import drawing
from orderly.support.base import ClinicFilter, Records
from orderly.support.site import site

LOOK = "booking:view_calendar"
OF_CLAIM = ("appointment__clinic", "hold__clinic", "session__clinic")


class Appointments(Records):
    needs, shows = LOOK, "appointments"
    search = ("number",)
    search_help_text = "An appointment's number or id"
    list_display = ("number", "status", "when", "provider", "service", "package", "source", "clinic")
    list_filter = (ClinicFilter, "status", "source")
    list_select_related = ("clinic", "provider", "service", "payment")
    fields = (
        *("number", "id", "clinic", "when", "person", "provider", "service", "package", "status", "source"),
        *("claim", "uses"),
        *("cancelled_from", "cancel_reason", "fee", "refund", "created_at", "version"),
    )

    @display(description="patient")
    def person(self, obj: Any) -> str:
        return str(obj.patient_id)

    @display(description="paid by")
    def package(self, obj: Any) -> str:
        """The whole list's sessions are looked up together, once: see `get_changelist_instance`."""
        if not hasattr(obj, "place"):
            obj.place = drawing([obj]).get(obj.pk)
        return f"{obj.place.package} (Session {obj.place.number}/{obj.place.total})" if obj.place else ""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found: Any = super().get_changelist_instance(request)
        rows = list(found.result_list)
        drawn = drawing(rows)
        for row in rows:
            row.place = drawn.get(row.pk)
        found.result_list = rows
        return found


class Sessions(Records):
    needs = LOOK
    list_display = ("id", "when", "provider", "service", "clinic")
    list_filter = (ClinicFilter,)
    list_select_related = ("clinic", "provider", "service")
    search = ()
    fields = (*list_display, "resource", "claim", "uses", "version")


class Visits(Records):
    needs, shows = LOOK, "appointments"
    search = ("appointment__number",)
    search_help_text = "An appointment's number, or a visit's id"
    list_display = ("appointment", "day", "queue_number", "type", "status", "clinic")
    list_filter = (ClinicFilter, "status", "type")
    list_select_related = ("appointment", "clinic")
    fields = (*list_display, "arrived_at", "called_at", "started_at", "done_at")

    def subject_of(self, row: Any) -> UUID | None:
        return row.appointment_id  # type: ignore[no-any-return]


class Payments(Records):
    needs = "billing:view"
    search = ("appointment__number",)
    search_help_text = "An appointment's number, or a payment's id"
    list_display = ("id", "status", "method", "total", "paid", "currency", "clinic", "created_at")
    list_filter = (ClinicFilter, "status", "method")
    list_select_related = ("clinic",)
    fields = (*list_display, "provider_share", "clinic_share", "version")


class Holds(Records):
    needs = LOOK
    list_display = ("id", "when", "owner", "service", "clinic")
    list_filter = (ClinicFilter,)
    list_select_related = ("clinic", "owner", "service")
    fields = (*list_display, "claim")


class Claims(Records):
    """Who has a right to time. Without a clinic of its own: its holder's."""

    needs, shows = LOOK, "appointments"
    list_display = ("id", "kind", "expires_at", "appointment", "session")
    list_filter = ("kind",)
    list_select_related = ("appointment", "session")
    fields = ("id", "kind", "expires_at")

    def subject_of(self, row: Any) -> UUID | None:
        holder = getattr(row, "appointment", None)
        return holder and holder.pk  # type: ignore[no-any-return]

    def within(self, clinics: Iterable[UUID]) -> Q:
        return _of_any(OF_CLAIM, clinics)


class Reservations(Records):
    """What takes time; in UTC, for it is of no clinic."""

    needs = LOOK
    list_display = ("resource", "lane", "from_time", "to_time", "claim")
    list_select_related = ("resource", "claim")
    fields = (*list_display, "expires")

    def within(self, clinics: Iterable[UUID]) -> Q:
        return _of_any([f"claim__{path}" for path in OF_CLAIM], clinics)

    @display(description="from (UTC)")
    def from_time(self, obj: Any) -> str:
        return f"{instant(obj.start):%Y-%m-%d %H:%M}"

    @display(description="to (UTC)")
    def to_time(self, obj: Any) -> str:
        return f"{instant(obj.end):%Y-%m-%d %H:%M}"


class QueueCounters(Records):
    needs = LOOK
    list_display = ("clinic", "day", "last")
    list_filter = (ClinicFilter,)
    list_select_related = ("clinic",)
    fields = list_display


class Answers(Records):
    """Answers kept for a repeated write, without what they said. They are of a user, not of a clinic."""

    needs, clinic = "audit:view", ""
    list_display = ("created_at", "user", "status")
    list_select_related = ("user",)
    fields = list_display


def _of_any(paths: Iterable[str], clinics: Iterable[UUID]) -> Q:
    found = Q()
    for path in paths:
        found |= Q(**{f"{path}__in": clinics})
    return found


site.register(Appointment, Appointments)
site.register(Session, Sessions)
site.register(Visit, Visits)
site.register(Payment, Payments)
site.register(Hold, Holds)
site.register(Claim, Claims)
site.register(Reservation, Reservations)
site.register(QueueCounter, QueueCounters)
site.register(IdempotentAnswer, Answers)
