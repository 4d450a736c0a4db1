"""Several workers at once, and workers that are killed: each effect exactly once. OPS-3"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from subprocess import Popen
from uuid import UUID

import pytest

from orderly.core.clock import now
from orderly.journal.actions import LEASE, deliver, sequence
from orderly.journal.models import Entry, Head
from tests.worker import child
from tests.worker.reactions import ECHO, effects, happen, owed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@contextmanager
def children(how_many: int, **more: str) -> Iterator[list["Popen[str]"]]:
    """Children that are ready to go."""
    started = [child.start(**more) for _ in range(how_many)]
    try:
        for one in started:
            assert said(one) == "ready"
        yield started
    finally:
        for one in started:
            one.kill()
            one.communicate()


def said(one: "Popen[str]") -> str:
    assert one.stdout is not None
    return one.stdout.readline().strip()


def go(one: "Popen[str]") -> None:
    assert one.stdin is not None
    one.stdin.write("\n")
    one.stdin.flush()


def drain_together(**more: str) -> list[UUID]:
    """Three workers drain what 150 facts owe; the subjects of those."""
    subjects = happen(150)
    sequence(ECHO, now=now())
    with children(3, **more) as workers:
        for one in workers:
            go(one)
        assert [one.wait(60) for one in workers] == [0, 0, 0]
    return subjects


def test_each_effect_comes_once_however_many_work() -> None:
    subjects = drain_together()
    assert effects() == subjects
    assert owed() == []
    positions = list(Entry.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, 301))
    assert Head.objects.get().position == 300


def test_without_leases_effects_would_come_twice() -> None:
    """So the test above can fail."""
    once = drain_together(CARELESS="1")
    assert len(effects()) > len(once)


def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_does_the_work() -> None:
    subjects = happen()
    with children(1, ECHO_WAITS="1") as [worker]:
        go(worker)
        assert said(worker) == "begun"
        worker.kill()
        assert worker.wait(10) == -9
    assert effects() == []
    assert [deliver(ECHO, now=now()), owed()] == [0, [(1, False, "")]]
    assert deliver(ECHO, now=now() + LEASE + timedelta(seconds=1)) == 1
    sequence(ECHO, now=now())
    assert (effects(), owed()) == (subjects, [])
