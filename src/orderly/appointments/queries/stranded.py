"""The visits that can't take place as booked any more, because of hours, time off, closures, maintenance or somebody
leaving. Only those the actor sees, that haven't begun and aren't over; the earliest first.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from orderly.appointments.choices import MOVABLE
from orderly.appointments.models import Appointment
from orderly.calendars.models import Reservation, Rule
from orderly.calendars.queries import Part, bound_by, engine_rule, load
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.plan import Role
from orderly.engine.rules import expand
from orderly.engine.spans import Spans, covers, deep, overlaps
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.resources.models import Asset, Kind, Provider


class Booked(NamedTuple):
    """A reservation of an appointment, buffers included, and where that is."""

    resource: int
    kind: str
    start: int
    end: int
    appointment: UUID
    clinic: UUID
    zone: str


def upcoming(resource: int, *, actor: Actor, now: datetime) -> QuerySet[Appointment]:
    """What a provider or an asset is booked for from now on."""
    theirs = _reservations([resource], actor, now).values("claim__appointment")
    return Appointment.objects.filter(pk__in=theirs).whole()


def by_rule(rule: Rule, *, actor: Actor, now: datetime) -> list[UUID]:
    """Those in the time that time off, a closure or maintenance takes."""
    rows = _booked(bound_by(rule), actor, now, clinic=rule.clinic_id)
    taken = {zone: _taken(rule, zone, rows) for zone in {row.zone for row in rows}}
    return _appointments(row for row in rows if overlaps(taken[row.zone], (row.start, row.end)))


def by_hours(clinic: Clinic, resources: Collection[int], *, actor: Actor, now: datetime) -> list[UUID]:
    """Those outside the hours that these resources have in the clinic now."""
    rows = _booked(resources, actor, now, clinic=clinic.pk)
    if not rows:
        return []
    first, last = _days(rows, clinic.timezone)
    parts = {row.resource: Part(Role.PROVIDER if row.kind == Kind.PROVIDER else Role.RESOURCE) for row in rows}
    calendars = load(parts, clinic=clinic.pk, zone=clinic.timezone, first=first, last=last, now=now).calendars
    hours = {resource: calendar.layers.open for resource, calendar in calendars.items()}
    return _appointments(row for row in rows if not _within(hours[row.resource], row))


def by_provider(provider: Provider, *, actor: Actor, now: datetime) -> list[UUID]:
    """All of somebody's who was stood down; else those in clinics the provider has left."""
    rows = _booked([provider.resource_id], actor, now)
    clinics = set(provider.clinics.values_list("pk", flat=True)) if provider.resource.active else set()
    return _appointments(row for row in rows if row.clinic not in clinics)


def by_asset(asset: Asset, *, actor: Actor, now: datetime) -> list[UUID]:
    """All of what is out of use; else those at times when there are more of them than it has places."""
    rows = _booked([asset.resource_id], actor, now)
    places = asset.resource.capacity if asset.resource.active else 0
    full = deep([(row.start, row.end) for row in rows], places + 1)
    return _appointments(row for row in rows if overlaps(full, (row.start, row.end)))


def _reservations(resources: Collection[int], actor: Actor, now: datetime) -> QuerySet[Reservation]:
    seen = Reservation.objects.filter(
        resource__in=resources, end__gt=minute(now), claim__appointment__status__in=MOVABLE
    )
    return seen if actor.clinics is None else seen.filter(claim__appointment__clinic__in=actor.clinics)


def _booked(resources: Collection[int], actor: Actor, now: datetime, *, clinic: UUID | None = None) -> Sequence[Booked]:
    rows = _reservations(resources, actor, now)
    if clinic is not None:
        rows = rows.filter(claim__appointment__clinic=clinic)
    found = rows.order_by("start", "claim__appointment").values_list(
        "resource",
        "resource__kind",
        "start",
        "end",
        "claim__appointment",
        "claim__appointment__clinic",
        "claim__appointment__clinic__timezone",
    )
    return [Booked(*row) for row in found]


def _appointments(rows: Iterable[Booked]) -> list[UUID]:
    return list(dict.fromkeys(row.appointment for row in rows))


def _days(rows: Iterable[Booked], zone: str) -> tuple[date, date]:
    """The local days [first, last) that these reservations touch."""
    rows = list(rows)
    first, last = min(row.start for row in rows), max(row.end for row in rows)
    return local(zone, first)[0], local(zone, last)[0] + timedelta(days=1)


def _taken(rule: Rule, zone: str, rows: Iterable[Booked]) -> Spans:
    """The time a rule takes, on the days that matter; time off everywhere is read on each clinic's own clock."""
    return expand((engine_rule(rule),), zone, *_days((row for row in rows if row.zone == zone), zone))


def _within(hours: Spans | None, row: Booked) -> bool:
    return hours is None or covers(hours, (row.start, row.end))
