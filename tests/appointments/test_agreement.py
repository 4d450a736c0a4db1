"""AVL-1, AVL-5: a time is listed exactly if nothing speaks against it, and exactly then it can be booked."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from orderly.appointments.actions.book import book
from orderly.appointments.actions.hold import hold
from orderly.appointments.inputs import BookingRequest, Search, Wish
from orderly.appointments.queries.slots import alternatives, slots, why
from orderly.calendars.models import RuleKind
from orderly.catalogue.models import Offering, Service
from orderly.core.errors import CannotBook
from orderly.engine.walltime import day_start
from orderly.journal.actor import Actor
from orderly.patients.models import Patient
from orderly.resources.models import Kind, Provider, Resource
from tests.appointments.asking import off
from tests.factories import add_phase, make_actor, make_asset, make_clinic, make_patient, make_provider, make_service

STEP = 20
DAYS = (date(2026, 3, 2), date(2026, 3, 29), date(2026, 10, 25))  # plain, an hour short, an hour long

MOSTLY = st.sampled_from((True, True, False))
PHASE = st.tuples(st.sampled_from((10, 20, 40)), MOSTLY, st.booleans())
SHIFT = st.tuples(st.integers(0, 10), st.integers(2, 14)).map(lambda pair: (pair[0] * 60, sum(pair) * 60))
STRETCH = st.tuples(st.integers(0, 22), st.sampled_from((10, 55, 90)))


@dataclass
class Plan:
    """What a world is made of."""

    zone: str
    day: date
    phases: list[tuple[int, bool, bool]]
    buffers: tuple[int, int]
    shifts: list[tuple[int, int]]
    lengths: list[int | None]
    chairs: list[int]
    notice: int
    off: list[tuple[int, tuple[int, int]]]
    taken: list[tuple[int, int, bool]]
    known: bool


PLANS = st.builds(
    Plan,
    zone=st.sampled_from(("Europe/London", "Asia/Tashkent")),
    day=st.sampled_from(DAYS),
    phases=st.lists(PHASE, min_size=1, max_size=3),
    buffers=st.sampled_from(((0, 0), (0, 0), (10, 0), (5, 15))),
    shifts=st.lists(SHIFT, min_size=1, max_size=3),
    lengths=st.lists(st.sampled_from((None, None, 50, 70)), min_size=3, max_size=3),
    chairs=st.sampled_from(([1], [2], [1, 1], [1, 2], [])),
    notice=st.sampled_from((0, 0, 300)),
    off=st.lists(st.tuples(st.integers(0, 5), STRETCH), max_size=3),
    taken=st.lists(st.tuples(st.integers(9, 60), st.integers(0, 2), st.booleans()), max_size=6),
    known=st.booleans(),
)


class World:
    """A clinic made to a plan, on its day, two hours after midnight UTC."""

    def __init__(self, plan: Plan) -> None:
        self.day = plan.day
        self.now = datetime(plan.day.year, plan.day.month, plan.day.day, 2, 0, 30, tzinfo=UTC)
        self.clinic = make_clinic(timezone=plan.zone, slot_minutes=STEP)
        self.actor: Actor = make_actor("clinic_admin", self.clinic)
        self.service = self._service(plan)
        self.providers = [self._provider(*pair) for pair in zip(plan.shifts, plan.lengths, strict=False)]
        self.chairs = [make_asset(self.clinic, capacity=places) for places in plan.chairs]
        self.patient: Patient = make_patient(self.clinic)
        self.asking = self.patient.pk if plan.known else None
        self._close(plan)
        for start, nth, held in plan.taken:
            self._take(start, self.providers[nth % len(self.providers)], held)

    def _service(self, plan: Plan) -> Service:
        (minutes, _, chair), *others = plan.phases
        kinds = (Kind.CHAIR,)
        first, last = plan.buffers
        service = make_service(
            self.clinic,
            minutes,
            asset_kinds=kinds[: int(chair)],
            buffer_before=first,
            buffer_after=last,
            notice_minutes=plan.notice,
            horizon_days=1,
        )
        for length, needs_provider, needs_chair in others:
            add_phase(service, length, provider=needs_provider, asset_kinds=kinds[: int(needs_chair)])
        return service

    def _provider(self, shift: tuple[int, int], length: int | None) -> Provider:
        provider = make_provider(self.clinic, service=self.service, hours=shift, weekdays=127)
        Offering.objects.filter(provider=provider).update(minutes=length)
        return provider

    def _close(self, plan: Plan) -> None:
        """0: the clinic; then providers and chairs, as far as there are any."""
        whose: list[Resource] = [one.resource for one in (*self.providers, *self.chairs)]
        for nth, (hour, minutes) in plan.off:
            resource = whose[nth - 1] if 0 < nth <= len(whose) else None
            kind = RuleKind.CLOSURE if resource is None else RuleKind.TRAINING
            last = hour * 60 + minutes
            clocks = f"{hour:02}:00", f"{last // 60:02}:{last % 60:02}"
            off(self.clinic, resource, *clocks, day=self.day, kind=kind)

    def _take(self, start: int, provider: Provider, held: bool) -> None:
        """Somebody's appointment or hold, if it can be had; sometimes the patient's own."""
        at = day_start(self.clinic.timezone, self.day) + start * STEP + 10
        self.try_to_take(at, provider, held, own=start % 3 == 0)

    def try_to_take(self, start: int, provider: Provider, held: bool, *, own: bool) -> None:
        wish = self.wish(start, provider)
        other = self.patient.pk if own else make_patient(self.clinic).pk
        try:
            with transaction.atomic():
                if held:
                    hold(wish, actor=self.actor, now=self.now)
                else:
                    self.book(wish, patient=other)
        except CannotBook:
            pass

    def wish(self, start: int, provider: Provider | None) -> Wish:
        return Wish(
            clinic=self.clinic.pk,
            service=self.service.pk,
            start=start,
            provider=provider and provider.pk,
            patient=self.asking,
        )

    def book(self, wish: Wish, patient: object) -> None:
        request = BookingRequest(
            clinic=wish.clinic,
            service=wish.service,
            start=wish.start,
            provider=wish.provider,
            patient=patient,  # type: ignore[arg-type]
            source="phone",
        )
        book(request, actor=self.actor, now=self.now)

    def refused(self, start: int, provider: Provider | None) -> bool:
        return bool(why(self.wish(start, provider), now=self.now))

    def can_book(self, start: int, provider: Provider | None) -> bool:
        """Tries it, and takes it back."""
        patient = self.asking or make_patient(self.clinic).pk
        try:
            with transaction.atomic():
                self.book(self.wish(start, provider), patient)
                transaction.set_rollback(True)
        except CannotBook:
            return False
        return True

    def listed(self) -> set[tuple[int, int]]:
        search = Search(
            clinic=self.clinic.pk,
            service=self.service.pk,
            first=self.day,
            last=self.day + timedelta(days=1),
            patient=self.asking,
        )
        return {(start, provider) for start, _, provider in slots(search, now=self.now).slots}

    def grid(self) -> range:
        zone = self.clinic.timezone
        return range(day_start(zone, self.day), day_start(zone, self.day + timedelta(days=1)), STEP)


@pytest.mark.slow
class Agreement(TestCase):
    @settings(max_examples=20, deadline=None)
    @given(PLANS, st.lists(st.integers(0, 74), min_size=8, max_size=8))
    def test_one_evaluator_answers_all_three(self, plan: Plan, tries: list[int]) -> None:
        world = World(plan)
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
        self._near_ones_are_listed(world, listed, grid[tries[0] % len(grid)])

    def _near_ones_are_listed(self, world: World, listed: set[tuple[int, int]], start: int) -> None:
        _, found = alternatives(world.wish(start, world.providers[0]), now=world.now)
        today = {(at, provider) for at, _, provider in found if at in world.grid()}
        assert today <= listed
        assert {provider for _, provider in today} <= {world.providers[0].resource_id}
