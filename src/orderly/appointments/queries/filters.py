"""What lists of appointments can be narrowed by: one meaning for screens, API, export and what is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import F, Q

from orderly.appointments.choices import Status
from orderly.appointments.models import AppointmentQuerySet
from orderly.appointments.queries.search import matching
from orderly.billing.models import PaymentStatus
from orderly.calendars.rules import LATEST
from orderly.core.weeks import first_weekday
from orderly.engine.walltime import day_start, weekday
from orderly.journal.actor import Actor

WEEK: Final = 7


class When(StrEnum):
    """Days that move along with today."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEK = "week"
    NEXT_7_DAYS = "next_7_days"
    LAST_7_DAYS = "last_7_days"
    LAST_30_DAYS = "last_30_days"
    UPCOMING = "upcoming"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """On the clinic's days [first, last); `words` are a number, or a patient's name or telephone number.

    `arrived` are all who came, whatever became of them; `owed` those for whom something is still to be paid.
    """

    first: date | None = None
    last: date | None = None
    provider: UUID | None = None
    service: UUID | None = None
    patient: UUID | None = None
    status: Sequence[str] = ()
    source: Sequence[str] = ()
    visit_status: Sequence[str] = ()
    arrived: bool = False
    owed: bool = False
    words: str = ""


# A request and a visit that was missed or called off owe nothing of the price.
OWED: Final = Q(
    status__in=(Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED),
    payment__status__in=(PaymentStatus.PENDING, PaymentStatus.PARTIALLY_PAID),
    payment__total__gt=F("payment__paid"),
)


def narrowed(rows: AppointmentQuerySet, asked: Filters, *, zone: str, actor: Actor) -> AppointmentQuerySet:
    """Those of `rows` that are asked for; `zone` is where the days begin."""
    wanted = {
        "start__gte": day_start(zone, asked.first) if asked.first else None,
        "start__lt": day_start(zone, asked.last) if asked.last else None,
        "provider": asked.provider,
        "service": asked.service,
        "patient": asked.patient,
        "status__in": asked.status or None,
        "source__in": asked.source or None,
        "visit__status__in": asked.visit_status or None,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if asked.arrived:
        rows = rows.filter(visit__arrived_at__isnull=False)
    if asked.owed:
        rows = rows.filter(OWED)
    return matching(rows, asked.words, actor=actor) if asked.words else rows


def days_of(when: When, today: date, country: str) -> tuple[date, date]:
    """The days [first, last); a week begins on the day it does in the country."""
    tomorrow = today + timedelta(days=1)
    beginning = today - timedelta(days=(weekday(today) - first_weekday(country)) % WEEK)
    return {
        When.TODAY: (today, tomorrow),
        When.TOMORROW: (tomorrow, tomorrow + timedelta(days=1)),
        When.WEEK: (beginning, beginning + timedelta(days=WEEK)),
        When.NEXT_7_DAYS: (today, today + timedelta(days=WEEK)),
        When.LAST_7_DAYS: (tomorrow - timedelta(days=WEEK), tomorrow),
        When.LAST_30_DAYS: (tomorrow - timedelta(days=30), tomorrow),
        When.UPCOMING: (today, LATEST),
    }[when]
