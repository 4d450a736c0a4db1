"""APT-4: every move the table allows is done, every other one refused; each is kept with who, when and why."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from orderly.appointments.actions.cancel import cancel
from orderly.appointments.actions.progress import arrive, complete, confirm, no_show, reopen, start
from orderly.appointments.choices import MOVES, REOPENS, VISIT_OF, WAY_TO_COMPLETED, Status
from orderly.appointments.models import Appointment
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.errors import Conflict, Invalid, NotFound, Stale
from orderly.core.ids import uuid7
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.resources.models import Provider
from tests.appointments.asking import booked, boss, refusal
from tests.appointments.audit import faults
from tests.factories import NOW

LATER = NOW + timedelta(hours=5)
S = Status

# How each state is come to from a new booking.
WAYS: dict[Status, tuple[Callable[..., Appointment], ...]] = {
    S.CONFIRMED: (),
    S.ARRIVED: (arrive,),
    S.IN_PROGRESS: (arrive, start),
    S.COMPLETED: (complete,),
    S.NO_SHOW: (no_show,),
    S.CANCELLED: (lambda pk, **on: cancel(pk, "other", **on),),
}
# The verb that moves to a state; `complete` and `reopen` may take several steps and have tests of their own.
VERBS: dict[Status, Callable[..., Appointment]] = {
    S.CONFIRMED: confirm,
    S.ARRIVED: arrive,
    S.IN_PROGRESS: start,
    S.NO_SHOW: no_show,
    S.CANCELLED: lambda pk, **on: cancel(pk, "other", **on),
}
# These are left only by `reopen`, with a reason.
CLOSED = {S.COMPLETED, S.CANCELLED}
ALLOWED = [(one, to) for one in WAYS for to in VERBS if to in MOVES[one] and one not in CLOSED]
FORBIDDEN = [(one, to) for one in WAYS for to in VERBS if (one, to) not in ALLOWED]


@pytest.fixture
def made(clinic: Clinic, service: Service, doctor: Provider, patient: Patient) -> Appointment:
    return booked(clinic, service, doctor, patient)


def bring(made: Appointment, to: Status) -> None:
    for step in WAYS[to]:
        step(made.pk, actor=boss(), now=NOW)


def shown(made: Appointment) -> tuple[str, str, int]:
    found = Appointment.objects.get(pk=made.pk)
    return found.status, found.visit.status, found.version


@pytest.mark.parametrize(("one", "to"), ALLOWED)
def test_what_is_allowed_is_done(made: Appointment, desk: Actor, one: Status, to: Status) -> None:
    bring(made, one)
    version = shown(made)[2]
    VERBS[to](made.pk, actor=desk, now=LATER, version=version)
    assert shown(made) == (to, VISIT_OF[to], version + 1)
    entry = Entry.objects.latest("id")
    assert (entry.user, entry.at, entry.changes["status"]) == (desk.user, LATER, [one, to])
    assert faults() == {}


@pytest.mark.parametrize(("one", "to"), FORBIDDEN)
def test_what_is_not_is_refused_and_changes_nothing(made: Appointment, desk: Actor, one: Status, to: Status) -> None:
    bring(made, one)
    before, entries = shown(made), Entry.objects.count()
    problems = refusal(lambda: VERBS[to](made.pk, actor=desk, now=LATER), Conflict)
    assert problems == (Problem(Code.BAD_TRANSITION, "status", params=(("from", str(one)), ("to", str(to)))),)
    assert (shown(made), Entry.objects.count(), faults()) == (before, entries, {})


def test_both_lists_together_are_everything() -> None:
    """A request is confirmed and cancelled like the others; it has no way here yet."""
    assert len(ALLOWED) + len(FORBIDDEN) == len(WAYS) * len(VERBS)
    reached = {(one, to) for one, tos in MOVES.items() for to in tos}
    not_here = {(one, to) for one, to in reached if S.REQUESTED in (one, to) or to is S.COMPLETED or one in CLOSED}
    assert reached - not_here == set(ALLOWED)


class TestCompleting:
    @pytest.mark.parametrize("one", [S.CONFIRMED, S.ARRIVED, S.IN_PROGRESS])
    def test_the_steps_between_are_written_too(self, made: Appointment, desk: Actor, one: Status) -> None:
        bring(made, one)
        entries, version = Entry.objects.count(), shown(made)[2]
        complete(made.pk, actor=desk, now=LATER, version=version)
        steps = WAY_TO_COMPLETED[WAY_TO_COMPLETED.index(one) :]
        written = list(Entry.objects.order_by("id")[entries:])
        assert [one.changes["status"] for one in written] == [list(pair) for pair in pairwise(steps)]
        assert [one.fact for one in written][-1] == "appointment_completed"
        assert {one.fact for one in written[:-1]} <= {"appointment_status_changed"}
        assert shown(made) == ("completed", "done", version + len(written))

    @pytest.mark.parametrize("one", [S.COMPLETED, S.NO_SHOW, S.CANCELLED])
    def test_from_anywhere_else_it_is_refused(self, made: Appointment, desk: Actor, one: Status) -> None:
        """Completing twice is completing once."""
        bring(made, one)
        before = shown(made), Entry.objects.count()
        problems = refusal(lambda: complete(made.pk, actor=desk, now=LATER), Conflict)
        assert [one.code for one in problems] == [Code.BAD_TRANSITION]
        assert (shown(made), Entry.objects.count()) == before

    def test_the_fact_names_the_clinics_day(self, made: Appointment, patient: Patient, desk: Actor) -> None:
        complete(made.pk, actor=desk, now=LATER)
        ids = Entry.objects.latest("id").ids
        assert ids == {
            "patient": str(patient.pk),
            "provider": str(made.provider_id),
            "service": str(made.service_id),
            "day": "2026-03-02",
            "before": {"done_at": None},
        }


class TestTheVisit:
    def times(self, made: Appointment) -> list[object]:
        visit = Appointment.objects.get(pk=made.pk).visit
        return [visit.arrived_at, visit.started_at, visit.done_at]

    def test_it_remembers_each_step_and_forgets_what_was_taken_back(self, made: Appointment, desk: Actor) -> None:
        clock = [NOW + timedelta(minutes=nth) for nth in range(9)]
        seen = []
        for verb, now in zip((arrive, start, complete), clock, strict=False):
            verb(made.pk, actor=desk, now=now)
            seen.append(self.times(made))
        reopen(made.pk, "not yet", actor=desk, now=clock[3])
        seen.append(self.times(made))
        for verb, now in zip((arrive, confirm, arrive), clock[4:], strict=False):
            verb(made.pk, actor=desk, now=now)
            seen.append(self.times(made))
        assert seen == [
            [clock[0], None, None],
            [clock[0], clock[1], None],
            [clock[0], clock[1], clock[2]],
            [clock[0], clock[1], None],
            [clock[0], None, None],
            [None, None, None],
            [clock[6], None, None],
        ]

    def test_completing_at_once_sets_all(self, made: Appointment, desk: Actor) -> None:
        complete(made.pk, actor=desk, now=LATER)
        assert self.times(made) == [LATER, LATER, LATER]


class TestNotComing:
    def test_the_clinics_fee_is_owed(self, made: Appointment, desk: Actor) -> None:
        """BIL-3"""
        Clinic.objects.update(no_show_fee=1500)
        no_show(made.pk, actor=desk, now=LATER, reason="did not ring")
        entry = Entry.objects.latest("id")
        assert (Appointment.objects.get().fee, entry.note) == (1500, "did not ring")

    def test_none_where_the_clinic_asks_none(self, made: Appointment, desk: Actor) -> None:
        no_show(made.pk, actor=desk, now=LATER)
        assert Appointment.objects.get().fee is None

    @pytest.mark.parametrize("back", [arrive, lambda pk, **on: reopen(pk, "came late", **on)])
    def test_who_comes_late_after_all_owes_none(
        self, made: Appointment, desk: Actor, back: Callable[..., Appointment]
    ) -> None:
        Clinic.objects.update(no_show_fee=1500)
        no_show(made.pk, actor=desk, now=LATER)
        back(made.pk, actor=desk, now=LATER)
        assert (shown(made)[:2], Appointment.objects.get().fee) == (("arrived", "waiting"), None)


@pytest.mark.parametrize("verb", [confirm, arrive, start, complete, no_show, lambda pk, **on: reopen(pk, "x", **on)])
def test_stale_and_unknown(made: Appointment, desk: Actor, verb: Callable[..., Appointment]) -> None:
    with pytest.raises(Stale):
        verb(made.pk, actor=desk, now=LATER, version=7)
    with pytest.raises(NotFound):
        verb(uuid7(), actor=desk, now=LATER)
    assert shown(made) == ("confirmed", "waiting", 1)


def test_every_reopening_is_an_allowed_move() -> None:
    assert all(to in MOVES[one] for one, to in REOPENS.items())


@pytest.mark.parametrize("reason", ["a\x00", "\u202egnihton"])
def test_words_that_cannot_be_kept(made: Appointment, desk: Actor, reason: str) -> None:
    problems = refusal(lambda: no_show(made.pk, actor=desk, now=LATER, reason=reason), Invalid)
    assert [(one.code, dict(one.params)["reason"]) for one in problems] == [(Code.INVALID, "characters")]
