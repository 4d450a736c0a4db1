"""What is owed is done once, or stays where somebody sees it. MSG-4's ground, and OPS-1's order."""

from datetime import timedelta

import pytest

from orderly.journal.actions import FIRST_RETRY, LAST_ATTEMPT, LEASE, deliver, name_of, sequence
from orderly.journal.models import Delivery, Entry, Head
from tests.worker.reactions import ECHO, NOW, echo, effects, fail, happen, owed

pytestmark = pytest.mark.django_db
FAIL = {"tested": (fail,)}


def test_positions_follow_each_other_and_each_entry_is_owed_its_reactions() -> None:
    happen(3)
    Entry.objects.create(at=NOW, fact="nobody cares", subject=happen()[0])
    assert sequence({"tested": (echo, fail)}, now=NOW) == 5
    assert list(Entry.objects.order_by("id").values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert Delivery.objects.count() == 8
    happen()
    assert [sequence(ECHO, now=NOW), sequence(ECHO, now=NOW)] == [1, 0]
    assert (Head.objects.get().position, Entry.objects.latest("id").position) == (6, 6)


def test_a_reaction_is_run_once() -> None:
    subjects = happen(2)
    sequence(ECHO, now=NOW)
    assert [deliver(ECHO, now=NOW), deliver(ECHO, now=NOW)] == [2, 0]
    assert (effects(), owed()) == (subjects, [])


def test_a_failing_reaction_leaves_nothing_and_is_tried_again_later_each_time() -> None:
    happen()
    sequence(FAIL, now=NOW)
    now, waits = NOW, []
    for _ in range(LAST_ATTEMPT):
        assert deliver(FAIL, now=now) == 1
        waits.append(Delivery.objects.get().next_try - now)
        assert deliver(FAIL, now=now + waits[-1] - timedelta(seconds=1)) == 0
        now += waits[-1]
    assert waits == [FIRST_RETRY * 2**attempt for attempt in range(LAST_ATTEMPT)]
    assert (effects(), owed()) == ([], [(LAST_ATTEMPT, True, "LookupError")])
    assert deliver(FAIL, now=now + timedelta(days=365)) == 0


def test_one_failure_does_not_keep_the_others_waiting() -> None:
    subjects = happen()
    both = {"tested": (fail, echo)}
    sequence(both, now=NOW)
    assert deliver(both, now=NOW) == 2
    assert (effects(), owed()) == (subjects, [(1, False, "LookupError")])


def test_a_reaction_that_is_gone_waits_for_its_return() -> None:
    subjects = happen()
    sequence(ECHO, now=NOW)
    deliver({}, now=NOW)
    assert owed() == [(1, False, f"Fault: no reaction named {name_of(echo)}")]
    deliver(ECHO, now=NOW + FIRST_RETRY)
    assert (effects(), owed()) == (subjects, [])


def test_what_was_leased_and_never_finished_is_tried_when_the_lease_runs_out() -> None:
    subjects = happen()
    sequence(ECHO, now=NOW)
    Delivery.objects.update(next_try=NOW + LEASE, attempts=1)  # as a killed worker leaves it
    assert [deliver(ECHO, now=NOW + LEASE - timedelta(seconds=1)), effects()] == [0, []]
    assert [deliver(ECHO, now=NOW + LEASE), effects()] == [1, subjects]


def test_what_cuts_every_attempt_short_is_given_up() -> None:
    """It may be what kills the workers."""
    happen()
    sequence(ECHO, now=NOW)
    Delivery.objects.update(attempts=LAST_ATTEMPT)
    assert deliver(ECHO, now=NOW) == 0
    assert (effects(), owed()) == ([], [(LAST_ATTEMPT, True, "no attempt came to an end")])
