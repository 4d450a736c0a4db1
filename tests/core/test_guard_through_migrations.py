"""APT-3: no migration, present or to come, leaves the reservation table unguarded.

Django rebuilds a SQLite table for many changes, and a rebuild drops triggers; so an overlap is tried after each step.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps.registry import Apps
from django.db import IntegrityError, connection, connections, migrations, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.models import Q

from orderly.core.constraints import NoOverlap

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def fresh(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[BaseDatabaseWrapper]:
    """An empty database of its own, standing in for the default one. Where all migrations are wanted, SQLite's has them
    already: it is a copy of the tests' own.
    """
    usual = connections["default"]
    wrapper = usual.copy()
    wrapper.settings_dict["NAME"] = str(tmp_path / "fresh.sqlite3")
    if usual.vendor == "sqlite" and "migrated" in request.fixturenames:
        execute(usual, f"VACUUM INTO '{wrapper.settings_dict['NAME']}'")
    if usual.vendor == "postgresql":
        wrapper.settings_dict["NAME"] = f"{usual.settings_dict['NAME']}_fresh"
        wrapper.settings_dict["OPTIONS"].pop("pool", None)
        execute(usual, f"DROP DATABASE IF EXISTS {wrapper.settings_dict['NAME']}")
        execute(usual, f"CREATE DATABASE {wrapper.settings_dict['NAME']} TEMPLATE template0 ENCODING 'UTF8'")
    connections["default"] = wrapper
    yield wrapper
    wrapper.close()
    connections["default"] = usual
    if usual.vendor == "postgresql":
        execute(usual, f"DROP DATABASE {wrapper.settings_dict['NAME']}")


def execute(wrapper: BaseDatabaseWrapper, statement: str) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute(statement)


def migrate_step_by_step() -> Iterator[ProjectState]:
    """Every migration there is, the state after each."""
    executor = MigrationExecutor(connection)
    state = executor.loader.project_state(())
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        state = executor.apply_migration(state, migration)
        yield state


@pytest.fixture
def migrated(fresh: BaseDatabaseWrapper) -> ProjectState:
    """The state after all migrations."""
    *_, state = [MigrationExecutor(fresh).loader.project_state(), *migrate_step_by_step()]
    return state


def guarded(state: ProjectState) -> bool:
    """Whether the state says that there is a guard."""
    model = state.models.get(("calendars", "reservation"))
    return model is not None and any(isinstance(one, NoOverlap) for one in model.options.get("constraints", ()))


def overlaps(apps: Apps) -> bool:
    """Whether two overlapping rows can be written, one inserted and one moved there. Leaves nothing behind."""
    reservations = apps.get_model("calendars", "Reservation").objects
    with transaction.atomic():
        claim = apps.get_model("calendars", "Claim").objects.create(kind="appointment")
        resource = apps.get_model("resources", "Resource").objects.create(kind="chair")
        common = {"claim_id": claim.pk, "resource_id": resource.pk}
        moved = [reservations.create(**common, start=start, end=start + 60) for start in (600, 700)][1]
        refused = [
            is_refused(lambda: reservations.create(**common, start=659, end=661)),
            is_refused(lambda: reservations.filter(pk=moved.pk).update(start=659)),
        ]
        transaction.set_rollback(True)
    return refused != [True, True]


def is_refused(write: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


def test_every_migration_leaves_the_guard_standing(fresh: BaseDatabaseWrapper) -> None:
    tried = [overlaps(state.apps) for state in migrate_step_by_step() if guarded(state)]
    assert tried
    assert not any(tried)


RESERVATION = "reservation"
LATER: dict[str, list[migrations.operations.base.Operation]] = {
    "a new column": [migrations.AddField(RESERVATION, "colour", models.CharField(max_length=9, default="red"))],
    "a wider column": [migrations.AlterField(RESERVATION, "lane", models.PositiveIntegerField(default=0))],
    "a column that may be null": [migrations.AlterField(RESERVATION, "expires", models.IntegerField(null=True))],
    "a new check": [
        migrations.AddConstraint(RESERVATION, models.CheckConstraint(condition=Q(lane__lte=99), name="few_lanes"))
    ],
    "a check removed": [migrations.RemoveConstraint(RESERVATION, "reservation_length")],
    "an index": [migrations.AddIndex(RESERVATION, models.Index(fields=["lane"], name="by_lane"))],
    "a column renamed": [
        migrations.RemoveIndex(RESERVATION, "reservation_search"),
        migrations.RenameField(RESERVATION, "expires", "expiry"),
    ],
    "the table renamed": [migrations.AlterModelTable(RESERVATION, "taken_time")],
    "two rebuilds at once": [
        migrations.AddField(RESERVATION, "note", models.TextField(default="")),
        migrations.AlterField(RESERVATION, "lane", models.IntegerField(default=0)),
        migrations.RemoveField(RESERVATION, "note"),
    ],
    "what it points at rebuilt": [
        migrations.AlterField("claim", "kind", models.CharField(max_length=30)),
        migrations.AddField("claim", "note", models.TextField(default="")),
    ],
}


def apply(
    state: ProjectState, operations: list[migrations.operations.base.Operation], app: str = "calendars"
) -> ProjectState:
    migration = migrations.Migration("later", app)
    migration.operations = operations
    with connection.schema_editor(atomic=True) as editor:
        return migration.apply(state, editor)


def test_a_later_migration_would_leave_it_standing_too(migrated: ProjectState) -> None:
    """The state goes on from one change to the next."""
    outcome, state = {}, migrated
    for name, operations in LATER.items():
        state = apply(state, operations)
        model = state.apps.get_model("calendars", "Reservation")
        guard = next(one for one in model._meta.constraints if isinstance(one, NoOverlap))
        outcome[name] = overlaps(state.apps), guard.stands(model, connection)
    assert outcome == dict.fromkeys(LATER, (False, True))


def test_it_can_be_taken_away_and_brought_back(migrated: ProjectState) -> None:
    """Otherwise the tests above could pass for another reason."""
    model = migrated.apps.get_model("calendars", "Reservation")
    guard = next(one for one in model._meta.constraints if isinstance(one, NoOverlap))
    without = apply(migrated.clone(), [migrations.RemoveConstraint(RESERVATION, guard.name)])
    assert (overlaps(without.apps), guard.stands(model, connection)) == (True, False)
    again = apply(without.clone(), [migrations.AddConstraint(RESERVATION, guard)])
    assert (overlaps(again.apps), guard.stands(model, connection)) == (False, True)
