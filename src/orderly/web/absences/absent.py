"""Who is away, in words; and whom of those whose visits were moved for it somebody has to call."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from orderly.appointments.choices import EXTENDABLE
from orderly.appointments.models import Appointment
from orderly.calendars.models import TIME_OFF, Rule
from orderly.calendars.queries import rules_of
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.walltime import DAY, local
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.resources.models import Provider
from orderly.web.templatetags.desk import day

MOST: Final = 50
RECENT: Final = timedelta(hours=12)


def of_clinic(place: Clinic, *, actor: Actor) -> QuerySet[Rule]:
    """The time off of those who work here, as far as it is this clinic's."""
    mine = Q(clinic=place) | Q(clinic__isnull=True), Q(resource__provider__clinics=place)
    return rules_of(TIME_OFF, actor=actor).filter(*mine)


def absent(place: Clinic, providers: Iterable[Provider], *, actor: Actor, now: datetime) -> list[Rule]:
    """The absences of these, today's and those to come, that aren't weekly; the next one first."""
    today, _ = local(place.timezone, minute(now))
    theirs = Q(resource__in=[one.resource_id for one in providers])
    found = of_clinic(place, actor=actor).filter(theirs, weekdays__isnull=True, last__gte=today)
    return list(found.order_by("first", "start", "pk")[:MOST])


def to_call(clinic: UUID, *, now: datetime) -> list[Appointment]:
    """Visits to come that were rearranged in the last hours, of patients who can't be written to."""
    moves = Entry.objects.filter(clinic=clinic, at__gte=now - RECENT, fact="appointments_rearranged")
    moved = {one for ids in moves.values_list("ids", flat=True) for one in ids["appointments"]}
    if not moved:
        return []
    found = Appointment.objects.filter(pk__in=moved, patient__email="", status__in=EXTENDABLE, start__gt=minute(now))
    return list(found.whole().order_by("start", "pk"))


def whose(rule: Rule) -> str:
    return str(rule.resource.provider) if rule.resource else ""


def when(rule: Rule) -> str:
    """Its days, and its times where it isn't whole days."""
    first, last = rule.first, rule.last
    assert first is not None
    assert last is not None
    begins = f"{day(first)}{_wall(rule.start) if rule.start else ''}"
    ends = _wall(rule.end) if rule.end < DAY else ""
    if first == last:
        return f"{begins}–{ends.removeprefix(', ') or '24:00'}" if rule.start or ends else begins
    return f"{begins} – {day(last)}{ends}"


def _wall(minutes: int) -> str:
    return f", {minutes // 60:02}:{minutes % 60:02}"
