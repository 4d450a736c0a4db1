"""Who is away, in words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from orderly.calendars.models import TIME_OFF, Rule
from orderly.calendars.queries import rules_of
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.walltime import DAY, local
from orderly.journal.actor import Actor
from orderly.resources.models import Provider
from orderly.web.templatetags.desk import day

MOST: Final = 50


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
