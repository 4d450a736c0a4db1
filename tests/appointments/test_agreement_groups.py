"""AVL-1, AVL-5, AVL-7: list, booking and "why not" agree about groups and teams too."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orderly.appointments.models import Session
from orderly.catalogue.models import Need, NeedRole, Service
from orderly.engine.walltime import day_start
from orderly.resources.models import Provider
from tests.appointments.audit import faults
from tests.appointments.test_agreement import PLANS, STEP, Plan, World
from tests.factories import make_provider

PLACES = st.sampled_from((2, 2, 3))
ODD = 29  # off the grid
TAKEN = st.lists(st.tuples(st.integers(24, 41), st.integers(0, 1), st.booleans()), min_size=6, max_size=14)
# Of a phase: which of the staff (those who give the service first), and how many of them.
TEAM = st.tuples(st.integers(0, 2), st.sets(st.integers(0, 4), min_size=1, max_size=4), st.integers(1, 3))
ALL_DAY = [(6 * 60, 20 * 60)]


class GroupWorld(World):
    """A service with places; people come again and again to the same times, on the grid."""

    def __init__(self, plan: Plan, places: int) -> None:
        self.places = places
        super().__init__(plan)

    def _service(self, plan: Plan) -> Service:
        service = super()._service(plan)
        service.places = self.places
        service.save()
        return service

    def _take(self, start: int, provider: Provider, held: bool) -> None:
        at = day_start(self.clinic.timezone, self.day) + start // 6 * 6 * STEP
        self.try_to_take(at + (10 if start == ODD else 0), provider, held, own=start % 4 == 0)


class TeamWorld(World):
    """Needs that name people: some who give the service, and two who only help."""

    def __init__(self, plan: Plan, teams: list[tuple[int, set[int], int]]) -> None:
        self.teams = teams
        super().__init__(plan)

    def _close(self, plan: Plan) -> None:
        helpers = [make_provider(self.clinic, hours=ALL_DAY[0], weekdays=127) for _ in range(2)]
        staff = [*self.providers, *helpers]
        phases = list(self.service.phases.all())
        for nth, who, count in self.teams:
            need = Need.objects.create(phase=phases[nth % len(phases)], role=NeedRole.PROVIDER, count=count)
            need.any_of.set({staff[one % len(staff)].resource for one in who})
        super()._close(plan)


def check(world: World, tries: list[int]) -> None:
    """All three, for each start of the day and each provider; some of them are really booked, and taken back."""
    listed, grid = world.listed(), world.grid()
    assert {start for start, _ in listed} <= set(grid)
    for start in grid:
        free = {one.resource_id for one in world.providers if not world.refused(start, one)}
        assert free == {provider for at, provider in listed if at == start}
        assert (not world.refused(start, None)) == bool(free)
    for nth in tries:
        start = grid[nth % len(grid)]
        for one in world.providers:
            assert world.can_book(start, one) == ((start, one.resource_id) in listed)
    assert faults() == {}


@pytest.mark.slow
class Groups(TestCase):
    @settings(max_examples=10, deadline=None)
    @given(PLANS, PLACES, TAKEN, st.lists(st.integers(27, 45), min_size=4, max_size=4))
    def test_groups(self, plan: Plan, places: int, taken: list[tuple[int, int, bool]], tries: list[int]) -> None:
        world = GroupWorld(replace(plan, day=date(2026, 3, 2), shifts=ALL_DAY * 2, taken=taken), places)
        starts = [one.start for one in Session.objects.all()]
        first = world.grid()[0]
        check(world, [*tries, *((start - first) // STEP for start in starts[:4])])


@pytest.mark.slow
class Teams(TestCase):
    @settings(max_examples=10, deadline=None)
    @given(PLANS, st.lists(TEAM, min_size=1, max_size=3), st.lists(st.integers(18, 60), min_size=5, max_size=5))
    def test_teams(self, plan: Plan, teams: list[tuple[int, set[int], int]], tries: list[int]) -> None:
        check(TeamWorld(replace(plan, shifts=ALL_DAY * 3), teams), tries)
