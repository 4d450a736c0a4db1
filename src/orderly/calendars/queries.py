"""From rows to the engine's calendars: two queries, however many resources and days."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from django.db.models import Q, QuerySet

from orderly.calendars import models
from orderly.calendars.models import CLOSURES, LONGEST, MAINTENANCE, OPENING, RuleKind
from orderly.core.database import fetch, uuid_param
from orderly.engine.calendar import Calendar
from orderly.engine.plan import Role
from orderly.engine.rules import Kind, Layers, Rule, expand, layers
from orderly.engine.spans import Spans
from orderly.engine.walltime import day_start
from orderly.journal.actor import Actor
from orderly.resources.models import Provider
from orderly.resources.queries import resources_of

RuleRow: TypeAlias = tuple[Any, ...]
"""kind, first, last, weekdays, start, end, every, phase"""

Taken: TypeAlias = tuple[int, int, int, int, int | None, int]
"""A reservation: resource, start, end, lane, expires (seconds since 1970, for a hold), claim"""

RULES = (
    'SELECT resource_id, kind, first, last, weekdays, start, "end", every, phase FROM calendars_rule '
    "WHERE resource_id IN ({ids}) AND (clinic_id = %s OR clinic_id IS NULL) "
    "AND (last IS NULL OR last >= %s) AND (first IS NULL OR first <= %s) "
    "UNION ALL "
    'SELECT resource_id, kind, first, last, weekdays, start, "end", every, phase FROM calendars_rule '
    "WHERE clinic_id = %s AND resource_id IS NULL "
    "AND (last IS NULL OR last >= %s) AND (first IS NULL OR first <= %s) "
    "ORDER BY 1, 2, 5, 6"
)
NOTED = RULES.replace("every, phase", "every, phase, note")
RESERVATIONS = (
    'SELECT resource_id, start, "end", lane, expires, claim_id FROM calendars_reservation '
    "WHERE resource_id IN ({ids}) AND start >= %s AND start < %s ORDER BY resource_id, start"
)


@dataclass(frozen=True, slots=True)
class Part:
    """What a resource is to the question asked: its role, how many may use it at once, whether it may be used at
    all.
    """

    role: Role
    capacity: int = 1
    active: bool = True


@dataclass(frozen=True, slots=True)
class Loaded:
    """Calendars by resource, and the rows they were made of."""

    calendars: dict[int, Calendar]
    taken: Sequence[Taken]

    def of(self, resource: int) -> Sequence[Taken]:
        return _rows_of(self.taken, resource)


class Block(NamedTuple):
    """A rule that closes time: its kind and note, and when. `public` are closures and maintenance: everybody may know
    what they are about.
    """

    kind: str
    note: str
    public: bool
    spans: Spans


class Explained(NamedTuple):
    """When a resource works (None: always) and what closes it nevertheless, the clinic's own first."""

    open: Spans | None
    blocks: tuple[Block, ...]


def load(
    parts: Mapping[int, Part],
    *,
    clinic: UUID,
    zone: str,
    first: date,
    last: date,
    now: datetime,
    ignoring: frozenset[int] = frozenset(),
) -> Loaded:
    """The calendars of these resources for the clinic's local days [first, last), as at `now`.

    Expired holds don't count; nor do the claims in `ignoring` (an appointment being moved never blocks itself).
    """
    patterns = patterns_of(parts, clinic=clinic, zone=zone, first=first, last=last)
    taken = reservations(parts, day_start(zone, first), day_start(zone, last))
    seconds = int(now.timestamp())
    calendars = {}
    for resource, part in parts.items():
        busy, held = _spans(_rows_of(taken, resource), seconds, ignoring)
        calendars[resource] = Calendar(resource, part.role, patterns[resource], busy, held, part.capacity, part.active)
    return Loaded(calendars, taken)


def patterns_of(parts: Mapping[int, Part], *, clinic: UUID, zone: str, first: date, last: date) -> dict[int, Layers]:
    """When these resources work on the clinic's local days [first, last), whatever is booked. One query."""
    own, common = _rules(parts, clinic, first, last)
    return {
        resource: _layers(
            own.get(resource, ()), _binding(part.role, common), zone, first, last, part.role is not Role.PROVIDER
        )
        for resource, part in parts.items()
    }


def explained(parts: Mapping[int, Part], *, clinic: UUID, zone: str, first: date, last: date) -> dict[int, Explained]:
    """Why these resources are closed on the clinic's local days [first, last): one query, and no reservations."""
    own, common = _rules(parts, clinic, first, last, NOTED)
    found = {}
    for resource, part in parts.items():
        mine, binding = own.get(resource, ()), _binding(part.role, common)
        bare = [tuple(row[:-1] for row in rows) for rows in (mine, binding)]
        pattern = _layers(bare[0], bare[1], zone, first, last, part.role is not Role.PROVIDER)
        blocks = tuple(_block(row, zone, first, last) for row in (*binding, *mine) if row[0] not in OPENING)
        found[resource] = Explained(pattern.open, blocks)
    return found


def _block(row: RuleRow, zone: str, first: date, last: date) -> Block:
    kind, note = row[0], row[-1]
    return Block(kind, note, kind in (*CLOSURES, *MAINTENANCE), expand((_rule(row[:-1]),), zone, first, last))


def without(loaded: Loaded, claims: frozenset[int], *, now: datetime) -> dict[int, Calendar]:
    """The calendars without the time of these claims (what was left out of `loaded` must be among them)."""
    seconds = int(now.timestamp())
    calendars = {**loaded.calendars}
    for resource in {row[0] for row in loaded.taken if row[5] in claims}:
        busy, held = _spans(loaded.of(resource), seconds, claims)
        calendars[resource] = replace(calendars[resource], busy=busy, held=held)
    return calendars


def _binding(role: Role, common: tuple[RuleRow, ...]) -> tuple[RuleRow, ...]:
    """Which of the clinic's rules bind a resource.

    Opening hours bind through the providers, whose extra hours go beyond them; so chairs and devices heed closures
    alone, and patients nothing.
    """
    if role is Role.PROVIDER:
        return common
    return tuple(row for row in common if row[0] in CLOSURES) if role is Role.RESOURCE else ()


def reservations(resources: Iterable[int], start: int, end: int) -> Sequence[Taken]:
    """Every reservation of these resources that could reach into [start, end), by resource and start.

    None is longer than a day, so a lower bound on the start keeps the read to a piece of the index.
    """
    ids = sorted(resources)
    if not ids:
        return []
    sql = RESERVATIONS.format(ids=",".join(map(str, ids)))
    return fetch(sql, [start - LONGEST, end])


def _rows_of(taken: Sequence[Taken], resource: int) -> Sequence[Taken]:
    return taken[bisect_left(taken, (resource,)) : bisect_left(taken, (resource + 1,))]


def _spans(
    rows: Sequence[Taken], seconds: int, ignoring: frozenset[int]
) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """Busy and held spans, in the rows' order."""
    if ignoring:
        rows = [row for row in rows if row[5] not in ignoring]
    busy = tuple([(start, end) for _, start, end, _, expires, _ in rows if expires is None])
    if len(busy) == len(rows):
        return busy, ()
    return busy, tuple((row[1], row[2]) for row in rows if row[4] is not None and row[4] > seconds)


def _rules(
    resources: Iterable[int], clinic: UUID, first: date, last: date, sql: str = RULES
) -> tuple[dict[int, tuple[RuleRow, ...]], tuple[RuleRow, ...]]:
    ids = ",".join(map(str, sorted(resources))) or "NULL"
    # A rule may start or end a day off the range and still reach into it past midnight.
    bounds = [uuid_param(clinic), (first - timedelta(days=1)).isoformat(), last.isoformat()]
    own: dict[int, list[RuleRow]] = {}
    common: list[RuleRow] = []
    for resource, *rule in fetch(sql.format(ids=ids), bounds * 2):
        (common if resource is None else own.setdefault(resource, [])).append(tuple(rule))
    return {resource: tuple(rules) for resource, rules in own.items()}, tuple(common)


@lru_cache(maxsize=4096)
def _layers(
    own: tuple[RuleRow, ...],
    clinic: tuple[RuleRow, ...],
    zone: str,
    first: date,
    last: date,
    always_open: bool,
) -> Layers:
    """Cached by the raw rows: most providers share a pattern, and rows hash faster than rules."""
    return layers(tuple(map(_rule, own)), tuple(map(_rule, clinic)), zone, first, last, always_open=always_open)


def _rule(row: RuleRow) -> Rule:
    kind, first, last, weekdays, start, end, every, phase = row
    return Rule(
        kind=layer_of(kind),
        start=start,
        end=end,
        first=_day(first),
        last=_day(last),
        weekdays=None if weekdays is None else frozenset(day for day in range(7) if weekdays >> day & 1),
        every=every,
        phase=phase,
    )


def layer_of(kind: str) -> Kind:
    """Which of the engine's layers a kind of rule belongs to."""
    if kind == RuleKind.HOURS:
        return Kind.HOURS
    if kind == RuleKind.EXTRA:
        return Kind.EXTRA
    if kind in CLOSURES:
        return Kind.CLOSED
    return Kind.MAINTENANCE if kind in MAINTENANCE else Kind.TIME_OFF


def _day(value: Any) -> date | None:
    """SQLite gives dates as text when no model stands between."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def engine_rule(rule: models.Rule) -> Rule:
    """A row as the engine reads it."""
    return _rule((rule.kind, rule.first, rule.last, rule.weekdays, rule.start, rule.end, rule.every, rule.phase))


def rules_of(kinds: Iterable[str], *, actor: Actor) -> QuerySet[models.Rule]:
    """The rules of these kinds that the actor may see, time off everywhere included, with whose and where."""
    rules = models.Rule.objects.filter(kind__in=[*kinds])
    if actor.clinics is not None:
        theirs = Provider.objects.filter(clinics__in=actor.clinics).values("resource")
        rules = rules.filter(Q(clinic__in=actor.clinics) | Q(clinic__isnull=True, resource__in=theirs))
    return rules.select_related("clinic", "resource__provider", "resource__asset").defer("clinic__logo")


def bound_by(rule: models.Rule) -> frozenset[int]:
    """The resources a rule is about: its own, or all of its clinic's."""
    if rule.resource_id is not None:
        return frozenset({rule.resource_id})
    assert rule.clinic_id is not None  # a check constraint says so
    return resources_of(rule.clinic_id)


def live_holds(now: datetime) -> int:
    """How many times are held for somebody now."""
    return models.Claim.objects.filter(expires_at__gt=now).count()
