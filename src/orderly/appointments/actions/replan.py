"""After a change of who works when and gives what: proposals that it strands go to somebody else, where they can."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.decide import Move
from orderly.appointments.actions.shuffle import make_room
from orderly.appointments.queries.requests import Table, Waiting, linked, table, upcoming
from orderly.core.clock import minute
from orderly.core.database import writing
from orderly.engine.assignment import Board, Placement
from orderly.engine.calendar import free
from orderly.engine.spans import covers
from orderly.engine.ways import Request, reach_of
from orderly.journal.actor import Actor
from orderly.resources import locks
from orderly.resources.models import Provider
from orderly.resources.queries import resources_of


@contextmanager
def replanning(clinics: Iterable[UUID], *, actor: Actor, now: datetime) -> Iterator[None]:
    """Around a verb that takes time away in these clinics, in one transaction with it. Whatever it strands of their
    requests without a provider is proposed to somebody else; what can't be stays as it is, and is stranded.

    Where there are such requests, everything that could be proposed is locked before the verb locks anything. Errors:
    Conflict `contended`, besides the verb's own.
    """
    places = sorted(set(clinics))
    with writing():
        there = [upcoming(clinic, minute(now)) for clinic in places]
        if any(crowd.waiting for crowd in there):
            locks.lock(frozenset().union(*(crowd.resources for crowd in there), *map(resources_of, places)))
        yield
        for clinic in places:
            _replan(clinic, actor=actor, now=now)


def clinics_of(provider: UUID) -> list[UUID]:
    """Wherever the provider works, also where the actor doesn't."""
    return list(Provider.objects.filter(pk=provider, clinics__isnull=False).values_list("clinics", flat=True))


def _replan(clinic: UUID, *, actor: Actor, now: datetime) -> None:
    there = upcoming(clinic, minute(now))
    if not there.waiting:
        return
    first = there.waiting[0]
    _, shuffle = table(first.scene, there, [], (first.request.start, first.request.start + 1), now=now)
    stood = {one.id: one for one in there.waiting}
    placed: dict[UUID, Placement] = {}
    for one in there.waiting:
        if not _stands(one, shuffle):
            _settle(one, stood, placed, shuffle)
    moves = [Move(one, placed[one.id]) for one in there.waiting if one.id in placed]
    make_room(moves, actor=actor, now=now)


def _stands(one: Waiting, shuffle: Table) -> bool:
    """Whether whoever is proposed still gives the service, and all it holds can be had at its time."""
    givers = {giver.resource for giver in one.scene.givers.values()}
    return one.request.provider in givers and all(
        use.resource in shuffle.cleared
        and covers(free(shuffle.cleared[use.resource], (use.start, use.end)), (use.start, use.end))
        for use in one.request.uses
    )


def _settle(one: Waiting, stood: dict[UUID, Waiting], placed: dict[UUID, Placement], shuffle: Table) -> None:
    """Somewhere else for this one, with the others making room for it, if there is any way."""
    newcomer = Request(one.request.start, one.request.offers)
    others, _ = linked([other for other in stood.values() if other.id != one.id], reach_of(newcomer))
    spans = [reach_of(one.request), *(reach_of(other.request) for other in others)]
    window = min(low for low, _ in spans), max(high for _, high in spans)
    board = Board(shuffle.cleared, [other.request for other in others], window)
    fit = board.fit(newcomer)
    if fit is None:
        return
    for who, to in [(one, fit.newcomer), *((others[number], to) for number, to in fit.moved.items())]:
        placed[who.id] = to
        stood[who.id] = replace(who, request=replace(who.request, uses=to.uses, provider=to.provider))
