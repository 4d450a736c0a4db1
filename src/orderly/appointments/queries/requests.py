"""Requests whose provider is only proposed: who they are, and whether there is room for one more when they move."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from orderly.appointments.models import Appointment
from orderly.appointments.queries.scene import Giver, Scene, Taker, scenes
from orderly.calendars.models import LONGEST
from orderly.calendars.queries import Loaded, Part, without
from orderly.engine.assignment import Board, Fit
from orderly.engine.calendar import Calendars
from orderly.engine.plan import Plan, Requirement, Role
from orderly.engine.slots import Offer, Use, reach
from orderly.engine.spans import Span
from orderly.engine.ways import Request, reach_of

COLUMNS = (
    *("pk", "service", "start", "claim", "uses", "asked_minutes", "asked_resources"),
    *("proposed_provider__resource", "patient__resource"),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request with a proposal: the time it holds by its claim, and all the ways in which it could be served."""

    id: UUID
    claim: int
    scene: Scene
    request: Request

    @property
    def resources(self) -> frozenset[int]:
        """Everything it holds or could hold."""
        held = {use.resource for use in self.request.uses}
        plans = (offer.plan for offer in self.request.offers)
        return frozenset(held | {one for plan in plans for need in plan.requirements for one in need.candidates})


@dataclass(frozen=True, slots=True)
class Crowd:
    """The requests around some time, as far as they can have to do with each other."""

    waiting: tuple[Waiting, ...]

    @property
    def claims(self) -> frozenset[int]:
        return frozenset(one.claim for one in self.waiting)

    @property
    def resources(self) -> frozenset[int]:
        return frozenset().union(*(one.resources for one in self.waiting))

    @property
    def parts(self) -> dict[int, Part]:
        found: dict[int, Part] = {}
        for one in self.waiting:
            found |= one.scene.parts
        return found

    @property
    def plans(self) -> list[Plan]:
        return [offer.plan for one in self.waiting for offer in one.request.offers]

    def window(self, asked: Span) -> Span:
        """From the first to the last start of theirs and of what is asked for."""
        starts = [one.request.start for one in self.waiting]
        return min([asked[0], *starts]), max([asked[1], *(start + 1 for start in starts)])


NOBODY = Crowd(())


def crowd(clinic: UUID, window: Span, *, ignoring: frozenset[int] = frozenset()) -> Crowd:
    """Those whose time overlaps with `window`, those who overlap with them, and so on; but not those whose claims are
    `ignoring`. Three queries, as a rule.
    """
    low, high = window[0] - LONGEST, window[1] + LONGEST
    while True:
        rows = Appointment.objects.proposals().filter(clinic=clinic, start__gte=low - LONGEST, start__lt=high)
        found = list(_waiting(clinic, rows.order_by("start", "pk").values_list(*COLUMNS), ignoring))
        near, reached = linked(found, window)
        if low <= reached[0] and reached[1] <= high:
            return Crowd(tuple(near))
        low, high = min(low, reached[0] - LONGEST), max(high, reached[1] + LONGEST)


def upcoming(clinic: UUID, since: int) -> Crowd:
    """All of a clinic's requests that aren't over at `since`."""
    rows = Appointment.objects.proposals().filter(clinic=clinic, end__gt=since).order_by("start", "pk")
    return Crowd(tuple(_waiting(clinic, rows.values_list(*COLUMNS), frozenset())))


def offers_of(stage: Scene, givers: Iterable[Giver], minutes: int | None, wanted: frozenset[int]) -> Iterator[Offer]:
    """A visit as each of these would give it, with all that is wanted; those who can't make it so long don't."""
    for giver in givers:
        with suppress(ValueError):
            for plan in with_wanted(stage.plan(giver, minutes), wanted):
                yield Offer(giver.resource, plan)


class Table:
    """Calendars as they stand, and what could be made of them if the proposals in them were others."""

    def __init__(self, loaded: Loaded, there: Crowd, *, ignoring: frozenset[int], window: Span, now: datetime) -> None:
        self.crowd = there
        self.cleared: Calendars = without(loaded, there.claims | ignoring, now=now)
        """The calendars without any proposal."""
        self._board = Board(self.cleared, [one.request for one in there.waiting], window)

    def fit(self, start: int, offers: Iterable[Offer]) -> Fit | None:
        """How a newcomer could be served, and who moves for it."""
        return self._board.fit(Request(start, tuple(offers)))


def table(
    stage: Scene,
    there: Crowd,
    plans: Sequence[Plan],
    window: Span,
    *,
    ignoring: frozenset[int] = frozenset(),
    now: datetime,
) -> tuple[Loaded, Table]:
    """The calendars of all that these plans could use for starts in `window`, and of the crowd's. Two queries."""
    plans = [*plans, *there.plans]
    starts = there.window(window)
    stage = replace(stage, parts={**there.parts, **stage.parts})
    loaded = stage.load(plans, starts, now=now, ignoring=ignoring)
    low, high = reach(plans, starts)
    return loaded, Table(loaded, there, ignoring=ignoring, window=(low, high), now=now)


def _waiting(clinic: UUID, rows: Iterable[tuple[Any, ...]], ignoring: frozenset[int]) -> Iterator[Waiting]:
    rows = [row for row in rows if row[3] not in ignoring]
    stages = scenes({row[1] for row in rows}, clinic) if rows else {}
    for pk, service, start, claim, uses, minutes, resources, proposed, patient in rows:
        stage = stages[service]
        parts = {**stage.parts, patient: Part(Role.PATIENT)}
        stage = replace(stage, taker=Taker(patient, True, None), parts=parts)
        givers = sorted(stage.givers.values(), key=lambda giver: (giver.resource != proposed, giver.resource))
        offers = tuple(offers_of(stage, givers, minutes, frozenset(resources)))
        held = tuple(Use(one, start + low, start + high, _role(parts, one)) for one, low, high in uses)
        yield Waiting(pk, claim, stage, Request(start, offers, held, proposed))


def _role(parts: Mapping[int, Part], resource: int) -> Role:
    return parts[resource].role if resource in parts else Role.RESOURCE


def linked(found: Sequence[Waiting], window: Span) -> tuple[list[Waiting], Span]:
    """Those who overlap with the window, and with each other; and from when to when they reach."""
    spans = [reach_of(one.request) for one in found]
    low, high = window
    while True:
        inside = [start < high and low < end for start, end in spans]
        reached = [span for span, linked in zip(spans, inside, strict=True) if linked]
        wider = min([low, *(start for start, _ in reached)]), max([high, *(end for _, end in reached)])
        if wider == (low, high):
            return [one for one, linked in zip(found, inside, strict=True) if linked], wider
        low, high = wider


def with_wanted(plan: Plan, wanted: frozenset[int]) -> Iterator[Plan]:
    """The plan in each way in which all that is wanted has its part; none where something can't have any. Equal parts
    are given away in one order.
    """
    for chosen in _shares(plan.requirements, sorted(wanted)):
        yield replace(plan, requirements=tuple(_split(plan, chosen))) if chosen else plan


Shares: TypeAlias = Mapping[int, tuple[int, ...]]
"""Who has a part in a requirement, by its number."""


def _shares(needs: Sequence[Requirement], wanted: Sequence[int]) -> Iterator[Shares]:
    if not wanted:
        yield {}
        return
    *before, one = wanted
    for chosen in _shares(needs, before):
        tried = set()
        for number, need in enumerate(needs):
            there = chosen.get(number, ())
            if one in need.candidates and len(there) < need.count and (need, there) not in tried:
                tried.add((need, there))
                yield {**chosen, number: (*there, one)}


def _split(plan: Plan, chosen: Shares) -> Iterator[Requirement]:
    for number, need in enumerate(plan.requirements):
        ones = chosen.get(number, ())
        if ones:
            yield replace(need, candidates=ones, count=len(ones))
        if len(ones) < need.count:
            rest = tuple(one for one in need.candidates if one not in ones)
            yield replace(need, candidates=rest, count=need.count - len(ones))
