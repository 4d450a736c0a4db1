"""AVL-1, AVL-4: list, booking, holds and "why not" agree where proposals may have to move."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orderly.appointments.actions.hold import hold
from orderly.appointments.inputs import Search
from orderly.appointments.models import Appointment
from orderly.appointments.queries.slots import slots
from orderly.catalogue.models import Offering, Service
from orderly.core.errors import CannotBook
from orderly.engine.walltime import day_start
from orderly.resources.models import Provider
from tests.appointments.audit import faults
from tests.appointments.test_agreement import PLANS, STEP, Plan, World
from tests.appointments.test_agreement_groups import check
from tests.factories import make_patient, make_service

ASKED = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(("ask", "ask", "ask", "other", "other", "named", "hold", "held"))),
    min_size=4,
    max_size=9,
)
FIRST = 27  # the place on the grid about which everybody asks


class RequestWorld(World):
    """Several ask for nobody in particular; another service is given by the first provider alone, or by two."""

    def __init__(self, plan: Plan, others: int, asked: list[tuple[int, str]]) -> None:
        super().__init__(replace(plan, taken=[]))
        self.other = make_service(self.clinic, 30)
        for one in self.providers[:others]:
            Offering.objects.create(service=self.other, provider=one)
        for nth, what in asked:
            self._ask(day_start(self.clinic.timezone, self.day) + FIRST * STEP + nth * 10, nth, what)

    def _ask(self, start: int, nth: int, what: str) -> None:
        named: Provider | None = self.providers[nth % len(self.providers)] if what in ("named", "held") else None
        if what in ("hold", "held"):
            self.can_hold(start, named, keep=True)
            return
        service: Service = self.other if what == "other" else self.service
        with suppress(CannotBook):
            self.book(replace(self.wish(start, named), service=service.pk), make_patient(self.clinic).pk)

    def can_hold(self, start: int, provider: Provider | None, *, keep: bool = False) -> bool:
        """Tries it, and takes it back unless it is to be kept."""
        try:
            with transaction.atomic():
                hold(self.wish(start, provider), actor=self.actor, now=self.now)
                transaction.set_rollback(not keep)
        except CannotBook:
            return False
        return True

    def listed_for(self, provider: Provider) -> set[tuple[int, int]]:
        first, last = self.day, self.day + timedelta(days=1)
        clinic, service = self.clinic.pk, self.service.pk
        search = Search(
            clinic=clinic, service=service, first=first, last=last, provider=provider.pk, patient=self.asking
        )
        return {(start, giver) for start, _, giver in slots(search, now=self.now).slots}


@pytest.mark.slow
class Requests(TestCase):
    @settings(max_examples=12, deadline=None)
    @given(PLANS, st.integers(1, 2), ASKED, st.lists(st.integers(24, 36), min_size=4, max_size=4))
    def test_requests(self, plan: Plan, others: int, asked: list[tuple[int, str]], tries: list[int]) -> None:
        shifts = [(8 * 60, 18 * 60), *plan.shifts]
        world = RequestWorld(replace(plan, day=date(2026, 3, 2), shifts=shifts), others, asked)
        stood = set(Appointment.objects.values_list("pk", "version"))
        check(world, tries)
        listed, grid = world.listed(), world.grid()
        for one in world.providers:
            assert world.listed_for(one) == {pair for pair in listed if pair[1] == one.resource_id}
        for nth in tries:
            anybody = any(at == grid[nth] for at, _ in listed)
            assert world.can_book(grid[nth], None) == anybody == world.can_hold(grid[nth], None)
            for one in world.providers:
                assert world.can_hold(grid[nth], one) == ((grid[nth], one.resource_id) in listed)
        assert set(Appointment.objects.values_list("pk", "version")) == stood
        assert faults() == {}
