"""Who holds the time that somebody wants. Told to staff of the clinic only, and only of holds made there."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from orderly.calendars.models import LONGEST, Reservation
from orderly.clinics.models import Clinic
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor


def named(problems: Iterable[Problem], clinic: Clinic, *, actor: Actor, now: datetime) -> list[Problem]:
    """The problems, with the holder's name in those that are about a hold. One query, and only if there are any."""
    found = list(problems)
    spans = {one.resource: one.span for one in found if one.code is Code.HELD and one.resource and one.span}
    if not spans:
        return found
    around = min(low for low, _ in spans.values()) - LONGEST, max(high for _, high in spans.values())
    there = Reservation.objects.filter(resource__in=spans, start__gte=around[0], start__lt=around[1])
    holds = there.filter(claim__expires_at__gt=now, claim__hold__clinic=clinic)
    who = ("claim__hold__owner", "claim__hold__owner__name")
    rows = list(holds.order_by("start", "id").values_list("resource", "start", "end", *who))
    return [_named(problem, rows, actor) for problem in found]


def _named(problem: Problem, rows: Sequence[tuple[object, ...]], actor: Actor) -> Problem:
    if problem.code is not Code.HELD or problem.span is None:
        return problem
    low, high = problem.span
    for resource, start, end, owner, name in rows:
        if resource == problem.resource and start < high and low < end:  # type: ignore[operator]
            more = ("mine", 1) if owner == actor.user else ("holder", str(name))
            return replace(problem, params=(*problem.params, more))
    return problem
