"""Transactions of verbs, and how the databases' own refusals are told."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, transaction

from orderly.appointments.models import CancelReason
from orderly.core.database import fetch, insert_unless_taken, uuid_param, writing
from orderly.core.errors import Conflict
from orderly.core.ids import uuid7
from orderly.engine.problems import Code, Problem
from orderly.journal.models import Entry, Head

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def entry(position: int | None = None) -> Entry:
    return Entry(at=NOW, fact="tested", subject=uuid7(), position=position)


def write_and_fail(position: int) -> None:
    with writing():
        entry(position).save()
        raise LookupError


def take_the_head() -> None:
    """Without waiting long."""
    with writing():
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET LOCAL lock_timeout = '50ms'")
        Head.objects.select_for_update().get(pk=1)


def take_it_inside_another() -> None:
    with writing():
        take_the_head()


@pytest.mark.django_db
def test_an_error_undoes_the_whole_verb() -> None:
    with pytest.raises(LookupError):
        write_and_fail(1)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_inside_another_it_undoes_only_itself() -> None:
    with writing():
        entry(1).save()
        with pytest.raises(LookupError):
            write_and_fail(2)
    assert list(Entry.objects.values_list("position", flat=True)) == [1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("take", [take_the_head, take_it_inside_another])
def test_waiting_too_long_is_a_conflict(take: Callable[[], None]) -> None:
    with locked_by_another(), pytest.raises(Conflict) as refused:
        take()
    assert refused.value.problems == (Problem(Code.CONTENDED),)


@contextmanager
def locked_by_another() -> Iterator[None]:
    """Somebody else has row 1 of Head (on SQLite: the database, past the queue) until the block ends."""
    Head.objects.create(pk=1)
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()
        connection.close()
        return
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Head.objects.select_for_update().get(pk=1)
            held.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    yield
    done.set()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_runs_too_long_is_a_conflict() -> None:
    if connection.vendor == "sqlite":
        return  # has no such limit

    def sleep(seconds: float) -> None:
        with writing(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '50ms'")
            cursor.execute("SELECT pg_sleep(%s)", [seconds])

    sleep(0)
    with pytest.raises(Conflict) as refused:
        sleep(0.2)
    assert refused.value.problems == (Problem(Code.CONTENDED),)


@pytest.mark.django_db(transaction=True)
def test_no_connection_to_be_had_is_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    """More clients than the pool has connections, for longer than anybody waits."""
    if connection.vendor == "sqlite":
        return  # has no pool
    Head.objects.create(pk=1)
    outcomes: list[object] = []

    def client() -> None:
        try:
            take_the_head()
        except Exception as error:
            outcomes.append(error)

    start_another_pool()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "pool", {"min_size": 1, "max_size": 1, "timeout": 0.1})
    connection.ensure_connection()  # the only one
    thread = threading.Thread(target=client)
    thread.start()
    thread.join()
    monkeypatch.undo()
    start_another_pool()
    [refused] = outcomes
    assert isinstance(refused, Conflict)
    assert refused.problems == (Problem(Code.CONTENDED),)


def start_another_pool() -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_any_other_fault_stays_a_fault() -> None:
    with pytest.raises(OperationalError, match="disk full"), writing():
        raise OperationalError("disk full")


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_a_conflict_for_one_and_nothing_to_the_other() -> None:
    """Verbs sort their locks so that there is none; were there one, it would be a refusal."""
    if connection.vendor == "sqlite":
        return  # has one lock
    Head.objects.bulk_create([Head(pk=1), Head(pk=2)])
    barrier = threading.Barrier(2, timeout=10)
    outcomes: list[object] = []

    def client(first: int, second: int) -> Callable[[], None]:
        def run() -> None:
            try:
                with writing():
                    Head.objects.select_for_update().get(pk=first)
                    barrier.wait()
                    Head.objects.select_for_update().get(pk=second)
                outcomes.append("done")
            except Conflict as refused:
                outcomes.append(refused.problems)
            finally:
                connection.close()

        return run

    threads = [threading.Thread(target=client(*pair)) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [(Problem(Code.CONTENDED),), "done"]


@pytest.mark.django_db
def test_a_taken_number_is_no_error_and_the_transaction_goes_on() -> None:
    with writing():
        taken, late = CancelReason(code="rain", name="Rain"), CancelReason(code="rain", name="Rain again")
        assert insert_unless_taken(taken)
        assert not insert_unless_taken(late)
        late.code = "more_rain"
        assert insert_unless_taken(late)
        late.name = "Much rain"
        late.save()
    assert list(CancelReason.objects.filter(code__endswith="rain").order_by("code").values_list("pk", "name")) == [
        (late.pk, "Much rain"),
        (taken.pk, "Rain"),
    ]


@pytest.mark.django_db
def test_a_uuid_in_raw_sql() -> None:
    kept = entry()
    kept.save()
    [(found,)] = fetch("SELECT id FROM journal_entry WHERE subject = %s", [uuid_param(kept.subject)])
    assert found == kept.pk
