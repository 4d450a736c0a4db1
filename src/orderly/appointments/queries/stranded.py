"""The visits that can't take place as booked any more, because of hours, time off, closures, maintenance or somebody
leaving. Only those the actor sees, that haven't begun and aren't over; the earliest first.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

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

# Whose a reservation is: an appointment's own, or that of a session and so of all who are in it.
WAYS = ("claim__appointment", "claim__session__appointments")


class Booked(NamedTuple):
    """An appointment's use of a reservation, buffers included, and where that is. A session's is used by many."""

    reservation: int
    resource: int
    kind: str
    start: int
    end: int
    appointment: UUID
    clinic: UUID
    zone: str


def upcoming(resource: int, *, actor: Actor, now: datetime) -> QuerySet[Appointment]:
    """What a provider or an asset is booked for from now on."""
    own, shared = (_reservations([resource], actor, now, way).values(way) for way in WAYS)
    return Appointment.objects.filter(Q(pk__in=own) | Q(pk__in=shared)).whole()


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
    taken = {row.reservation: (row.start, row.end) for row in rows}
    full = deep(sorted(taken.values()), places + 1)
    return _appointments(row for row in rows if overlaps(full, (row.start, row.end)))


def _reservations(resources: Collection[int], actor: Actor, now: datetime, way: str) -> QuerySet[Reservation]:
    of_movable = {f"{way}__status__in": MOVABLE}
    seen = Reservation.objects.filter(resource__in=resources, end__gt=minute(now), **of_movable)
    return seen if actor.clinics is None else seen.filter(**{f"{way}__clinic__in": actor.clinics})


def _booked(resources: Collection[int], actor: Actor, now: datetime, *, clinic: UUID | None = None) -> Sequence[Booked]:
    """By start, in two queries."""
    found = []
    for way in WAYS:
        rows = _reservations(resources, actor, now, way)
        if clinic is not None:
            rows = rows.filter(**{f"{way}__clinic": clinic})
        place = (way, f"{way}__clinic", f"{way}__clinic__timezone")
        found += [Booked(*row) for row in rows.values_list("pk", "resource", "resource__kind", "start", "end", *place)]
    return sorted(found, key=lambda row: (row.start, row.appointment))


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
