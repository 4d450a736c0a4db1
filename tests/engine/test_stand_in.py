"""APT-13: the best way out for all who are affected, exactly; nobody twice, no room too full."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from orderly.engine.calendar import Calendar
from orderly.engine.plan import Role
from orderly.engine.rules import Layers
from orderly.engine.seats import Takings
from orderly.engine.stand_in import Answer, Case, Cost, Option, greedy, solve, total

PROVIDERS, ROOMS, SHARED, AWAY = (1, 2, 3), (11, 12), 13, 9
MANY = {SHARED: Calendar(SHARED, Role.RESOURCE, Layers(None, (), (), ()), ((0, 5),), capacity=2)}
STARTS = (0, 5, 10, 15)


@dataclass(frozen=True)
class World:
    """Cases, and what each option takes in each of its ways."""

    cases: tuple[Case, ...]
    takes: tuple[tuple[tuple[Takings, ...], ...], ...]

    def ways(self, case: int, option: int) -> Sequence[Takings]:
        return self.takes[case][option]

    def solved(self, **more: int) -> Answer:
        return solve(self.cases, self.ways, MANY, **more)

    def cost(self, answer: Answer) -> Cost:
        return total(self.cases, answer.chosen)


def clash(world: World, picked: Sequence[tuple[int, Takings]]) -> bool:
    """Whether these options with these ways can't all be: by counting, minute by minute. Those who stay stood there."""
    rows = [
        (taking, world.cases[number][option].spot is None)
        for number, (option, way) in enumerate(picked)
        for taking in way
    ]
    for resource, minute in product({taking[0] for taking, _ in rows}, range(60)):
        there = [stays for (one, low, high), stays in rows if one == resource and low <= minute < high]
        busy = MANY[resource].busy if resource in MANY else ()
        places = MANY[resource].capacity if resource in MANY else 1
        if len(there) + sum(low <= minute < high for low, high in busy) > places and not all(there):
            return True
    return False


def best(world: World) -> Cost:
    """By trying everything."""
    costs = []
    every = [[(option, way) for option in range(len(case)) for way in takes[option]] for case, takes in zipped(world)]
    for picked in product(*every):
        if not clash(world, picked):
            costs.append(total(world.cases, [option for option, _ in picked]))
    return min(costs)


def zipped(world: World) -> list[tuple[Case, tuple[tuple[Takings, ...], ...]]]:
    return list(zip(world.cases, world.takes, strict=True))


@st.composite
def worlds(draw: st.DrawFn, most: int = 4) -> World:
    cases, takes = [], []
    for number in range(draw(st.integers(1, most))):
        options = draw(st.lists(moved(20 + number), max_size=4))
        stay = draw(st.sampled_from(((), ((11, 0, 10),), ((SHARED, 5, 15),))))
        every = [*options, (Option((1, 0, 0)), (((AWAY, 5 * number, 5 * number + 10), *stay),))]
        every.sort(key=lambda one: one[0].cost)
        cases.append(tuple(option for option, _ in every))
        takes.append(tuple(ways for _, ways in every))
    return World(tuple(cases), tuple(takes))


@st.composite
def moved(draw: st.DrawFn, patient: int) -> tuple[Option, tuple[Takings, ...]]:
    provider, start = draw(st.sampled_from(PROVIDERS)), draw(st.sampled_from(STARTS))
    end = start + draw(st.sampled_from((5, 10)))
    rooms = draw(st.sampled_from(((), (11,), (11, 12), (SHARED,) if start else ())))
    spot, there = (provider, start, end), (patient, start, end)
    ways = tuple((spot, there, (room, start, end)) for room in rooms) or ((spot, there),)
    return Option((0, draw(st.integers(0, 1)), draw(st.sampled_from((0, 5, 10)))), spot), ways


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_APT_13_nothing_is_better_and_nobody_is_in_two_places(world: World) -> None:
    found = world.solved()
    assert (world.cost(found), found.proven) == (best(world), True)
    assert not clash(world, list(zip(found.chosen, found.takes, strict=True)))
    assert found == world.solved()


@given(worlds(most=12))
@settings(max_examples=40, deadline=None)
def test_APT_13_never_worse_than_one_after_the_other(world: World) -> None:
    first, found = greedy(world.cases, world.ways, MANY), world.solved()
    assert world.cost(found) <= world.cost(first)
    for answer in (first, found):
        assert not clash(world, list(zip(answer.chosen, answer.takes, strict=True)))


@given(worlds(), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_APT_13_what_was_not_looked_at_is_no_better_where_that_is_said(world: World, kept: int) -> None:
    """Of each case only the first few options and to stay; told what the others cost at least."""
    near = [(*case[:kept], *case[-1:]) if len(case) > kept + 1 else case for case in world.cases]
    takes = [(*ways[:kept], *ways[-1:]) if len(ways) > kept + 1 else ways for ways in world.takes]
    others = [case[kept].cost if len(case) > kept + 1 else None for case in world.cases]
    some = World(tuple(near), tuple(takes))
    found = solve(some.cases, some.ways, MANY, others=others)
    assert not found.proven or some.cost(found) == best(world)
    assert found.proven or any(others)


def visit(number: int, *options: tuple[Cost, int, int]) -> tuple[Case, tuple[tuple[Takings, ...], ...]]:
    """Ten minutes with a provider from a start on, for a cost; or it stays."""
    case = [Option(cost, (provider, start, start + 10)) for cost, provider, start in options]
    takes = [(((provider, start, start + 10), (20 + number, start, start + 10)),) for _, provider, start in options]
    return (*case, Option((1, 0, 0))), (*takes, (((AWAY, 10 * number, 10 * number + 10),),))


def world_of(*visits: tuple[Case, tuple[tuple[Takings, ...], ...]]) -> World:
    return World(tuple(case for case, _ in visits), tuple(takes for _, takes in visits))


def test_APT_13_who_has_another_way_gives_way() -> None:
    """The first could have either; the second only what the first would take."""
    world = world_of(visit(0, ((0, 0, 0), 1, 0), ((0, 0, 1), 2, 0)), visit(1, ((0, 0, 0), 1, 0)))
    assert world.cost(greedy(world.cases, world.ways, MANY)) == (1, 0, 0)
    assert (world.cost(world.solved()), world.solved().chosen) == ((0, 0, 1), (1, 0))


def test_APT_13_out_of_steps_it_says_so_and_is_no_worse_than_one_after_the_other() -> None:
    """A ring in which each overlaps with the next: the prices alone don't tell."""
    ring = [visit(n, *sorted([((0, 0, 5 * (n % 5)), 1, 5 * n), ((0, 0, 5 * (n % 3)), 2, 7 * n)])) for n in range(9)]
    world = world_of(*ring)
    whole, cut = world.solved(), world.solved(most=1)
    assert (whole.proven, cut.proven) == (True, False)
    assert world.cost(whole) <= world.cost(cut) <= world.cost(greedy(world.cases, world.ways, MANY))
