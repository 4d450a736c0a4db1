"""OPS-3: on SQLite, writers queue on a file lock. Whatever happens to a transaction, its place is given up."""

import fcntl
import gc
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError, connections, transaction
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

from orderly.core.sqlite.base import DatabaseWrapper
from orderly.project.settings import database

TABLES = (
    "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
    "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
)
WRITE, READ = "INSERT INTO parent DEFAULT VALUES", "SELECT count(*) FROM parent"
QUEUE = "queue"  # the alias

Connect = Callable[[], DatabaseWrapper]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite3"


@pytest.fixture
def connect(path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker) -> Iterator[Connect]:
    """Gives a thread its connection, with the settings of production."""
    monkeypatch.setenv("ORDERLY_DATABASE_URL", f"sqlite:///{path}")
    settings = database()

    def new() -> DatabaseWrapper:
        connection = ConnectionHandler({"default": {**settings}})["default"]
        assert isinstance(connection, DatabaseWrapper)
        connections[QUEUE] = connection
        return connection

    with django_db_blocker.unblock():
        yield new
        connections[QUEUE].close()
        del connections[QUEUE]


@pytest.fixture
def connection(connect: Connect) -> DatabaseWrapper:
    """This thread's connection to a database with two tables."""
    made = connect()
    execute(*TABLES)
    return made


def execute(*statements: str) -> list[tuple[int]]:
    with connections[QUEUE].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall())


def writing() -> transaction.Atomic:
    return transaction.atomic(using=QUEUE)


def is_free(path: Path) -> bool:
    """Whether a stranger would get the queue's lock now."""
    descriptor = os.open(f"{path}-queue", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def test_held_from_begin_to_commit(connection: DatabaseWrapper, path: Path) -> None:
    with writing():
        assert not is_free(path)
        execute(WRITE)
        assert not is_free(path)
    assert (is_free(path), execute(READ)) == (True, [(1,)])


def test_a_savepoint_neither_takes_nor_leaves_a_place(connection: DatabaseWrapper, path: Path) -> None:
    with writing():
        with writing():
            execute(WRITE)
        assert not is_free(path)
        with pytest.raises(LookupError), writing():
            raise LookupError
        assert not is_free(path)
    assert is_free(path)


def test_given_up_by_a_rollback(connection: DatabaseWrapper, path: Path) -> None:
    def write_and_fail() -> None:
        with writing():
            execute(WRITE)
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    assert (is_free(path), execute(READ)) == (True, [(0,)])


def test_given_up_when_begin_fails(connection: DatabaseWrapper, path: Path) -> None:
    """Somebody outside the queue may still hold the database."""
    execute("PRAGMA busy_timeout = 20")
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), writing():
        pass
    assert is_free(path)
    stranger.close()
    with writing():
        execute(WRITE)
    assert execute(READ) == [(1,)]


def test_given_up_when_commit_fails(connection: DatabaseWrapper, path: Path) -> None:
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), writing():
        execute("INSERT INTO child (parent) VALUES (7)")
    assert (is_free(path), execute("SELECT count(*) FROM child")) == (True, [(0,)])
    with writing():
        execute(WRITE)
    assert execute(READ) == [(1,)]


def test_given_up_by_closing(connection: DatabaseWrapper, path: Path) -> None:
    with writing():
        execute(WRITE)
        connection.close()
        assert is_free(path)
    assert (is_free(path), execute(READ)) == (True, [(0,)])


def test_given_up_by_dying(connection: DatabaseWrapper, path: Path) -> None:
    connection.close()
    child = os.fork()
    if not child:
        with writing():
            execute(WRITE)
            os._exit(9)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert (is_free(path), execute(READ)) == (True, [(0,)])


def test_reading_needs_no_place(connection: DatabaseWrapper, path: Path, connect: Connect) -> None:
    with writing():
        execute(WRITE)
        seen = in_thread(lambda: connect() and execute(READ))
    assert (seen, execute(READ)) == ([(0,)], [(1,)])


def in_thread(work: Callable[[], object]) -> object:
    answers: list[object] = []

    def run() -> None:
        answers.append(work())
        connections[QUEUE].close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    return answers[0]


def test_nothing_leaks(connection: DatabaseWrapper) -> None:
    def descriptors() -> int:
        return len(os.listdir("/dev/fd"))

    execute(WRITE)
    gc.collect()
    before = descriptors()
    for _ in range(30):
        with writing():
            execute(WRITE)
    assert descriptors() == before


def test_many_writers_wait_for_each_other_however_short_the_timeout(
    connection: DatabaseWrapper, connect: Connect
) -> None:
    """Read, then write: without BEGIN IMMEDIATE and the queue these would fail or lose an update."""

    def write_often() -> None:
        connect()
        execute("PRAGMA busy_timeout = 1")
        for _ in range(10):
            with writing():
                [(count,)] = execute(READ)
                execute(f"INSERT INTO parent (id) VALUES ({count + 1})")
        connections[QUEUE].close()

    threads = [threading.Thread(target=write_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert execute("SELECT count(*), min(id), max(id) FROM parent") == [(80, 1, 80)]


def test_a_database_in_memory_has_no_queue(connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    memory = connect()
    memory.settings_dict["NAME"] = "file:queueless?mode=memory&cache=shared"
    memory.settings_dict["OPTIONS"] = {"transaction_mode": "IMMEDIATE"}
    execute(*TABLES)
    with writing():
        execute(WRITE)
    assert (execute(READ), list(tmp_path.iterdir())) == ([(1,)], [])
