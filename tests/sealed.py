"""Emptying the tests' own database, which refuses to forget: for the length of a flush its journal gives way.

Only the tests know how; nothing of this is in the program.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from orderly.core.append_only import AppendOnly
from orderly.core.database import missing_guards

# A new file for each of the tables, which TRUNCATE makes, takes fifty times as long as deleting a test's few rows.
TRIGGERS_ASIDE = "SET LOCAL session_replication_role = replica"
TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"


def let_flushes_through() -> None:
    """What Django does after a test that commits takes the guards away and puts them back, in one transaction."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        if connection.vendor == "postgresql" and _may_set_triggers_aside():
            flush(self, [TRIGGERS_ASIDE, *(f'DELETE FROM "{table}"' for table in _tables())])
            return
        drop, restore = _statements()
        flush(self, [*drop, *sql_list, *restore])

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]


def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def _may_set_triggers_aside() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


@contextmanager
def unsealed() -> Iterator[None]:
    """The journal can be changed within: how a test that a guard holds is shown to fail without it."""
    drop, restore = _statements()
    _run(drop)
    try:
        yield
    finally:
        _run(restore)
        assert missing_guards() == []


def _statements() -> tuple[list[str], list[str]]:
    tables = {
        model._meta.db_table
        for model in apps.get_models()
        for one in model._meta.constraints
        if isinstance(one, AppendOnly)
    }
    if connection.vendor == "postgresql":
        return tuple([f"ALTER TABLE {table} {how} TRIGGER USER" for table in tables] for how in ("DISABLE", "ENABLE"))  # type: ignore[return-value]
    with connection.cursor() as cursor:
        triggers = [row for table in tables for row in cursor.execute(TRIGGERS, [table]).fetchall()]
    return [f'DROP TRIGGER "{name}"' for name, _ in triggers], [sql for _, sql in triggers]


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
