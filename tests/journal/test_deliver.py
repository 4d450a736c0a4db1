"""What is owed because of a fact is done once, or stays where a person sees it. MSG-4's ground"""

import threading
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from orderly.journal import actions
from orderly.journal.actions import FIRST_RETRY, LAST_ATTEMPT, LEASE, ROUND, Reactions, deliver, name_of, sequence
from orderly.journal.models import Delivery, Entry
from tests.factories import NOW
from tests.journal.happening import (
    ANSWER,
    answer,
    answered,
    drop_dead,
    owed,
    ring,
    stumble,
    together,
    wait_for_another,
    write_nonsense,
)

SECOND = timedelta(seconds=1)
STUMBLE: Reactions = {"bell_rung": (stumble,)}


def owe(reactions: Reactions, how_often: int = 1) -> list[UUID]:
    subjects = [ring() for _ in range(how_often)]
    sequence(reactions, now=NOW)
    return subjects


@pytest.mark.django_db
def test_what_is_done_is_owed_no_more() -> None:
    subjects = owe(ANSWER, 2)
    assert [deliver(ANSWER, now=NOW), deliver(ANSWER, now=NOW)] == [2, 0]
    assert (answered(), owed()) == (subjects, [])


@pytest.mark.django_db
def test_a_reaction_is_told_the_entry_and_the_time() -> None:
    told: list[tuple[Entry, datetime]] = []

    def listen(entry: Entry, now: datetime) -> None:
        told.append((entry, now))

    listening = {"bell_rung": (listen,)}
    owe(listening)
    deliver(listening, now=NOW + SECOND)
    assert told == [(Entry.objects.get(), NOW + SECOND)]


@pytest.mark.django_db
def test_a_reaction_that_writes_then_fails_leaves_nothing() -> None:
    owe(STUMBLE)
    assert deliver(STUMBLE, now=NOW) == 1
    failed = {"reaction": name_of(stumble), "next_try": NOW + FIRST_RETRY, "attempts": 1, "dead": False}
    assert (answered(), owed()) == ([], [{**failed, "error": "LookupError"}])


@pytest.mark.django_db(transaction=True)
def test_the_effect_and_its_being_done_are_committed_together() -> None:
    """What the database refuses at commit is neither there nor done."""
    nonsense = {"bell_rung": (write_nonsense,)}
    owe(nonsense)
    assert deliver(nonsense, now=NOW) == 1
    [left] = owed()
    assert (answered(), left["attempts"], str(left["error"]).split(":")[0]) == ([], 1, "IntegrityError")


@pytest.mark.django_db
def test_one_that_fails_does_not_stop_the_others() -> None:
    both = {"bell_rung": (stumble, answer)}
    subjects = owe(both, 2)
    assert deliver(both, now=NOW) == 4
    assert (answered(), [one["reaction"] for one in owed()]) == (subjects, [name_of(stumble)] * 2)


@pytest.mark.django_db
def test_each_wait_is_twice_as_long_and_the_last_attempt_is_the_last() -> None:
    owe(STUMBLE)
    now, waits = NOW, []
    while not Delivery.objects.get().dead:
        assert deliver(STUMBLE, now=now) == 1
        waits.append(Delivery.objects.get().next_try - now)
        assert deliver(STUMBLE, now=now + waits[-1] - SECOND) == 0
        now += waits[-1]
    assert waits == [timedelta(seconds=10 * 2**tries) for tries in range(10)]
    dead = {"reaction": name_of(stumble), "next_try": now, "attempts": 10, "dead": True}
    assert owed() == [{**dead, "error": "LookupError"}]
    assert [deliver(STUMBLE, now=now + timedelta(days=365)), answered()] == [0, []]


@pytest.mark.django_db
def test_one_that_never_comes_to_an_end_dies_too() -> None:
    """It may be what kills its workers."""
    owe(ANSWER)
    Delivery.objects.update(attempts=LAST_ATTEMPT)
    assert deliver(ANSWER, now=NOW) == 0
    dead = {"reaction": name_of(answer), "next_try": NOW, "attempts": LAST_ATTEMPT, "dead": True}
    assert (answered(), owed()) == ([], [{**dead, "error": "no attempt came to an end"}])


@pytest.mark.django_db
def test_a_reaction_nobody_knows_waits_until_somebody_does() -> None:
    subjects = owe(ANSWER)
    assert deliver({}, now=NOW) == 1
    unknown = {"reaction": name_of(answer), "next_try": NOW + FIRST_RETRY, "attempts": 1, "dead": False}
    assert owed() == [{**unknown, "error": "Fault: no reaction named tests.journal.happening.answer"}]
    assert deliver(ANSWER, now=NOW + FIRST_RETRY) == 1
    assert (answered(), owed()) == (subjects, [])


@pytest.mark.django_db
def test_the_oldest_come_first_a_round_at_a_time() -> None:
    subjects = owe(ANSWER, ROUND + 2)
    last = Delivery.objects.latest("id")
    Delivery.objects.filter(pk=last.pk).update(next_try=NOW - SECOND)
    assert deliver(ANSWER, now=NOW) == ROUND
    assert answered() == [subjects[-1], *subjects[: ROUND - 1]]
    assert [deliver(ANSWER, now=NOW), deliver(ANSWER, now=NOW)] == [2, 0]


@pytest.mark.django_db
def test_a_killed_workers_lease_runs_out() -> None:
    subjects = owe(ANSWER)
    killer = {"bell_rung": (drop_dead,)}
    Delivery.objects.update(reaction=name_of(drop_dead))
    with pytest.raises(SystemExit):
        deliver(killer, now=NOW)
    leased = {"next_try": NOW + LEASE, "attempts": 1, "dead": False, "error": ""}
    assert (answered(), owed()) == ([], [{"reaction": name_of(drop_dead), **leased}])
    Delivery.objects.update(reaction=name_of(answer))
    assert [deliver(ANSWER, now=NOW + LEASE - SECOND), deliver(ANSWER, now=NOW + LEASE)] == [0, 1]
    assert (answered(), owed()) == (subjects, [])


@pytest.mark.django_db
def test_a_worker_that_slept_through_its_lease_does_nothing() -> None:
    """Somebody else has taken it over meanwhile."""
    owe(STUMBLE)
    slept = Delivery.objects.select_related("entry").get()
    assert actions._lease(slept, NOW)
    assert deliver(STUMBLE, now=NOW + LEASE) == 1
    before = owed()
    actions._attempt(slept, answer, NOW)
    assert (answered(), owed()) == ([], before)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_who_saw_it_due_one_gets_it() -> None:
    owe(ANSWER)
    seen = [Delivery.objects.get() for _ in range(2)]
    leased = together(*[lambda one=one: actions._lease(one, NOW) for one in seen])  # type: ignore[misc]
    assert sorted(leased, key=str) == [False, True]
    left = {"reaction": name_of(answer), "next_try": NOW + LEASE, "attempts": 1, "dead": False, "error": ""}
    assert owed() == [left]


def two_workers(patience: float) -> list[object]:
    """What two workers tried who, with one delivery due, wait for each other in the middle of it."""
    barrier = threading.Barrier(2, timeout=patience)

    def answer_together(entry: Entry, now: datetime) -> None:
        wait_for_another(barrier)
        answer(entry, now)

    reactions = {"bell_rung": (answer_together,)}
    owe(reactions)
    return together(*[lambda: deliver(reactions, now=NOW)] * 2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_both_have_one() -> None:
    assert sorted(two_workers(patience=0.5), key=str) == [0, 1]
    assert (len(answered()), owed()) == (1, [])


def careless_attempt(delivery: Delivery, reaction: actions.Reaction, now: datetime) -> None:
    reaction(delivery.entry, now)
    Delivery.objects.filter(pk=delivery.pk).delete()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lease_both_would(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the test above can fail."""
    monkeypatch.setattr(actions, "_lease", lambda delivery, now: True)
    monkeypatch.setattr(actions, "_attempt", careless_attempt)
    assert two_workers(patience=10) == [1, 1]
    assert len(answered()) == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_do_each_thing_once() -> None:
    subjects = owe(ANSWER, 40)

    def work() -> int:
        done = 0
        while Delivery.objects.exists():
            done += deliver(ANSWER, now=NOW)
        return done

    assert sum(together(work, work)) == len(subjects)  # type: ignore[arg-type]
    assert (sorted(answered()), owed()) == (sorted(subjects), [])


@pytest.fixture
def outside_world(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each visit beyond the database was made within a transaction."""
    visits: list[bool] = []

    def go_out(entry: Entry, now: datetime) -> None:
        visits.append(connection.in_atomic_block)
        if len(visits) == 1:
            raise ConnectionError("nobody answers")

    monkeypatch.setattr(actions, "OUTSIDE", set(actions.OUTSIDE))
    GOING_OUT["bell_rung"] = (actions.outside(go_out),)
    return visits


GOING_OUT: dict[str, tuple[actions.Reaction, ...]] = {}


@pytest.mark.django_db(transaction=True)
def test_what_reaches_beyond_the_database_holds_nobody_up(outside_world: list[bool]) -> None:
    """No transaction is open meanwhile; one that fails is tried again, one that is done is owed no more."""
    owe(GOING_OUT)
    assert [deliver(GOING_OUT, now=NOW), deliver(GOING_OUT, now=NOW)] == [1, 0]
    assert [one["error"] for one in owed()] == ["ConnectionError"]
    assert [deliver(GOING_OUT, now=NOW + FIRST_RETRY), deliver(GOING_OUT, now=NOW + LEASE)] == [1, 0]
    assert (outside_world, owed()) == ([False, False], [])
