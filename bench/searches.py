"""What is searched for, run inside a child with the database open."""

from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.stores import NOW, TODAY
from orderly.api.slots import slots_json
from orderly.appointments.inputs import Search
from orderly.appointments.queries.slots import Found, slots
from orderly.calendars.models import LONGEST, Reservation, Rule, RuleKind
from orderly.catalogue.models import Need, NeedRole, Offering, Phase, Service
from orderly.clinics.models import Clinic
from orderly.engine import walltime
from orderly.engine.ranking import Slot
from orderly.resources.models import Kind, Provider, Resource
from orderly.web.calendar.feed import week_json

Spec = tuple[str, str | None, int]
"""Service, provider (None: all), days."""

TOMORROW = TODAY + timedelta(days=1)


def add_combined(clinic: dict[str, Any]) -> str:
    """A half-hour service that needs a provider, any of three chairs and any of two devices."""
    service = Service.objects.create(name="Combined", price=5000)
    service.clinics.add(clinic["id"])
    phase = Phase.objects.create(service=service, order=0, minutes=30)
    Need.objects.create(phase=phase, role=NeedRole.PROVIDER)
    for kind, how_many in ((Kind.CHAIR, 3), (Kind.EQUIPMENT, 2)):
        need = Need.objects.create(phase=phase, role=NeedRole.RESOURCE, kind=kind)
        need.any_of.set(Resource.objects.filter(kind=kind).order_by("-pk")[:how_many])
    Offering.objects.bulk_create(Offering(service=service, provider_id=one) for one in clinic["providers"])
    return str(service.pk)


def search(clinic: str, spec: Spec) -> Found:
    service, provider, days = spec
    return slots(
        Search(
            clinic=UUID(clinic),
            service=UUID(service),
            first=TOMORROW,
            last=TOMORROW + timedelta(days=days),
            provider=UUID(provider) if provider else None,
        ),
        now=NOW,
    )


def time_search(clinic: str, spec: Spec, rounds: int, as_json: bool = False) -> list[float]:
    """Milliseconds of each round, from ids to tuples or to the API's answer."""

    def whole() -> object:
        found = search(clinic, spec)
        return slots_json(found, found.slots) if as_json else found

    return _times(whole, rounds)


def time_week(clinic: str, providers: list[str], rounds: int) -> list[float]:
    first = TODAY + timedelta(days=6)
    chosen = [UUID(one) for one in providers]
    return _times(lambda: week_json(UUID(clinic), first, first + timedelta(days=7), chosen, now=NOW), rounds)


def _times(work: Any, rounds: int) -> list[float]:
    work()
    took = []
    for _ in range(rounds):
        began = perf_counter()
        work()
        took.append((perf_counter() - began) * 1000)
    return took


def count_queries(clinic: str, spec: Spec) -> int:
    with CaptureQueriesContext(connection) as captured:
        search(clinic, spec)
    return len(captured)


def answer(clinic: str, spec: Spec) -> list[Slot]:
    return search(clinic, spec).slots


def naive(clinic: str, spec: Spec, rounds: int) -> tuple[list[Slot], list[float]]:
    """The same answer as most programs get it: for each time that could be, ask whether anything overlaps."""
    answers: list[Slot] = []

    def ask() -> None:
        answers[:] = sorted(_naive(UUID(clinic), spec))

    return answers, _times(ask, rounds)


def _naive(clinic: UUID, spec: Spec) -> Iterator[Slot]:
    _, only, days = spec
    zone = Clinic.objects.get(pk=clinic).timezone
    providers = Provider.objects.filter(clinics=clinic, **({"pk": only} if only else {}))
    for resource in providers.values_list("resource", flat=True):
        hours = list(Rule.objects.filter(resource=resource, kind=RuleKind.HOURS))
        for day in walltime.days(TOMORROW, TOMORROW + timedelta(days=days)):
            for rule in hours:
                if rule.weekdays and rule.weekdays >> walltime.weekday(day) & 1:
                    for start in range(rule.start, rule.end - 30 + 1, 15):
                        at = walltime.to_minute(zone, day, start)
                        if not _overlaps(resource, at, at + 30):
                            yield at, at + 30, resource


def _overlaps(resource: int, start: int, end: int) -> bool:
    """With the lower bound on the start that lets the index be used, which most forget."""
    rows = Reservation.objects.filter(resource=resource, start__lt=end, start__gt=start - LONGEST, end__gt=start)
    return rows.exists()


def as_rows(clinic: str, days: int) -> dict[str, Any]:
    """The providers with their hours and what they are busy with, in wall time, for another program."""
    zone = Clinic.objects.get(pk=clinic).timezone
    window = walltime.day_start(zone, TODAY), walltime.day_start(zone, TOMORROW + timedelta(days=days))
    providers = Provider.objects.filter(clinics=clinic).order_by("resource").values_list("resource", flat=True)
    return {
        "now": NOW.isoformat(),
        "zone": zone,
        "days": [(TOMORROW + timedelta(days=nth)).isoformat() for nth in range(days)],
        "providers": [_as_row(resource, zone, *window) for resource in providers],
    }


def _as_row(resource: int, zone: str, first: int, last: int) -> dict[str, Any]:
    busy = Reservation.objects.filter(resource=resource, start__gte=first, start__lt=last).order_by("start")
    hours = Rule.objects.filter(resource=resource, kind=RuleKind.HOURS)
    return {
        "id": resource,
        "hours": [
            [day, rule.start, rule.end]
            for rule in hours
            for day in range(7)
            if rule.weekdays and rule.weekdays >> day & 1
        ],
        "busy": [[*_wall(zone, start), _wall(zone, end)[1]] for start, end in busy.values_list("start", "end")],
    }


def _wall(zone: str, at: int) -> tuple[str, int]:
    day, wall = walltime.local(zone, at)
    return day.isoformat(), wall


def in_wall_time(clinic: str, slots: list[Slot]) -> list[tuple[int, str, int]]:
    """Provider, day and minute of day, sorted."""
    zone = Clinic.objects.get(pk=clinic).timezone
    return sorted((resource, *_wall(zone, start)) for start, _, resource in slots)
