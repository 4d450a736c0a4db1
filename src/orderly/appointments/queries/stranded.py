"""The visits that can't take place as booked any more, because of hours, time off, closures, maintenance or somebody
leaving. Only those the actor sees, that haven't begun and aren't over; the earliest first.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from orderly.appointments.choices import MOVABLE
from orderly.appointments.models import Appointment
from orderly.calendars.models import LONGEST, Reservation, Rule
from orderly.calendars.queries import Part, bound_by, engine_rule, patterns_of
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.calendar import Calendar
from orderly.engine.plan import Role
from orderly.engine.problems import Code, Problem
from orderly.engine.reasons import reasons
from orderly.engine.rules import Layers, expand
from orderly.engine.spans import Spans, covers, deep, overlaps
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.resources.models import ASSET_KINDS, Asset, Kind, Provider

# Whose a reservation is: an appointment's own, or that of a session and so of all who are in it.
WAYS = ("claim__appointment", "claim__session__appointments")
SERVING = (Kind.PROVIDER, *ASSET_KINDS)


class Booked(NamedTuple):
    """An appointment's use of a reservation, buffers included, and where that is. A session's is used by many."""

    reservation: int
    resource: int
    kind: str
    places: int
    active: bool
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
    parts = {row.resource: Part(_role(row)) for row in rows}
    patterns = patterns_of(parts, clinic=clinic.pk, zone=clinic.timezone, first=first, last=last)
    return _appointments(row for row in rows if not _within(patterns[row.resource].open, row))


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


def by_clinic(clinic: Clinic, *, actor: Actor, now: datetime) -> list[UUID]:
    """All of a clinic's that can't take place as they are booked, whatever the cause: somebody or something they need
    isn't there then, or is there for others. Four queries.
    """
    return list(why_by_clinic(clinic, actor=actor, now=now))


def why_by_clinic(clinic: Clinic, *, actor: Actor, now: datetime) -> dict[UUID, Problem]:
    """The same, each with the first reason why."""
    rows = _booked(None, actor, now, clinic=clinic.pk)
    if not rows:
        return {}
    first, last = _days(rows, clinic.timezone)
    parts = {row.resource: Part(_role(row), row.places, row.active) for row in rows}
    patterns = patterns_of(parts, clinic=clinic.pk, zone=clinic.timezone, first=first, last=last)
    here = set(Provider.objects.filter(clinics=clinic).values_list("resource", flat=True))
    full = _full([row for row in rows if row.kind != Kind.PROVIDER])
    found: dict[UUID, Problem] = {}
    for row in rows:
        gone = _gone(row, here) or _crowded(row, full)
        if gone is not None:
            found.setdefault(row.appointment, gone)
        elif not covers(patterns[row.resource].available, (row.start, row.end)):
            found.setdefault(row.appointment, _shut(row, patterns[row.resource]))
    return found


def _gone(row: Booked, here: Collection[int]) -> Problem | None:
    """Stood down or out of use; or a provider who has left the clinic."""
    provider = row.kind == Kind.PROVIDER
    field = "provider" if provider else "resources"
    if not row.active:
        return Problem(Code.INACTIVE, field, row.resource)
    return Problem(Code.NOT_OFFERED, field, row.resource) if provider and row.resource not in here else None


def _crowded(row: Booked, full: Mapping[int, Spans]) -> Problem | None:
    mine = row.start, row.end
    return (
        Problem(Code.RESOURCE_BUSY, "resources", row.resource, mine)
        if overlaps(full.get(row.resource, ()), mine)
        else None
    )


def _shut(row: Booked, pattern: Layers) -> Problem:
    """Why they aren't there then: what closes everything first."""
    return reasons(Calendar(row.resource, _role(row), pattern, ()), _role(row), ((row.start, row.end),))[0]


def _role(row: Booked) -> Role:
    return Role.PROVIDER if row.kind == Kind.PROVIDER else Role.RESOURCE


def _full(rows: Iterable[Booked]) -> dict[int, Spans]:
    """When there are more of them than each thing has places."""
    places: dict[int, int] = {}
    taken: dict[int, dict[int, tuple[int, int]]] = {}
    for row in rows:
        places[row.resource] = row.places
        taken.setdefault(row.resource, {})[row.reservation] = row.start, row.end
    return {one: deep(sorted(spans.values()), places[one] + 1) for one, spans in taken.items()}


def _reservations(
    resources: Collection[int] | None, actor: Actor, now: datetime, way: str, clinic: UUID | None = None
) -> QuerySet[Reservation]:
    """Of these resources; without any named, of all that serve. What is asked of the appointment is asked at once, or
    it would be of any two of a session's.
    """
    since = minute(now)
    serving = Q(resource__kind__in=SERVING) if resources is None else Q(resource__in=resources)
    asked: dict[str, object] = {"status__in": MOVABLE}
    if clinic is not None:  # and by its start, which a clinic's index has
        asked |= {"clinic": clinic, "start__gt": since - 2 * LONGEST}
    if actor.clinics is not None:
        asked["clinic__in"] = actor.clinics
    of_one = {f"{way}__{name}": value for name, value in asked.items()}
    return Reservation.objects.filter(serving, start__gt=since - LONGEST, end__gt=since, **of_one)


def _booked(
    resources: Collection[int] | None, actor: Actor, now: datetime, *, clinic: UUID | None = None
) -> Sequence[Booked]:
    """By start, in two queries."""
    found = []
    for way in WAYS:
        rows = _reservations(resources, actor, now, way, clinic)
        what = ("pk", "resource", "resource__kind", "resource__capacity", "resource__active", "start", "end")
        place = (way, f"{way}__clinic", f"{way}__clinic__timezone")
        found += [Booked(*row) for row in rows.values_list(*what, *place)]
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
