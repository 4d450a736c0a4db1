"""AVL-4: a newcomer fits exactly if there is any way to serve everybody, and what comes out is such a way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderly.engine import assignment
from orderly.engine.assignment import Board, Placement
from orderly.engine.calendar import Calendar
from orderly.engine.plan import Need, Phase, Plan, Requirement, Role, compile_plan
from orderly.engine.rules import Layers
from orderly.engine.slots import Offer
from orderly.engine.spans import deep
from orderly.engine.ways import Request
from tests.engine.model import choices

DAY = 60
WINDOW = (-10, DAY + 60)
PROVIDERS, ROOMS, PATIENTS = (1, 2, 3), (11, 12), (21, 22, 23, 24)
Calendars = Mapping[int, Calendar]


def calendar(one: int, role: Role, *busy: tuple[int, int], capacity: int = 1) -> Calendar:
    return Calendar(one, role, Layers(None, (), (), ()), tuple(sorted(busy)), capacity=capacity)


def visit(giver: int, patient: int, minutes: int, *needs: Need) -> Plan:
    """All of it with the giver, and what else it needs."""
    plan = compile_plan((Phase(minutes, (Need(Role.PROVIDER, (giver,)), *needs)),), 0, 0)
    present = Requirement(Role.PATIENT, (patient,), 1, ((0, plan.length),))
    return replace(plan, requirements=(*plan.requirements, present))


def request(patient: int, start: int, givers: Sequence[int], minutes: int = 10, *needs: Need) -> Request:
    return Request(start, tuple(Offer(one, visit(one, patient, minutes, *needs)) for one in givers))


def seated(calendars: Calendars, requests: Sequence[Request]) -> list[Request]:
    """They come one after the other; those who fit, where they are in the end."""
    there: list[Request] = []
    for one in requests:
        found = Board(calendars, there, WINDOW).fit(one)
        if found is not None:
            moved = {number: stood(there[number], where) for number, where in found.moved.items()}
            there = [moved.get(number, other) for number, other in enumerate(there)]
            there.append(stood(one, found.newcomer))
    return there


def stood(one: Request, where: Placement) -> Request:
    return replace(one, uses=where.uses, provider=where.provider)


def possible(calendars: Calendars, requests: Sequence[Request]) -> bool:
    """By trying everything."""
    ways = [list(_ways(calendars, one)) for one in requests]
    return any(_holds(calendars, [use for way in chosen for use in way]) for chosen in product(*ways))


def _ways(calendars: Calendars, one: Request) -> Iterator[tuple[tuple[int, int, int], ...]]:
    for offer in one.offers:
        for choice in choices(offer.plan, dict(calendars), one.start):
            yield tuple(
                (who, one.start + low, one.start + high)
                for requirement, chosen in zip(offer.plan.requirements, choice, strict=True)
                for who in chosen
                for low, high in requirement.parts
            )


def _holds(calendars: Calendars, uses: Sequence[tuple[int, int, int]]) -> bool:
    for one in {use[0] for use in uses}:
        rows = [*calendars[one].busy, *((low, high) for who, low, high in uses if who == one)]
        if deep(sorted(rows), calendars[one].capacity + 1):
            return False
    return True


def uses_of(requests: Sequence[Request]) -> list[tuple[int, int, int]]:
    return [(use.resource, use.start, use.end) for one in requests for use in one.uses]


BUSY = st.lists(st.tuples(st.sampled_from((0, 10, 20, 30)), st.sampled_from((5, 10))), max_size=1).map(
    lambda rows: [(low, low + length) for low, length in rows]
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[int, Calendar], list[Request]]:
    calendars = {one: calendar(one, Role.PROVIDER, *draw(BUSY)) for one in PROVIDERS}
    for one in ROOMS:
        calendars[one] = calendar(one, Role.RESOURCE, *draw(BUSY), capacity=draw(st.sampled_from((1, 1, 2))))
        if len(calendars[one].busy) >= 1 and calendars[one].capacity == 2 and draw(st.booleans()):
            calendars[one] = replace(calendars[one], busy=())
    for one in PATIENTS:
        calendars[one] = calendar(one, Role.PATIENT)
    return calendars, draw(st.lists(asked(), min_size=2, max_size=5))


@st.composite
def asked(draw: st.DrawFn) -> Request:
    givers = sorted(draw(st.sets(st.sampled_from(PROVIDERS), min_size=1)))
    room = Need(Role.RESOURCE, ROOMS, draw(st.sampled_from((1, 1, 2))))
    helper = Need(Role.PROVIDER, PROVIDERS)
    needs = draw(st.sampled_from(((), (), (room,), (room,), (helper,), (room, helper))))
    patient, start = draw(st.sampled_from(PATIENTS)), draw(st.sampled_from((0, 5, 10, 15, 20)))
    longer = draw(st.booleans())
    offers = []
    for one in givers:
        others = tuple(
            replace(need, candidates=tuple(who for who in need.candidates if who != one))
            if need.role == Role.PROVIDER
            else need
            for need in needs
        )
        offers.append(Offer(one, visit(one, patient, 10 + 5 * (longer and one == 2), *others)))
    return Request(start, tuple(offers))


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_it_is_found_exactly_if_it_exists(world: tuple[dict[int, Calendar], list[Request]]) -> None:
    calendars, requests = world
    there: list[Request] = []
    for one in requests:
        found = Board(calendars, there, WINDOW).fit(one)
        assert (found is not None) == possible(calendars, [*there, one])
        if found is None:
            continue
        moved = {number: stood(there[number], where) for number, where in found.moved.items()}
        assert all(moved[number].uses != there[number].uses for number in moved)
        there = [*(moved.get(number, other) for number, other in enumerate(there)), stood(one, found.newcomer)]
        assert _holds(calendars, uses_of(there))
        for served in there:
            assert sorted((use.resource, use.start, use.end) for use in served.uses) in [
                sorted(way) for way in _ways(calendars, served)
            ]


def plain(*busy: tuple[int, tuple[int, int]]) -> dict[int, Calendar]:
    """Three providers and four patients."""
    taken = {one: [span for who, span in busy if who == one] for one in PROVIDERS}
    providers = {one: calendar(one, Role.PROVIDER, *taken[one]) for one in PROVIDERS}
    return providers | {one: calendar(one, Role.PATIENT) for one in PATIENTS}


def test_nobody_is_moved_without_need() -> None:
    there = seated(plain(), [request(21, 0, (1, 2)), request(22, 0, (1, 2, 3))])
    assert [one.provider for one in there] == [1, 2]
    found = Board(plain(), there, WINDOW).fit(request(23, 0, (1, 2, 3)))
    assert found is not None
    assert (found.newcomer.provider, found.moved) == (3, {})


def test_one_is_moved_for_another() -> None:
    there = seated(plain(), [request(21, 0, (1, 2, 3)), request(22, 0, (2,))])
    found = Board(plain(), there, WINDOW).fit(request(23, 5, (1,)))
    assert found is not None
    assert (found.newcomer.provider, {number: one.provider for number, one in found.moved.items()}) == (1, {0: 3})


def test_hard_questions_share_their_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """When those are used up, what can't be had at once is a no."""
    monkeypatch.setattr(assignment, "EASY", 1)
    monkeypatch.setattr(assignment, "MOST_STEPS", 2)
    there = seated(plain(), [request(21, 0, (1, 2, 3)), request(22, 0, (2,))])
    hard, easy = request(23, 5, (1,)), request(23, 5, (3,))
    board = Board(plain(), there, WINDOW)
    assert [board.fit(one) is not None for one in (easy, hard, hard, easy)] == [True, True, False, True]
    assert Board(plain(), there, WINDOW).fit(hard) is not None


def test_a_head_count_would_say_yes() -> None:
    """There are as many providers as people, but two of the three can only be served by the same one."""
    there = seated(plain(), [request(21, 0, (1,)), request(22, 0, (2, 3))])
    assert Board(plain(), there, WINDOW).fit(request(23, 0, (1,))) is None


def test_what_stands_may_stand() -> None:
    """Its provider is on leave by now: it stays where nothing else is possible, and nobody else pays for it."""
    there = seated(plain(), [request(21, 0, (1,))])
    away = plain((1, (0, 60)))
    found = Board(away, there, WINDOW).fit(request(22, 0, (1, 2)))
    assert found is not None
    assert (found.newcomer.provider, found.moved) == (2, {})


def test_too_many_for_those_there_are() -> None:
    """Twenty providers, twenty-one people: it doesn't try every order."""
    calendars = {one: calendar(one, Role.PROVIDER) for one in range(20)}
    calendars |= {100 + one: calendar(100 + one, Role.PATIENT) for one in range(21)}
    there = seated(calendars, [request(100 + one, 0, range(20)) for one in range(20)])
    assert len(there) == 20
    assert Board(calendars, there, WINDOW).fit(request(120, 0, range(20))) is None
