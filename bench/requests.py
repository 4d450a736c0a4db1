"""How fast one more request is placed, or refused, among forty that stand with twenty providers."""

import random
from collections.abc import Callable
from dataclasses import replace

from orderly.engine.assignment import Board, Placement
from orderly.engine.calendar import Calendar
from orderly.engine.plan import Need, Phase, Plan, Requirement, Role, compile_plan
from orderly.engine.rules import Layers
from orderly.engine.slots import Offer
from orderly.engine.ways import Request

PROVIDERS, REQUESTS = 20, 40
LENGTH, DAY = 30, 60
"""Of a visit, and of the time that they all ask for: two visits with everybody, and nobody is left when it is full."""

WINDOW = (0, DAY + LENGTH)
NEWCOMER = 1000


def newcomer(*, fits: bool) -> Callable[[], object]:
    """The whole question, the board included. Whoever doesn't fit is one too many; who does makes others move."""
    there = crowd(REQUESTS - fits)
    wish = request(NEWCOMER, LENGTH, [0])
    board = Board(calendars(), there, WINDOW)
    assert (board.fit(wish) is not None) == fits
    return lambda: Board(calendars(), there, WINDOW).fit(wish)


def calendars() -> dict[int, Calendar]:
    """Everybody is there all the time."""
    roles = dict.fromkeys(range(PROVIDERS), Role.PROVIDER)
    roles |= dict.fromkeys((NEWCOMER, *range(100, 100 + REQUESTS)), Role.PATIENT)
    return {one: Calendar(one, role, Layers(None, (), (), ()), ()) for one, role in roles.items()}


def request(patient: int, start: int, givers: list[int]) -> Request:
    """A visit with any of these."""
    return Request(start, tuple(Offer(one, _plan(one, patient)) for one in givers))


def crowd(count: int) -> list[Request]:
    """So many requests, half an hour each, on the hour or at half past; a few providers could serve each."""
    dice = random.Random(4)
    there: list[Request] = []
    for nth in range(count):
        start, own = nth // PROVIDERS * LENGTH, (nth + 1) % PROVIDERS
        wish = request(100 + nth, start, sorted({own, *dice.sample(range(PROVIDERS), 4)}))
        found = Board(calendars(), there, WINDOW).fit(wish)
        assert found is not None
        moved = {number: _standing(there[number], to) for number, to in found.moved.items()}
        there = [moved.get(number, one) for number, one in enumerate(there)]
        there.append(_standing(wish, found.newcomer))
    return there


def _plan(giver: int, patient: int) -> Plan:
    plan = compile_plan((Phase(LENGTH, (Need(Role.PROVIDER, (giver,)),)),), 0, 0)
    present = Requirement(Role.PATIENT, (patient,), 1, ((0, LENGTH),))
    return replace(plan, requirements=(*plan.requirements, present))


def _standing(wish: Request, where: Placement) -> Request:
    return replace(wish, uses=where.uses, provider=where.provider)
