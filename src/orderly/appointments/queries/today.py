"""A clinic's day in figures. Each is what a filter finds among the day's appointments: counted here, listed there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import BooleanField, Case, Value, When

from orderly.appointments.choices import Status, VisitStatus
from orderly.appointments.models import Appointment
from orderly.appointments.queries.filters import OWED, Filters
from orderly.engine.walltime import day_start

# Of one day. Waiting and arrived are the queue's: booked and not yet called; all who came, whatever became of them.
FIGURES: Final[Mapping[str, Filters]] = {
    "appointments": Filters(status=tuple(one for one in Status if one != Status.CANCELLED)),
    "waiting": Filters(status=(Status.CONFIRMED, Status.ARRIVED), visit_status=(VisitStatus.WAITING,)),
    "arrived": Filters(arrived=True),
    "in_progress": Filters(status=(Status.IN_PROGRESS,)),
    "completed": Filters(status=(Status.COMPLETED,)),
    "no_show": Filters(status=(Status.NO_SHOW,)),
    "cancelled": Filters(status=(Status.CANCELLED,)),
    "owed": Filters(owed=True),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """What is counted of one appointment."""

    status: str
    visit_status: str
    arrived: bool
    owed: bool
    due: int
    currency: str
    provider: UUID | None


@dataclass(frozen=True, slots=True)
class Today:
    """`due` is what is still to be paid, in minor units by currency."""

    counts: Mapping[str, int]
    due: Mapping[str, int]
    facts: Sequence[Fact]


def today(clinic: UUID, zone: str, day: date, after: date) -> Today:
    """The clinic's local days [day, after), in one query."""
    rows = Appointment.objects.filter(clinic=clinic, start__gte=day_start(zone, day), start__lt=day_start(zone, after))
    owed = Case(When(OWED, then=Value(True)), default=Value(False), output_field=BooleanField())
    values = rows.annotate(owed=owed).values_list(
        "status",
        "visit__status",
        "visit__arrived_at",
        "owed",
        "payment__total",
        "payment__paid",
        "payment__currency",
        "provider",
    )
    facts = [_fact(*row) for row in values]
    due: Counter[str] = Counter()
    for fact in facts:
        if fact.owed:
            due[fact.currency] += fact.due
    counts = {name: sum(_is(fact, asked) for fact in facts) for name, asked in FIGURES.items()}
    return Today(counts, due, facts)


def requests(clinic: UUID, first: int) -> int:
    """How many wait for a provider, or to be confirmed, from a minute on."""
    return Appointment.objects.filter(clinic=clinic, status=Status.REQUESTED, start__gte=first).count()


def _fact(
    status: str,
    visit: str,
    arrived_at: Any,
    owed: bool,
    total: int,
    paid: int,
    currency: str,
    provider: UUID | None,
) -> Fact:
    return Fact(status, visit, arrived_at is not None, owed, total - paid, currency, provider)


def _is(fact: Fact, asked: Filters) -> bool:
    """As `narrowed` has it, of one appointment."""
    return (
        (not asked.status or fact.status in asked.status)
        and (not asked.visit_status or fact.visit_status in asked.visit_status)
        and (fact.arrived or not asked.arrived)
        and (fact.owed or not asked.owed)
    )
