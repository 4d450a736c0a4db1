"""APT-14: several people or services at once, held against trying everything."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderly.engine import succession
from orderly.engine.calendar import Calendar
from orderly.engine.grid import Grid
from orderly.engine.jointly import Step
from orderly.engine.plan import Need, Phase, Plan, Requirement, Role, compile_plan
from orderly.engine.ranking import Slot
from orderly.engine.rules import Layers
from orderly.engine.slots import Offer, Terms, Use, find
from orderly.engine.succession import Arrangement, Order, arrangements
from tests.engine import model

LENGTH = 16
OPEN = Layers(((-9, LENGTH + 9),), (), (), ())
WINDOW = (0, LENGTH)
GRID = Grid("UTC", 1)
DOCTORS, CHAIRS, ROOM, FIRST_PATIENT = (1, 2), (4, 5), 6, 10


def some_busy() -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    spans = st.tuples(st.integers(0, LENGTH - 1), st.integers(2, 7)).map(lambda it: (it[0], it[0] + it[1]))
    return st.lists(spans, max_size=3).map(lambda found: tuple(sorted(found)))


@st.composite
def towns(draw) -> dict[int, Calendar]:
    """Two doctors, two chairs, a room that two may use, three patients."""
    roles = dict.fromkeys(DOCTORS, Role.PROVIDER) | dict.fromkeys((*CHAIRS, ROOM), Role.RESOURCE)
    roles |= dict.fromkeys(range(FIRST_PATIENT, FIRST_PATIENT + 3), Role.PATIENT)
    return {
        one: Calendar(one, role, OPEN, draw(some_busy()), capacity=2 if one == ROOM else 1)
        for one, role in roles.items()
    }


@st.composite
def steps(draw, town: dict[int, Calendar], patient: int) -> Step:
    """A service by one or both of the doctors, perhaps not as long with each, perhaps with buffers and chairs."""
    givers = draw(st.sampled_from(((1,), (2,), DOCTORS, DOCTORS)))
    needs = draw(st.sampled_from(((), ((4, 5),), ((4,),), ((ROOM,),), ((4, 5), (ROOM,)))))
    before, after = draw(st.sampled_from(((0, 0), (0, 0), (0, 2), (1, 0), (3, 3))))
    length = draw(st.integers(2, 4))
    plans = {}
    for giver in givers:
        minutes = length + draw(st.sampled_from((0, 0, 0, 1)))
        wants = (Need(Role.PROVIDER, (giver,)), *(Need(Role.RESOURCE, some) for some in needs))
        plan = compile_plan([Phase(minutes, wants)], before, after)
        present = Requirement(Role.PATIENT, (patient,), 1, ((0, minutes),))
        plans[giver] = Plan(minutes, (*plan.requirements, present))
    slots = find([Offer(giver, plan) for giver, plan in plans.items()], town, WINDOW, GRID, Terms(0))
    return Step(slots, plans, town)


@st.composite
def parties(draw, least: int = 2, most: int = 3) -> list[Step]:
    town = draw(towns())
    who = draw(st.lists(st.sampled_from((0, 1, 2)), min_size=least, max_size=most))
    return [draw(steps(town, FIRST_PATIENT + one)) for one in who]


def ways(steps: Sequence[Step], slots: Sequence[Slot]) -> Iterator[list[Use]]:
    """Every choice of people and things for these slots, each of them free and none used beyond its places."""
    asked = [
        (step, slot[0], need)
        for step, slot in zip(steps, slots, strict=True)
        for need in step.plans[slot[2]].requirements
    ]
    able = [
        [one for one in need.candidates if model.fits(step.calendars[one], need.parts, start)]
        for step, start, need in asked
    ]
    for chosen in product(*able):
        rows = [
            Use(one, start + low, start + high, need.role)
            for one, (_, start, need) in zip(chosen, asked, strict=True)
            for low, high in need.parts
        ]
        if fair(steps[0].calendars, rows):
            yield rows


def fair(town: dict[int, Calendar], rows: Sequence[Use]) -> bool:
    """Whether nothing is used beyond its places at any minute, what was taken before counted."""
    used = Counter((use.resource, minute) for use in rows for minute in range(use.start, use.end))
    return all(
        count + model.depth(town[one].busy + town[one].held, minute) <= town[one].capacity
        for (one, minute), count in used.items()
    )


def waiting(slots: Sequence[Slot], order: Order, wait: int) -> int | None:
    """How long they wait in all; None where they don't lie as they should."""
    if order is Order.AT_ONCE:
        return 0 if len({start for start, _, _ in slots}) == 1 else None
    orders = [slots] if order is Order.GIVEN else permutations(slots)
    for way in orders:
        gaps = [after[0] - before[1] for before, after in pairwise(way)]
        if all(0 <= gap <= wait for gap in gaps):
            return sum(gaps)
    return None


def everything(steps: Sequence[Step], order: Order, wait: int) -> list[tuple[int, int, list[int]]]:
    """By trying all: for each start of the whole the waiting and the providers of the best arrangement."""
    best: dict[int, tuple] = {}
    for slots in product(*(step.slots for step in steps)):
        waited = waiting(slots, order, wait)
        if waited is None:
            continue
        start = min(slot[0] for slot in slots)
        key = waited, [slot[:2] for slot in slots], [slot[2] for slot in slots]
        if (start not in best or key < best[start]) and next(ways(steps, slots), None) is not None:
            best[start] = key
    return [(start, *best[start]) for start in sorted(best)]


def told(found: Sequence[Arrangement]) -> list[tuple]:
    return [
        (one.start, one.waiting, [(turn.start, turn.end) for turn in one.turns], [turn.provider for turn in one.turns])
        for one in found
    ]


@settings(max_examples=100, deadline=None)
@given(parties(), st.sampled_from(tuple(Order)), st.sampled_from((0, 1, 4)))
def test_the_same_as_trying_everything(party, order, wait):
    found = arrangements(party, WINDOW, GRID, order=order, wait=wait).found
    assert told(found) == everything(party, order, wait)
    for one in found:
        slots = [(turn.start, turn.end, turn.provider) for turn in one.turns]
        uses = sorted((use for turn in one.turns for use in turn.uses), key=repr)
        assert uses in [sorted(way, key=repr) for way in ways(party, slots)]


def doctor(one: int, *busy: tuple[int, int]) -> Calendar:
    return Calendar(one, Role.PROVIDER, OPEN, busy)


def thing(one: int, *busy: tuple[int, int], places: int = 1) -> Calendar:
    return Calendar(one, Role.RESOURCE, OPEN, busy, capacity=places)


def step(
    town: dict[int, Calendar],
    givers: Sequence[int],
    patient: int,
    *needs: tuple[int, ...],
    at: Sequence[int],
    after: int = 0,
) -> Step:
    """Four minutes with one of the givers, and one of each of the needs; only the starts in `at`."""
    wants = [Need(Role.RESOURCE, some) for some in needs]
    plans = {
        one: compile_plan([Phase(4, (Need(Role.PROVIDER, (one,)), *wants, Need(Role.PATIENT, (patient,))))], 0, after)
        for one in givers
    }
    people = town | {patient: Calendar(patient, Role.PATIENT, OPEN, ())}
    slots = find([Offer(one, plan) for one, plan in plans.items()], people, WINDOW, GRID, Terms(0))
    return Step([slot for slot in slots if slot[0] in at], plans, people)


def test_chairs_are_chosen_for_all_whose_cleaning_overlaps() -> None:
    """The first can have only chair 4, the last only 5, and the one between shares minutes with both."""
    town = {1: doctor(1), 2: doctor(2), 3: doctor(3), 4: thing(4), 5: thing(5)}

    def three(*chairs: tuple[int, ...]) -> list[Arrangement]:
        party = [step(town, (1 + nth,), 10 + nth, some, at=(4 * nth,), after=2) for nth, some in enumerate(chairs)]
        return arrangements(party, WINDOW, GRID, order=Order.GIVEN).found

    assert three((4,), (4, 5), (5,)) == []
    [found] = three((4,), (4, 5), (4,))
    assert [use.resource for turn in found.turns for use in turn.uses if use.role is Role.RESOURCE] == [4, 5, 4]


def test_a_room_takes_as_many_as_it_has_places() -> None:
    town = {1: doctor(1), 2: doctor(2), 3: doctor(3), ROOM: thing(ROOM, (5, 8), places=2)}
    three = [step(town, (1, 2, 3), 10 + nth, (ROOM,), at=(0, 6)) for nth in range(3)]
    assert arrangements(three, WINDOW, GRID, order=Order.AT_ONCE).found == []
    found = arrangements(three[:2], WINDOW, GRID, order=Order.AT_ONCE).found
    assert told(found) == [(0, 0, [(0, 4)] * 2, [1, 2])]


def test_one_visit_does_not_take_two_places_of_a_room() -> None:
    town = {1: doctor(1), 2: doctor(2), 4: thing(4), ROOM: thing(ROOM, places=3)}
    pair = [step(town, (1 + nth,), 10 + nth, (ROOM,), (4, ROOM), at=(0,)) for nth in range(2)]
    assert arrangements(pair, WINDOW, GRID, order=Order.AT_ONCE).found == []


def test_together_in_a_group() -> None:
    """Who comes to a session that is there takes a place; a session that isn't takes its provider once."""
    places = Calendar(9, Role.PLACE, OPEN, ((8, 12),), capacity=2)
    town = {1: doctor(1, (8, 12)), 9: places}
    joins = {
        who: Plan(4, (Requirement(Role.PLACE, (9,), 1, ((0, 4),)), Requirement(Role.PATIENT, (who,), 1, ((0, 4),))))
        for who in (10, 11, 12)
    }

    def come(*who: int, most: int = 2) -> list[int]:
        party = []
        for one in who:
            alone = step(town, (1,), one, at=(0,))
            slots = [*alone.slots, (8, 12, 1)]
            party.append(Step(slots, alone.plans, alone.calendars, "class", most, {(8, 12, 1): joins[one]}))
        return [one.start for one in arrangements(party, WINDOW, GRID, order=Order.AT_ONCE).found]

    assert (come(10), come(10, 11), come(10, 11, 12), come(10, 11, 12, most=3)) == ([0, 8], [0], [], [0])


def test_where_there_are_fewer_doctors_than_people_it_is_said_soon() -> None:
    """Eight at once with seven who are all alike: not 5,040 tries a minute."""
    town = {one: doctor(one) for one in range(1, 8)}
    eight = [step(town, range(1, 8), 10 + nth, at=range(10)) for nth in range(8)]
    assert arrangements(eight, WINDOW, GRID, order=Order.AT_ONCE).found == []
    assert len(arrangements(eight[:7], WINDOW, GRID, order=Order.AT_ONCE).found) == 10
    assert arrangements(eight, WINDOW, GRID, order=Order.ANY, wait=1).found == []


def test_the_whole_begins_on_the_grid_and_no_more_is_worked_out_than_is_wanted() -> None:
    town = {1: doctor(1)}
    pair = [step(town, (1,), 10 + nth, at=range(WINDOW[1])) for nth in range(2)]
    found = arrangements(pair, WINDOW, Grid("UTC", 3), order=Order.ANY, most=2).found
    assert told(found) == [(0, 0, [(0, 4), (4, 8)], [1, 1]), (3, 0, [(3, 7), (7, 11)], [1, 1])]


def test_more_is_not_tried_than_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found before is as exact as ever; that later starts weren't looked at is said."""
    town = {one: doctor(one) for one in (1, 2)}
    three = [step(town, (1, 2), 10 + nth, at=range(WINDOW[1])) for nth in range(3)]
    for order in Order:
        party = three[:2] if order is Order.AT_ONCE else three
        every = arrangements(party, WINDOW, GRID, order=order, wait=2)
        monkeypatch.setattr(succession, "MOST", 100)
        some = arrangements(party, WINDOW, GRID, order=order, wait=2)
        assert (every.cut, some.cut, some.found) == (False, True, every.found[: len(some.found)])
        assert len(some.found) < len(every.found)
        monkeypatch.undo()
