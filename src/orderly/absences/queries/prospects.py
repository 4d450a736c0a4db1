"""Where those who are affected could go: all that a booking would get, and what each of it is worth."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from orderly.absences.inputs import Rearrangement, Spot
from orderly.absences.queries.affected import Unit, claims_of
from orderly.appointments.actions.reschedule import wished
from orderly.appointments.choices import Status
from orderly.appointments.inputs import Move, Wish
from orderly.appointments.models import Appointment
from orderly.appointments.queries.requests import with_wanted
from orderly.appointments.queries.scene import Giver
from orderly.appointments.queries.slots import standing
from orderly.calendars.queries import load
from orderly.core.clock import minute
from orderly.engine.calendar import Calendars
from orderly.engine.finder import Finder
from orderly.engine.plan import Plan
from orderly.engine.seats import Takings
from orderly.engine.slots import Grid, assign, reach, startable
from orderly.engine.spans import Span
from orderly.engine.stand_in import Cost
from orderly.engine.walltime import DAY, local
from orderly.engine.ways import Openings, Taking, takings


@dataclass(frozen=True, slots=True)
class Giving:
    """A visit as somebody would give it: all it takes, the longest stretch of that of it which is wanted most, and how
    many would have to be with somebody else although they asked, or with somebody they don't know.
    """

    giver: Giver
    plan: Plan
    scarce: Taking
    another: bool
    against: int
    strangers: int


class Prospect(NamedTuple):
    """A way out, as the engine's options are: what it costs, and the time it takes that is wanted most; how it would be
    given, and when. Nobody gives it: it stays as it is.
    """

    cost: Cost
    spot: Taking | None = None
    giving: Giving | None = None
    start: int = 0

    def is_at(self, pin: Spot | None) -> bool:
        """Whether this is what somebody chose; None is to leave it."""
        if self.giving is None or pin is None:
            return self.giving is None and pin is None
        return (self.giving.giver.id, self.start) == (pin.provider, pin.start)


@dataclass(frozen=True, slots=True)
class Offered:
    """A time with a provider that somebody could have; `shift` is in minutes, later or (below 0) earlier."""

    provider: UUID
    start: int
    end: int
    shift: int
    another: bool
    """Somebody else than would have seen them."""
    known: bool
    """They have been with this provider before."""
    resources: frozenset[UUID] | None = None
    """The chairs, rooms and helpers it goes with, where they had to be chosen; None where the move keeps its own."""


class Prospects:
    """All that is needed to look, loaded in four queries (five with groups), however many there are."""

    def __init__(self, asked: Rearrangement, units: Sequence[Unit], *, now: datetime) -> None:
        self._asked = asked
        self._units = units
        self._now = now
        self._finders: dict[UUID, Finder | None] = {}
        self._equal: dict[tuple[int, ...], Any] = {}
        self._listed: dict[int, tuple[bool, Sequence[int]]] = {}
        self._window = self._between()
        self.calendars: Calendars = self._load()
        self._openings = Openings(self.calendars, reach(self._plans, self._window))

    def of(self, unit: Unit, days: int) -> list[Prospect]:
        """With its own provider, and with others so many days to either side. The best first, of equals later rather
        than earlier than it was; the last leaves it as it is.
        """
        if standing(unit.stage, Wish(clinic=self._asked.clinic, service=unit.first.service_id, start=unit.start)):
            return [self._stays(unit)]
        found = [
            prospect
            for giving in self._givings[id(unit)]
            for prospect in self._worth(unit, giving, days if giving.another else self._asked.days)
        ]
        own = unit.start
        found.sort(key=lambda one: (one.cost, one.start < own, one.start))
        return [*found, self._stays(unit)]

    def beyond(self, unit: Unit, days: int) -> Cost | None:
        """What those cost at least that are farther off than so many days."""
        heads = len(unit.appointments)
        return (0, 0, heads, heads * days * DAY, 0) if days < self._asked.days else None

    def ways(self, unit: Unit, prospect: Prospect) -> Iterator[Takings]:
        """All that it would take, in each way in which that can be."""
        if prospect.giving is None:
            return iter((unit.holds,))
        return takings(prospect.giving.plan, prospect.start, self._openings)

    def offered(self, unit: Unit, one: Appointment, prospect: Prospect, takes: Takings | None) -> Offered | None:
        """As it is shown to one of them; `takes` names what had to be chosen."""
        giving, start = prospect.giving, prospect.start
        if giving is None:
            return None
        named = None if takes is None else unit.named(takes, besides=giving.giver.resource)
        return Offered(
            provider=giving.giver.id,
            start=start,
            end=start + giving.plan.length,
            shift=start - unit.start,
            another=giving.another,
            known=(one.patient_id, giving.giver.id) in self._seen,
            resources=frozenset() if named is None and start == unit.start and not giving.another else named,
        )

    @cached_property
    def _givings(self) -> dict[int, list[Giving]]:
        offers = [(unit, giver, plan) for unit in self._units for giver, plan in _offers(unit)]
        wanted = Counter(
            one for one, _ in {(one, id(unit)) for unit, _, plan in offers for one, *_ in _sure(unit, plan)}
        )
        givings: dict[int, list[Giving]] = {id(unit): [] for unit in self._units}
        for unit, giver, plan in offers:
            givings[id(unit)].append(self._giving(unit, giver, plan, wanted))
        return givings

    def _giving(self, unit: Unit, giver: Giver, plan: Plan, wanted: Mapping[int, int]) -> Giving:
        another, them = giver.resource != unit.provider, unit.appointments
        return Giving(
            giver,
            plan,
            scarce=max(_sure(unit, plan), key=lambda taking: (wanted[taking[0]], taking[2] - taking[1])),
            another=another,
            against=sum(one.pk in self._asked.keep for one in them) if another else 0,
            strangers=sum((one.patient_id, giver.id) not in self._seen for one in them) if another else 0,
        )

    @property
    def _plans(self) -> list[Plan]:
        return [giving.plan for givings in self._givings.values() for giving in givings]

    @cached_property
    def _seen(self) -> set[tuple[UUID, UUID]]:
        """Who has treated whom before."""
        patients = {one.patient_id for unit in self._units for one in unit.appointments}
        givers = {giver.id for unit in self._units for giver in unit.stage.givers.values()}
        been = Appointment.objects.filter(patient__in=patients, provider__in=givers, status=Status.COMPLETED)
        return set(been.values_list("patient", "provider").distinct())

    def _between(self) -> Span:
        """From the first to the last start that could come into question; what has begun may still be taken over."""
        starts = [unit.start for unit in self._units]
        far = self._asked.days * DAY
        return min([*starts, max(minute(self._now), min(starts) - far)]), max(starts) + far + 1

    def _load(self) -> Calendars:
        stages = [unit.stage for unit in self._units]
        zone = stages[0].terms.zone
        parts = {one: part for stage in stages for one, part in stage.parts.items()}
        wanted = {one for plan in self._plans for need in plan.requirements for one in need.candidates}
        low, high = reach(self._plans, self._window)
        return load(
            {one: parts[one] for one in wanted if one in parts},
            clinic=self._asked.clinic,
            zone=zone,
            first=local(zone, low)[0],
            last=local(zone, high)[0] + timedelta(days=1),
            now=self._now,
            ignoring=claims_of(self._units),
        ).calendars

    def _worth(self, unit: Unit, giving: Giving, days: int) -> Iterator[Prospect]:
        """Its own time, for which no notice is asked; and all that is listed to whoever books. What matters most comes
        first: none left behind, the same provider where asked, at the same time, soon, with somebody they know.
        """
        own, heads, far = unit.start, len(unit.appointments), days * DAY
        against, strangers, (one, low, high) = giving.against, giving.strangers, giving.scarce
        takes_over, listed = self._open_to(unit, giving)
        if takes_over:
            yield Prospect((0, against, 0, 0, strangers), (one, own + low, own + high), giving, own)
        once = self._equal.setdefault  # of a hundred thousand, mostly equal ones
        for start in listed[bisect_left(listed, own - far) : bisect_right(listed, own + far)]:
            if start != own:
                cost, spot = (0, against, heads, heads * abs(start - own), strangers), (one, start + low, start + high)
                yield Prospect(once(cost, cost), once(spot, spot), giving, start)

    def _open_to(self, unit: Unit, giving: Giving) -> tuple[bool, Sequence[int]]:
        """Whether its own time could be had so, and every start that is listed; worked out once."""
        if id(giving) not in self._listed:
            finder, own = self._finder(unit), unit.start
            able = all(len(self._openings.able(need, own)) >= need.count for need in giving.plan.requirements)
            takes_over = able and assign(giving.plan, self.calendars, own) is not None
            self._listed[id(giving)] = takes_over, finder.starts(giving.plan) if finder else []
        return self._listed[id(giving)]

    def _finder(self, unit: Unit) -> Finder | None:
        """What units of one service share is worked out once."""
        service, terms = unit.first.service_id, unit.stage.terms
        if service not in self._finders:
            low, high = startable(self._window, unit.stage.time_terms(self._now))
            found = Finder(self.calendars, (low, high), Grid(terms.zone, terms.grid)) if low < high else None
            self._finders[service] = found
        return self._finders[service]

    def _stays(self, unit: Unit) -> Prospect:
        return Prospect((len(unit.appointments), 0, 0, 0, 0))


def _offers(unit: Unit) -> Iterator[tuple[Giver, Plan]]:
    """The visit as each who gives the service would give it, as long as a move would make it."""
    found = unit.first
    wanted = frozenset(found.asked_resources if found.status == Status.REQUESTED else ())
    for giver in sorted(unit.stage.givers.values(), key=lambda one: one.resource):
        move = Move(start=found.start, provider=giver.id, resources=frozenset())
        minutes = None if found.session_id is not None else wished(found, move).minutes
        with suppress(ValueError):
            for plan in with_wanted(unit.stage.plan(giver, minutes), wanted):
                yield giver, plan


def _sure(unit: Unit, plan: Plan) -> list[Taking]:
    """What it takes, counted from its start, of those who can't be shared and for whom nobody else could do: who comes
    is always among them.
    """
    return [
        (one, low, high)
        for need in plan.requirements
        if need.count == len(need.candidates)
        for one in need.candidates
        if unit.stage.parts[one].capacity == 1
        for low, high in need.parts
    ]
