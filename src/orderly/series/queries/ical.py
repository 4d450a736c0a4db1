"""A chain of visits as iCalendar (RFC 5545). It names the service, the provider and the clinic, never the patient."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vRecur

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.clock import instant
from orderly.series.models import Occurrence, Series

PRODUCT = "-//Orderly//Series//EN"


def calendar_of(chain: Series, *, now: datetime) -> bytes:
    """All series of the chain: each a rule, without the days that were skipped or called off, and with those that were
    moved.
    """
    rows = Occurrence.objects.filter(series__chain=chain.chain).order_by("series__id", "day")
    beside = (
        "series__clinic",
        "series__provider",
        "appointment__service",
        "appointment__provider",
        "appointment__clinic",
    )
    found = rows.select_related(*beside).defer("series__clinic__logo", "appointment__clinic__logo")
    return written_down([list(days) for _, days in groupby(found, key=lambda one: one.series_id)], now=now)


def written_down(chain: Iterable[Sequence[Occurrence]], *, now: datetime) -> bytes:
    """The same of rows that are at hand, those of each series by day."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for days in chain:
        for event in _events(days, now):
            calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _events(days: Sequence[Occurrence], now: datetime) -> list[Event]:
    series = days[0].series
    some = next(one.appointment for one in days if one.appointment is not None)
    whole = _event(series, some, now, minutes=series.minutes)
    whole.add("dtstart", _wall(days[0]))
    whole.add("rrule", vRecur.from_ical(series.ending(len(days))))
    for one in days:
        if one.appointment is None or one.appointment.status == Status.CANCELLED:
            whole.add("exdate", _wall(one))
    live = [(one, one.appointment) for one in days if one.appointment and one.appointment.status != Status.CANCELLED]
    return [whole, *(_moved(one, found, now) for one, found in live if one.stands_by_itself)]


def _moved(one: Occurrence, found: Appointment, now: datetime) -> Event:
    event = _event(one.series, found, now, minutes=found.end - found.start)
    event.add("recurrence-id", _wall(one))
    event.add("dtstart", instant(found.start).astimezone(_zone(one.series.clinic)))
    return event


def _event(series: Series, found: Appointment, now: datetime, *, minutes: int) -> Event:
    event = Event()
    event.add("uid", f"{series.pk}@orderly")
    event.add("dtstamp", now)
    event.add("duration", timedelta(minutes=minutes))
    event.add("summary", f"{found.service.name} – {found.provider or series.provider}")
    event.add("location", series.clinic.name)
    return event


def _wall(one: Occurrence) -> datetime:
    """When the rule has it, as clocks show it in the clinic."""
    hours, minutes = divmod(one.series.wall, 60)
    return datetime(one.day.year, one.day.month, one.day.day, hours, minutes, tzinfo=_zone(one.series.clinic))


def _zone(clinic: Clinic) -> ZoneInfo:
    return ZoneInfo(clinic.timezone)
