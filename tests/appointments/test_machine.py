"""APT-3, APT-4, APT-5, APT-6, AVL-4, AVL-6: any sequence of verbs, against a model that knows only who has which
time.

The model shares no code with the program: a list of what is taken, and a table of moves of its own.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from orderly.appointments.actions import assign, book, cancel, hold, progress, reschedule
from orderly.appointments.inputs import Move, Wish
from orderly.appointments.models import Appointment, Session
from orderly.appointments.queries.sessions import attended
from orderly.calendars.models import Reservation
from orderly.core.errors import Conflict, Invalid, NotFound
from tests.appointments.audit import faults
from tests.appointments.ledger import GROUP, PLAIN, SEATED, USUAL, Kept, Model, Town
from tests.factories import booking

HOLD = timedelta(minutes=5)  # how long one lasts
FROM = {
    "arrive": {"confirmed", "in_progress", "no_show"},
    "start": {"arrived"},
    "complete": {"confirmed", "arrived", "in_progress"},
    "no_show": {"confirmed"},
    "confirm": {"arrived", "requested"},
    "unconfirm": {"confirmed"},
    "cancel": {"requested", "confirmed", "arrived"},
}
TO = {
    "arrive": "arrived",
    "start": "in_progress",
    "complete": "completed",
    "no_show": "no_show",
    "confirm": "confirmed",
    "unconfirm": "requested",
    "cancel": "cancelled",
}
BACK = {"completed": "in_progress", "no_show": "arrived"}


class Machine(RuleBasedStateMachine):
    town: Town  # made once; every run is rolled back
    appointments, holds = Bundle("appointments"), Bundle("holds")
    providers, patients, desks = st.integers(0, 2), st.integers(0, 3), st.integers(0, 1)
    offsets = st.integers(0, 7).map(lambda n: 15 * n)
    kinds, seats = st.sampled_from((PLAIN, SEATED, GROUP, GROUP)), st.sampled_from((PLAIN, SEATED))

    def __init__(self) -> None:
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()
        self.model = Model(self.town)

    def teardown(self) -> None:
        """In the end all holds run out: what is booked stays as it is."""
        try:
            self.time_passes(2 * HOLD // timedelta(minutes=1))
            self.the_same_times_are_taken()
            self.the_same_places_are_taken()
            assert faults() == {}
        finally:
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)

    def both(self, expected: bool, verb: Callable[..., Any], *args: Any, desk: int = 0, **more: Any) -> Any:
        """Does it; None where it is refused, which must be just when the model says so."""
        try:
            done = verb(*args, actor=self.town.desks[desk], now=self.model.now, **more)
        except (Conflict, Invalid):
            done = None
        assert (done is not None) == expected
        return done

    @rule(target=holds, desk=desks, provider=providers, patient=st.none() | patients, kind=kinds, at=offsets)
    def hold(self, desk: int, provider: int, patient: int | None, kind: int, at: int) -> Any:
        return self.try_to_hold(provider, patient, kind, self.town.opening + at, desk)

    @rule(target=holds, desk=desks, patient=st.none() | patients, which=appointments | holds)
    def hold_beside(self, desk: int, patient: int | None, which: UUID) -> Any:
        """What somebody else has: a place in a group may be free."""
        one = self.model.kept.get(which)
        if one is None or one.giver is None:
            return multiple()
        return self.try_to_hold(one.giver, patient, one.kind, one.start, desk)

    def try_to_hold(self, provider: int, patient: int | None, kind: int, start: int, desk: int) -> Any:
        town, model = self.town, self.model
        wish = Kept(provider, patient, kind, start, owner=desk, expires=model.now + HOLD)
        asked = Wish(
            clinic=town.clinic.pk,
            service=town.services[kind].pk,
            provider=town.providers[provider].pk,
            patient=None if patient is None else town.patients[patient].pk,
            start=start,
        )
        made = self.both(not model.past(start) and model.fit(wish), hold.hold, asked, desk=desk)
        return self.keep(made, wish)

    @initialize(target=appointments)
    def begin(self) -> Any:
        """Some are there from the start: both chairs are taken at once, so that it matters who keeps which."""
        places = ((0, SEATED, 0), (1, SEATED, 0), (0, GROUP, 60))
        wishes = [
            Kept(provider, patient, kind, self.town.opening + at, status="confirmed")
            for patient, (provider, kind, at) in enumerate(places)
        ]
        start = self.town.opening + 60  # the first is proposed to whoever alone can serve the second
        wishes += [Kept(None, 3, PLAIN, start, status="requested"), Kept(None, 0, SEATED, start, status="requested")]
        return multiple(*(self.try_to_book(wish, 0, None) for wish in wishes))

    def keep(self, made: Any, wish: Kept) -> Any:
        if made is None:
            return multiple()
        self.model.adopt(wish, made)
        self.model.kept[made.pk] = wish
        return made.pk

    @rule(which=holds, desk=desks)
    def let_go(self, which: UUID, desk: int) -> None:
        """One's own. One that has expired may be gone already."""
        mine = self.model.kept.get(which)
        may = mine is not None and mine.owner == desk
        try:
            hold.let_go(which, actor=self.town.desks[desk], now=self.model.now)
            assert may
        except NotFound:
            assert not (may and self.model.live(mine))
        if may:
            del self.model.kept[which]

    @rule(
        target=appointments,
        desk=desks,
        provider=providers,
        patient=patients,
        kind=kinds,
        at=offsets,
        minutes=st.sampled_from((None, None, 15, 45)),
    )
    def book(self, desk: int, provider: int, patient: int, kind: int, at: int, minutes: int | None) -> Any:
        start = self.town.opening + at
        wish = Kept(provider, patient, kind, start, minutes or USUAL, status="confirmed", asked=minutes)
        return self.try_to_book(wish, desk, None)

    @rule(
        target=appointments,
        desk=desks,
        patient=patients,
        kind=seats,
        at=offsets,
        minutes=st.sampled_from((None, None, 15, 45)),
    )
    def ask(self, desk: int, patient: int, kind: int, at: int, minutes: int | None) -> Any:
        """Without a provider."""
        start = self.town.opening + at
        wish = Kept(None, patient, kind, start, minutes or USUAL, status="requested", asked=minutes)
        return self.try_to_book(wish, desk, None)

    @rule(target=appointments, which=appointments | holds, desk=desks, patient=patients)
    def book_beside(self, which: UUID, desk: int, patient: int) -> Any:
        """What somebody else has: a place in a group may be free."""
        one = self.model.kept.get(which)
        if one is None or one.giver is None:
            return multiple()
        return self.try_to_book(Kept(one.giver, patient, one.kind, one.start, status="confirmed"), desk, None)

    @rule(target=appointments, which=appointments | holds, desk=desks, patient=patients, kind=seats)
    def ask_beside(self, which: UUID, desk: int, patient: int, kind: int) -> Any:
        one = self.model.kept.get(which)
        if one is None:
            return multiple()
        return self.try_to_book(Kept(None, patient, kind, one.start, status="requested"), desk, None)

    @rule(target=appointments, which=holds, desk=desks, patient=patients, late=st.sampled_from((0, 0, 0, 15)))
    def book_with_hold(self, which: UUID, desk: int, patient: int, late: int) -> Any:
        """The held time, or another nearby. Somebody else's hold, or one that is over, protects nothing."""
        held = self.model.kept.get(which)
        if held is None or held.expires is None:
            return multiple()
        patient = patient if held.patient is None else held.patient
        wish = Kept(held.provider, patient, held.kind, held.start + late, status="confirmed")
        return self.try_to_book(wish, desk, which)

    def try_to_book(self, wish: Kept, desk: int, which: UUID | None) -> Any:
        town, model = self.town, self.model
        held = model.kept.get(which) if which else None
        own = which if held and held.owner == desk and model.live(held) else None
        expected = not model.past(wish.start) and model.fit(wish, ignoring=own)
        asked = booking(
            town.clinic,
            town.services[wish.kind],
            None if wish.provider is None else town.providers[wish.provider],
            town.patients[wish.patient],
            wish.start,
            hold=which,
            minutes=None if wish.minutes == USUAL else wish.minutes,
        )
        made = self.both(expected, book.book, asked, desk=desk)
        if made is not None and own:
            del model.kept[own]
        return self.keep(made, wish)

    @rule(which=appointments, provider=st.none() | providers, at=offsets)
    def move(self, which: UUID, provider: int | None, at: int) -> None:
        """Another time, perhaps with another provider, who takes as long as usual."""
        self.try_to_move(which, self.town.opening + at, provider, None)

    @rule(which=appointments, minutes=st.sampled_from((15, 30, 45, 60)))
    def extend(self, which: UUID, minutes: int) -> None:
        self.try_to_move(which, self.model.kept[which].start, None, minutes)

    def try_to_move(self, which: UUID, start: int, provider: int | None, minutes: int | None) -> None:
        old, model = self.model.kept[which], self.model
        same, length = start == old.start, minutes or self.length(old, provider)
        who = old.provider if provider is None else provider
        wish = Kept(who, old.patient, old.kind, start, length, status=old.status, asked=minutes or old.asked)
        movable = old.status in ("requested", "confirmed", "arrived") or (old.status == "in_progress" and same)
        chair = old.chair if same and who is not None and who == old.provider else None
        expected = movable and (same or not model.past(start)) and model.fit(wish, ignoring=which, chair=chair)
        to = Move(start=start, provider=None if provider is None else self.town.providers[provider].pk, minutes=minutes)
        self.replaced(which, wish, self.both(expected, reschedule.reschedule, which, to))

    def length(self, old: Kept, provider: int | None) -> int:
        """How long it takes if nobody says so now: a request whose provider changes as long as was asked, or usual."""
        if old.provider is not None and provider in (None, old.provider):
            return old.minutes
        return (old.asked if old.status == "requested" else None) or USUAL

    def replaced(self, which: UUID, wish: Kept, made: Any) -> None:
        if made is not None:
            self.model.kept[which] = wish
            self.model.adopt(wish, made)

    @rule(which=appointments, provider=providers)
    def assign(self, which: UUID, provider: int) -> None:
        old, model = self.model.kept[which], self.model
        length = self.length(old, provider)
        wish = Kept(provider, old.patient, old.kind, old.start, length, status=old.status, asked=old.asked)
        chair = old.chair if old.provider == provider else None
        expected = old.status == "requested" and model.fit(wish, ignoring=which, chair=chair)
        self.replaced(which, wish, self.both(expected, assign.assign, which, self.town.providers[provider].pk))

    @rule(which=appointments)
    def arrive(self, which: UUID) -> None:
        self.proceed(which, "arrive")

    @rule(which=appointments)
    def start(self, which: UUID) -> None:
        self.proceed(which, "start")

    @rule(which=appointments)
    def complete(self, which: UUID) -> None:
        self.proceed(which, "complete")

    @rule(which=appointments)
    def no_show(self, which: UUID) -> None:
        self.proceed(which, "no_show")

    @rule(which=appointments)
    def confirm(self, which: UUID) -> None:
        self.proceed(which, "confirm")

    @rule(which=appointments)
    def unconfirm(self, which: UUID) -> None:
        self.proceed(which, "unconfirm")

    def proceed(self, which: UUID, verb: str) -> None:
        one = self.model.kept[which]
        known = one.provider is not None  # nobody is promised somebody who is only proposed
        if self.both(known and one.status in FROM[verb], getattr(progress, verb), which) is not None:
            one.status = TO[verb]

    @rule(which=appointments)
    def cancel(self, which: UUID) -> None:
        one = self.model.kept[which]
        if self.both(one.status in FROM["cancel"], cancel.cancel, which, "other") is not None:
            one.earlier, one.status, one.proposed = one.status, "cancelled", None

    @rule(which=appointments)
    def reopen(self, which: UUID) -> None:
        """A cancelled one only where its time is free and still to come, on the same chair."""
        one, model = self.model.kept[which], self.model
        if one.status == "cancelled":
            chair = None if one.provider is None else one.chair
            back, may = one.earlier, not model.past(one.start) and model.fit(one, chair=chair)
        else:
            back, may = BACK.get(one.status, ""), one.status in BACK
        made = self.both(may, progress.reopen, which, "after all")
        if made is not None:
            again, one.status = one.status == "cancelled", back
            if again:
                model.adopt(one, made)

    @rule(minutes=st.sampled_from((1, 2, 5, 5, 30)))
    def time_passes(self, minutes: int) -> None:
        self.model.now += timedelta(minutes=minutes)

    @rule()
    def tidy(self) -> None:
        hold.tidy_holds(now=self.model.now)

    @invariant()
    def the_same_times_are_taken(self) -> None:
        seconds = self.model.now.timestamp()
        rows = Reservation.objects.exclude(resource__kind="session").values_list("resource", "start", "end", "expires")
        live = [(resource, start, end) for resource, start, end, expires in rows if (expires or seconds + 1) > seconds]
        assert sorted(live) == sorted(self.model.taken())

    @invariant()
    def the_same_places_are_taken(self) -> None:
        taken = attended(list(Session.objects.live(self.model.now).select_related("provider")), now=self.model.now)
        found = {(one.session.provider.resource_id, one.session.start): one.taken for one in taken}
        assert found == self.model.attended()

    @invariant()
    def the_same_states(self) -> None:
        expected = {key: one.status for key, one in self.model.kept.items() if one.status}
        assert dict(Appointment.objects.values_list("pk", "status")) == expected

    @invariant()
    def every_request_is_served(self) -> None:
        """By somebody who is there then and gives the service."""
        town, waiting = self.town, self.model.waiting()
        rows = Appointment.objects.proposals().values_list("pk", "provider", "proposed_provider")
        expected = {(key, None, town.providers[one.proposed or 0].pk) for key, one in waiting.items()}
        assert set(rows) == expected
        assert all(town.serves(one.proposed, one) for one in waiting.values())


@pytest.mark.slow
@pytest.mark.django_db
def test_every_verb_against_the_model() -> None:
    """The same runs each time, fifty of up to thirty steps."""
    Machine.town = Town()
    limits = settings(
        max_examples=50,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),  # no shrinking, which could take minutes
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=limits)
