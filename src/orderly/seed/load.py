"""Many rows at once, past the ORM: COPY on PostgreSQL, executemany on SQLite. The database's guards stay on.

Values are given as both databases read them: UUIDs as 32 hex digits, moments and days as text, JSON as text.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from orderly.core.clock import EPOCH


def moment(minute: float) -> str:
    """Minutes since 1970 UTC as the text of a timestamp."""
    return (EPOCH + timedelta(minutes=minute)).strftime("%Y-%m-%d %H:%M:%S")


class Table:
    """Where rows of one model go. `names` are the columns that rows bring, by attribute; the others get the fields'
    defaults.
    """

    def __init__(self, model: type[models.Model], *names: str) -> None:
        fields = {field.attname: field for field in model._meta.local_concrete_fields}
        rest = [field for name, field in fields.items() if name not in names and not field.primary_key]
        chosen = [fields[name] for name in names] + rest
        self._rest = tuple(field.get_db_prep_save(field.get_default(), connection) for field in rest)
        quote = connection.ops.quote_name
        self._into = f"{quote(model._meta.db_table)} ({', '.join(quote(str(field.column)) for field in chosen)})"
        self._width = len(chosen)

    def write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        whole = (row + self._rest for row in rows)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {self._into} FROM STDIN") as copy:
                    for row in whole:
                        copy.write_row(row)
            else:
                marks = ",".join(["%s"] * self._width)
                cursor.executemany(f"INSERT INTO {self._into} VALUES ({marks})", list(whole))


@contextmanager
def loading() -> Iterator[None]:
    """One transaction, without the limits that protect a running clinic from long statements."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield


def settle() -> None:
    """After loading: sequences go on behind the highest number, and the planner knows the tables."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("RESET statement_timeout")
