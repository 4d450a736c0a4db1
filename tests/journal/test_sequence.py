"""Committed entries get positions without a gap, in an order that nobody who reads on can miss. OPS-1"""

import threading
import time
from contextlib import nullcontext
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from orderly.core.database import writing
from orderly.core.ids import uuid7
from orderly.journal import actions
from orderly.journal.actions import BATCH, name_of, sequence
from orderly.journal.models import Delivery, Entry
from orderly.journal.queries import position
from tests.factories import NOW
from tests.journal.happening import ANSWER, answer, owed, ring, stumble, together, wait_for_another

WRITERS, EACH = 4, 12
BREATH = 0.003  # seconds, or the threads that look would starve those that write


def order() -> list[tuple[int | None, UUID]]:
    return list(Entry.objects.order_by("position").values_list("position", "subject"))


@pytest.mark.django_db
def test_positions_follow_the_order_of_writing_and_go_on() -> None:
    first = [ring(), ring()]
    assert sequence({}, now=NOW) == 2
    second = [ring(), ring(), ring()]
    assert sequence({}, now=NOW) == 3
    assert order() == list(enumerate([*first, *second], start=1))
    assert position() == 5


@pytest.mark.django_db
def test_each_entry_is_owed_the_reactions_to_its_fact() -> None:
    ring()
    Entry.objects.create(at=NOW, fact="phone_rung", subject=uuid7())
    sequence({"bell_rung": (answer, stumble)}, now=NOW)
    due = {"next_try": NOW, "attempts": 0, "dead": False, "error": ""}
    assert owed() == [{"reaction": name_of(answer), **due}, {"reaction": name_of(stumble), **due}]


@pytest.mark.django_db
def test_a_crowd_is_numbered_in_batches() -> None:
    Entry.objects.bulk_create(Entry(at=NOW, fact="bell_rung", subject=uuid7()) for _ in range(BATCH + 3))
    assert [sequence(ANSWER, now=NOW) for _ in range(3)] == [BATCH, 3, 0]
    by_id = Entry.objects.order_by("id").values_list("position", flat=True)
    assert (list(by_id), Delivery.objects.count()) == (list(range(1, BATCH + 4)), BATCH + 3)


@pytest.mark.django_db
def test_a_look_that_finds_nothing_is_one_query_and_no_lock(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ring()
    sequence(ANSWER, now=NOW)
    with django_assert_num_queries(1) as looked:
        assert sequence(ANSWER, now=NOW) == 0
    assert [query["sql"].startswith("SELECT 1") for query in looked.captured_queries] == [True]


@pytest.mark.django_db
def test_the_database_refuses_a_position_given_twice() -> None:
    for _ in range(2):
        ring()
    first, second = Entry.objects.order_by("id")
    Entry.objects.filter(pk=first.pk).update(position=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=second.pk).update(position=1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_writers_sequencers_and_a_reader_at_once() -> None:
    """No gap, nothing twice, and who reads on from the last position seen gets every entry, in order."""
    total = WRITERS * EACH
    seen: list[tuple[int, UUID]] = []

    def write() -> list[UUID]:
        written = []
        for _ in range(EACH):
            with writing():
                written.append(ring())
        return written

    def number() -> None:
        while position() < total:
            sequence(ANSWER, now=NOW)
            time.sleep(BREATH)

    def read() -> None:
        while len(seen) < total:
            news = Entry.objects.filter(position__gt=seen[-1][0] if seen else 0).order_by("position")
            seen.extend(news.values_list("position", "subject"))
            time.sleep(BREATH)

    *written, _, _, _ = together(*[write] * WRITERS, number, number, read)
    assert seen == order()
    assert [one for one, _ in seen] == list(range(1, total + 1))
    assert sorted(subject for _, subject in seen) == sorted(chain(*written))  # type: ignore[arg-type]
    assert Delivery.objects.count() == total


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_an_entry_committed_late_gets_a_later_position() -> None:
    """Its id is smaller, so one who reads on by id would miss it."""
    if connection.vendor == "sqlite":
        return  # lets one transaction write at a time: ids are given in the order of commits
    written, go = threading.Event(), threading.Event()

    def commit_late() -> UUID:
        with writing():
            subject = ring()
            written.set()
            go.wait(10)
        return subject

    def overtake() -> tuple[UUID, int]:
        written.wait(10)
        subject = ring()
        numbered = sequence({}, now=NOW)
        go.set()
        return subject, numbered

    late, overtaking = together(commit_late, overtake)
    assert sequence({}, now=NOW) == 1
    assert overtaking == (order()[0][1], 1)
    assert order()[1] == (2, late)
    assert list(Entry.objects.order_by("id").values_list("position", flat=True)) == [2, 1]


def two_sequencers(patience: float, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What two numbered who, with one entry waiting, wait for each other before they write."""
    ring()
    sequence({}, now=NOW)  # or the two would wait for each other at making the one row of Head
    barrier, write = threading.Barrier(2, timeout=patience), QuerySet.bulk_update

    def write_together(*args: Any) -> int:
        wait_for_another(barrier)
        return write(*args)

    monkeypatch.setattr(QuerySet, "bulk_update", write_together)
    ring()
    return sorted(together(*[lambda: sequence(ANSWER, now=NOW)] * 2), key=str)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_sequencer_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_sequencers(0.5, monkeypatch) == [0, 1]
    assert (position(), Delivery.objects.count()) == (2, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_would_number_the_same_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the test above can fail."""
    monkeypatch.setattr(actions, "writing", nullcontext)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows: rows)
    assert two_sequencers(10, monkeypatch) == [1, IntegrityError]
