"""What the dashboard shows of a clinic's today."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orderly.appointments.choices import Status, VisitStatus
from orderly.appointments.queries.filters import Filters, When
from orderly.appointments.queries.loads import Load, loads
from orderly.appointments.queries.stranded import by_clinic
from orderly.appointments.queries.today import FIGURES, Today, requests, today
from orderly.calendars.models import Hold
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.walltime import day_start, local
from orderly.journal.actor import Actor
from orderly.web.lists.arrivals import Coming, coming
from orderly.web.lists.forms import query_of
from orderly.web.words import Words

AHEAD: Final = 60
DAY: Final = timedelta(days=1)

NAMES: Final[Words] = {
    "appointments": _("Appointments"),
    "waiting": _("Waiting"),
    "arrived": _("Came"),
    "in_progress": _("In progress"),
    "completed": _("Completed"),
    "no_show": _("No-shows"),
    "cancelled": _("Cancelled"),
}
ICONS: Final = {"appointments": "date", "waiting": "clock"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the list it is counted from."""

    code: str
    name: Any
    icon: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Busy:
    """A provider's load, and who is with them or waits for them."""

    load: Load
    appointments: int
    waiting: int
    treating: int
    address: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    day: date
    figures: list[Figure]
    owed: Figure
    due: list[tuple[int, str]]
    requests: Figure
    stranded: int
    """What can't take place as it is booked, from now on."""
    late: list[Coming]
    soon: list[Coming]
    busy: list[Busy]
    away: list[Any]
    holds: list[Hold]


def dashboard(clinic: Clinic, *, actor: Actor, now: datetime) -> Dashboard:
    """Thirteen queries, whatever the day holds."""
    at, zone = minute(now), clinic.timezone
    day = local(zone, at)[0]
    found, base = today(clinic.pk, zone, day, day + DAY), reverse("appointment-list", args=[clinic.pk])
    figures = [_figure(name, found, base) for name in NAMES]
    waiting = requests(clinic.pk, day_start(zone, day))
    asked = query_of({"when": When.UPCOMING.value, "status": Status.REQUESTED.value, "sort": "start"})
    expected = coming(clinic, at, AHEAD)
    busy = [_busy(one, found, base) for one in loads(clinic, day, day + DAY, now=now)]
    return Dashboard(
        day=day,
        figures=figures,
        owed=Figure("owed", _("To be paid"), "", found.counts["owed"], _listed(base, FIGURES["owed"])),
        due=[(amount, currency) for currency, amount in sorted(found.due.items())],
        requests=Figure(
            "requested", pgettext_lazy("appointments", "Requests"), "requested", waiting, f"{base}?{asked}"
        ),
        stranded=len(by_clinic(clinic, actor=actor, now=now)),
        late=[one for one in expected if one.late],
        soon=[one for one in expected if not one.late],
        busy=[one for one in busy if one.load.work or one.appointments],
        away=[one.load.provider for one in busy if not one.load.work and not one.appointments],
        holds=_holds(clinic, now),
    )


def _figure(name: str, found: Today, base: str) -> Figure:
    return Figure(name, NAMES[name], ICONS.get(name, name), found.counts[name], _listed(base, FIGURES[name]))


def _listed(base: str, asked: Filters, **more: Any) -> str:
    """The list under the same filters, earliest first, as a day is read."""
    given: Mapping[str, Any] = {
        "when": When.TODAY.value,
        "status": [str(one) for one in asked.status],
        "visit_status": [str(one) for one in asked.visit_status],
        "arrived": "on" if asked.arrived else "",
        "owed": "on" if asked.owed else "",
        "sort": "start",
        **more,
    }
    return f"{base}?{query_of(dict(given))}"


def _busy(one: Load, found: Today, base: str) -> Busy:
    theirs = [fact for fact in found.facts if fact.provider == one.provider.pk and fact.status != Status.CANCELLED]
    stages = Counter((fact.status, fact.visit_status) for fact in theirs)
    return Busy(
        load=one,
        appointments=len(theirs),
        waiting=stages[Status.ARRIVED, VisitStatus.WAITING],
        treating=stages[Status.IN_PROGRESS, VisitStatus.IN_PROGRESS],
        address=_listed(base, FIGURES["appointments"], provider=str(one.provider.pk)),
    )


def _holds(clinic: Clinic, now: datetime) -> list[Hold]:
    """Times that somebody is just booking."""
    live = Hold.objects.filter(clinic=clinic, claim__expires_at__gt=now)
    return list(live.select_related("owner", "provider", "service", "claim").order_by("claim__expires_at", "id"))
