"""PKG-2, PKG-6: any sequence of verbs. Used is what was completed (and what the clinic's rule counts), whatever way led
there; never below nothing, never more than was sold.

The model knows only which visit has which number; it shares no code with the program.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from orderly.appointments.actions import cancel, progress, reschedule, undo
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.billing.models import Payment
from orderly.clinics.models import Clinic
from orderly.core.errors import Conflict, Refused
from orderly.packages.actions.close import cancel_purchase
from orderly.packages.models import Purchase
from tests.factories import NOW
from tests.packages.shop import Shop, count

MASSAGES, EXERCISES = 2, 1
GONE = {"cancelled", "no_show"}


@dataclass
class Kept:
    """A visit as the model knows it: its state, its number while it draws on one."""

    status: str
    number: int | None


class Machine(RuleBasedStateMachine):
    shop: Shop  # made once; every run is rolled back
    visits = Bundle("visits")

    def __init__(self) -> None:
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()
        self.now, self.slot = NOW, 0
        self.purchase = self.shop.sell()
        self.kept: dict[UUID, Kept] = {}
        self.closed = False
        self.uses = False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)

    def tick(self) -> Any:
        """A moment later: what is done at one moment is one change."""
        self.now += timedelta(seconds=1)
        return {"actor": self.shop.chief, "now": self.now}

    def drawn(self) -> set[int | None]:
        return {one.number for one in self.kept.values()}

    def free(self, like: int | None = None, service: int = 0) -> list[int]:
        numbers = range(MASSAGES + 1, MASSAGES + EXERCISES + 1) if service else range(1, MASSAGES + 1)
        if like is not None:
            numbers = range(1, MASSAGES + 1) if like <= MASSAGES else range(MASSAGES + 1, MASSAGES + EXERCISES + 1)
        return [] if self.closed else [number for number in numbers if number not in self.drawn()]

    @rule(target=visits, service=st.integers(0, 1), days=st.sampled_from((0, 0, 0, 90, 91)))
    def book(self, service: int, days: int) -> Any:
        """On day 91 it has expired."""
        self.slot += 30
        start = self.shop.time("06:00", days) + self.slot
        free = self.free(service=service)
        wanted = (self.shop.massage, self.shop.exercise)[service]
        try:
            made = self.shop.book(self.purchase, start, service=wanted, **self.tick())
        except Conflict:
            assert not free or days > 90
            return multiple()
        assert free
        assert days <= 90
        self.kept[made.pk] = Kept("confirmed", free[0])
        return made.pk

    @rule(which=visits)
    def complete(self, which: UUID) -> None:
        self.go(which, {"confirmed", "arrived", "in_progress"}, "completed", progress.complete)

    @rule(which=visits)
    def start(self, which: UUID) -> None:
        self.go(which, {"arrived"}, "in_progress", progress.start)

    @rule(which=visits)
    def miss(self, which: UUID) -> None:
        if self.go(which, {"confirmed"}, "no_show", progress.no_show) and not self.uses:
            self.kept[which].number = None

    @rule(which=visits)
    def cancel(self, which: UUID) -> None:
        """Late on the first day, in time on the last."""
        late = Appointment.objects.get(pk=which).start < self.shop.time("00:00", 2)
        left = {"confirmed", "arrived"}
        if self.go(which, left, "cancelled", lambda one, **who: cancel.cancel(one, "other", **who)):
            self.kept[which].number = self.kept[which].number if self.uses and late else None

    @rule(which=visits)
    def arrive(self, which: UUID) -> None:
        self.come_back(which, {"confirmed", "in_progress", "no_show"}, "arrived", progress.arrive)

    @rule(which=visits)
    def reopen(self, which: UUID) -> None:
        ways = {"completed": "in_progress", "no_show": "arrived", "cancelled": None}
        status = self.kept[which].status
        to = ways.get(status, "")
        if to is None:
            to = Appointment.objects.values_list("cancelled_from", flat=True).get(pk=which)
        self.come_back(which, set(ways), to, lambda one, **who: progress.reopen(one, "so", **who))

    @rule(which=visits, slots=st.integers(1, 3), days=st.sampled_from((0, 91)))
    def move(self, which: UUID, slots: int, days: int) -> None:
        """Where somebody may be: then nothing changes; but never past the last day."""
        start = self.shop.time("14:00", days) + 30 * slots
        try:
            reschedule.reschedule(which, Move(start=start), **self.tick())
        except Conflict:
            return
        assert days == 0

    @rule(which=visits)
    def undo(self, which: UUID) -> None:
        """Whatever was done last; the model then believes what the table of payments says of this one visit, if it is
        possible at all.
        """
        before = self.kept[which]
        try:
            undo.undo(which, **self.tick())
        except Conflict:
            return
        row = Appointment.objects.select_related("payment__credit").get(pk=which)
        live = row.payment.status != "void"
        number = row.payment.credit.number if live else None  # type: ignore[union-attr]
        assert number is None or number not in self.drawn() - {before.number}
        assert live or row.status in GONE
        self.kept[which] = Kept(row.status, number)

    @rule(uses=st.booleans())
    def rule_changes(self, uses: bool) -> None:
        self.uses = uses
        Clinic.objects.filter(pk=self.shop.clinic.pk).update(no_show_uses_session=uses, late_cancel_uses_session=uses)

    @rule(ready=st.sampled_from((False, False, False, True)))
    def call_off(self, ready: bool) -> None:
        """Only where no visit is booked."""
        if not ready:
            return
        booked = [one for one in self.kept.values() if one.number and one.status not in {*GONE, "completed"}]
        try:
            cancel_purchase(self.purchase.pk, "moved", **self.tick())
        except Conflict:
            assert booked or self.closed
            return
        assert not booked
        assert not self.closed
        self.closed = True

    def go(self, which: UUID, states: set[str], to: str, verb: Any) -> bool:
        """One allowed move, or a refusal that changes nothing."""
        one = self.kept[which]
        try:
            verb(which, **self.tick())
        except Refused:
            assert one.status not in states
            return False
        assert one.status in states
        one.status = to
        return True

    def come_back(self, which: UUID, states: set[str], to: str, verb: Any) -> None:
        """As above; who drew no more draws again, on their own number if it is free. Nobody comes back to a purchase
        that was called off.
        """
        one = self.kept[which]
        if self.closed and one.status in states & {*GONE, "completed"}:
            with pytest.raises(Conflict):
                verb(which, **self.tick())
            return
        if one.number is not None or one.status not in states:
            self.go(which, states, to, verb)
            return
        own = Payment.objects.values_list("credit__number", flat=True).get(appointment=which)
        free = self.free(like=own)
        try:
            verb(which, **self.tick())
        except Conflict as refused:
            busy = {str(problem.code) for problem in refused.problems} <= {"provider_busy", "patient_busy"}
            assert not free or busy
            return
        assert free
        one.status, one.number = to, own if own in free else free[0]

    @invariant()
    def the_numbers_are_these(self) -> None:
        live = Payment.objects.live().filter(credit__invoice=self.purchase.invoice_id)
        found = dict(live.values_list("appointment", "credit__number"))
        assert found == {pk: one.number for pk, one in self.kept.items() if one.number is not None}

    @invariant()
    def the_counts_are_these(self) -> None:
        used = sum(one.number is not None and one.status in {*GONE, "completed"} for one in self.kept.values())
        booked = sum(one.number is not None for one in self.kept.values()) - used
        total = MASSAGES + EXERCISES
        state, *counts = count(self.purchase, self.now)
        assert counts == [total, used, booked, total - used - booked]
        assert used + booked <= total
        assert not (self.closed and booked)
        assert state == ("cancelled" if self.closed else "completed" if used == total else "active")
        stored = Purchase.objects.values_list("status", flat=True).get(pk=self.purchase.pk)
        assert stored == ("cancelled" if self.closed else "active")


@pytest.mark.django_db
def test_whatever_is_done_each_session_is_used_once() -> None:
    Machine.shop = Shop(massages=MASSAGES, exercises=EXERCISES)
    how = settings(
        max_examples=25,
        stateful_step_count=18,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )
    run_state_machine_as_test(Machine, settings=how)  # type: ignore[no-untyped-call]
