"""APT-3: whether the guard stands is checked by what the database holds, not by what was meant."""

import pytest
from django.db import connection

from orderly.calendars.models import Reservation
from orderly.core.constraints import NoOverlap
from orderly.core.database import missing_guards

GUARD = next(one for one in Reservation._meta.constraints if isinstance(one, NoOverlap))


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def drop(event: str = "insert") -> None:
    if connection.vendor == "postgresql":
        sql(f"ALTER TABLE calendars_reservation DROP CONSTRAINT {GUARD.name}")
    else:
        sql(f"DROP TRIGGER {GUARD.name}_{event}")


@pytest.mark.django_db
def test_it_stands_after_migrating() -> None:
    assert missing_guards() == []
    assert GUARD.stands(Reservation, connection)


@pytest.mark.django_db
@pytest.mark.parametrize("event", ["insert", "update"])
def test_it_is_missed_when_dropped(event: str) -> None:
    drop(event)
    assert missing_guards() == [GUARD.name]


@pytest.mark.django_db
def test_a_weaker_one_of_the_same_name_does_not_pass() -> None:
    drop()
    if connection.vendor == "postgresql":
        weak = "EXCLUDE USING gist (resource_id WITH =, lane WITH =, start WITH =)"
        sql(f"ALTER TABLE calendars_reservation ADD CONSTRAINT {GUARD.name} {weak}")
    else:
        sql(f"CREATE TRIGGER {GUARD.name}_insert BEFORE INSERT ON calendars_reservation BEGIN SELECT 1; END")
    assert missing_guards() == [GUARD.name]


@pytest.mark.django_db(transaction=True)
def test_asking_leaves_foreign_keys_enforced() -> None:
    """A readiness check runs on a connection that goes on to serve."""
    assert missing_guards() == []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_asking_reads_no_table_of_ours(django_assert_num_queries: object) -> None:
    """However much data there is, the answer comes from the catalogue alone."""
    with django_assert_num_queries(7):  # type: ignore[operator]  # one for each guarded table
        missing_guards()
