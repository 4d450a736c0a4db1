"""Taking away what keeps visits apart, for the tests' own database only, and putting it back."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

from orderly.calendars.models import Reservation
from orderly.core.constraints import NoOverlap
from orderly.core.database import missing_guards
from orderly.core.sqlite.base import DatabaseWrapper
from orderly.resources import locks
from orderly.resources.models import Resource

GUARD = next(one for one in Reservation._meta.constraints if isinstance(one, NoOverlap))
TABLE = Reservation._meta.db_table
TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"


@contextmanager
def without_guard() -> Iterator[None]:
    """The database takes overlapping reservations. They are deleted at the end, or it would not take the guard back."""
    drop, restore = _statements()
    _run(drop)
    try:
        yield
    finally:
        _run([f"DELETE FROM {TABLE}", *restore])
        assert missing_guards() == []


@contextmanager
def without_locks() -> Iterator[None]:
    """Resources are read, not locked. On SQLite, where the transaction is the lock, each statement is its own."""
    kept, begin = locks.lock, DatabaseWrapper._start_transaction_under_autocommit
    locks.lock = read_only
    DatabaseWrapper._start_transaction_under_autocommit = lambda self: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        locks.lock = kept
        DatabaseWrapper._start_transaction_under_autocommit = begin  # type: ignore[method-assign]


def read_only(ids: Iterable[int]) -> dict[int, Resource]:
    """What `locks.lock` answers, without a lock."""
    return Resource.objects.in_bulk(sorted(set(ids)))


def _statements() -> tuple[list[str], list[str]]:
    """What drops the guard, and what puts it back as it was."""
    if connection.vendor == "postgresql":
        [(clause,)] = _rows("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", GUARD.name)
        alter = f"ALTER TABLE {TABLE}"
        return [f"{alter} DROP CONSTRAINT {GUARD.name}"], [f"{alter} ADD CONSTRAINT {GUARD.name} {clause}"]
    triggers = _rows(TRIGGERS, TABLE)
    return [f'DROP TRIGGER "{name}"' for name, _ in triggers], [sql for _, sql in triggers]


def _rows(query: str, name: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [name])
        return list(cursor.fetchall())


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
