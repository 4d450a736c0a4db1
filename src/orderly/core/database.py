"""Transactions, and the few statements Django's ORM can't say in one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery
from psycopg_pool import PoolTimeout

from orderly.core.append_only import AppendOnly
from orderly.core.constraints import NoOverlap
from orderly.core.errors import Conflict, Fault
from orderly.core.ids import spoken
from orderly.core.models import Identified
from orderly.engine.problems import Code, Problem

SHORTEST_NUMBER, LONGEST_NUMBER = 4, 8
TRIES_A_LENGTH = 3
LAST_CHARACTER = chr(0x10FFFF)
LOCK_NOT_AVAILABLE, DEADLOCK, QUERY_CANCELED = "55P03", "40P01", "57014"


@contextmanager
def writing() -> Iterator[None]:
    """One transaction around a verb; inside another's, a savepoint of it. A wait that runs out is a refusal, not a
    fault.
    """
    try:
        with transaction.atomic():
            yield
    except OperationalError as error:
        if is_contention(error):
            raise Conflict(Problem(Code.CONTENDED)) from error
        raise


def is_contention(error: DatabaseError) -> bool:
    """Whether others held what was wanted for longer than we wait."""
    if isinstance(error.__cause__, PoolTimeout):
        return True
    state = getattr(error.__cause__, "sqlstate", None)
    return state in (LOCK_NOT_AVAILABLE, DEADLOCK, QUERY_CANCELED) or "database is locked" in str(error)


def insert_unless_taken(row: Identified) -> bool:
    """INSERT … ON CONFLICT DO NOTHING: False, and no row, where a unique column is taken. The transaction goes on
    either way.
    """
    model = type(row)
    fields = model._meta.local_concrete_fields
    query = InsertQuery(model, on_conflict=OnConflict.IGNORE)
    query.insert_values(fields, [row])
    [(sql, params)] = query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row._state.adding = cursor.rowcount != 1
        return not row._state.adding


def insert_numbered(row: Identified, prefix: str) -> None:
    """Give the row a `number` nobody has, and insert it: four characters after the prefix, more where many are
    taken.
    """
    for length in range(SHORTEST_NUMBER, LONGEST_NUMBER + 1):
        for _ in range(TRIES_A_LENGTH):
            setattr(row, "number", f"{prefix}-{spoken(length)}")  # noqa: B010 - whichever model has one
            if insert_unless_taken(row):
                return
    raise Fault("no free number")


def fetch(sql: str, params: list[Any]) -> list[Any]:
    """All rows of one SELECT. For the hot reads, where building a QuerySet costs more than the query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
        return rows


def beginning(field: str, text: str) -> Q:
    """Rows whose unique `field` begins with `text`, found by its index: SQLite's LIKE doesn't use it, and PostgreSQL's
    order isn't that of the characters.
    """
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": text, f"{field}__lt": text + LAST_CHARACTER})
    return Q(**{f"{field}__startswith": text})


def uuid_param(value: Any) -> Any:
    """A UUID as raw SQL wants it: SQLite keeps 32 hex digits."""
    return value if connection.features.has_native_uuid_field else value.hex


def missing_guards() -> list[str]:
    """The names of the guards that aren't in the database as the models say."""
    return [
        constraint.name
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, NoOverlap | AppendOnly) and not constraint.stands(model, connection)
    ]


def pending_migrations() -> int:
    """How many migrations of ours and of the libraries the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
