"""OPS-1: what the journal holds is refused every change by the database itself, whoever asks and however."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState

from orderly.core.append_only import AppendOnly
from orderly.core.database import missing_guards
from orderly.core.ids import uuid7
from orderly.journal.models import Entry, Kind, Look, Shown
from tests.core.test_guard_through_migrations import apply, fresh, migrated
from tests.factories import NOW
from tests.sealed import unsealed

__all__ = ["fresh", "migrated"]

SQLITE_ONLY = "INSERT OR REPLACE", "REPLACE", "UPDATE OR REPLACE"
ON_ENTRIES = (
    "UPDATE journal_entry SET fact = 'nothing' WHERE id = %s",
    "UPDATE journal_entry SET address = '' WHERE id = %s",
    "UPDATE journal_entry SET changes = '{}' WHERE id = %s",
    "UPDATE journal_entry SET id = 999 WHERE id = %s",
    "UPDATE journal_entry SET position = 8 WHERE id = %s",
    "UPDATE journal_entry SET position = NULL WHERE id = %s",
    "UPDATE journal_entry SET note = 'kinder words' WHERE id = %s",
    "UPDATE journal_entry SET note = '', fact = 'nothing' WHERE id = %s",
    "DELETE FROM journal_entry WHERE id = %s",
    "REPLACE INTO journal_entry (id, at, fact, subject, address, ids, changes, note) "
    "SELECT id, at, 'nothing', subject, '', '{}', '{}', '' FROM journal_entry WHERE id = %s",
    "INSERT OR REPLACE INTO journal_entry (position, at, fact, subject, address, ids, changes, note) "
    "SELECT position, at, fact, subject, '', '{}', '{}', '' FROM journal_entry WHERE id = %s",
    "UPDATE OR REPLACE journal_entry SET position = 7 WHERE id <> %s",
)
ON_LOOKS = (
    'UPDATE journal_look SET "user" = NULL WHERE id = %s',
    "DELETE FROM journal_look WHERE id = %s",
    "UPDATE journal_shown SET subject = NULL WHERE look_id = %s",
    "DELETE FROM journal_shown WHERE look_id = %s",
)


def run(statement: str, *params: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def known_here(statement: str) -> bool:
    return connection.vendor == "sqlite" or not statement.startswith(SQLITE_ONLY)


def is_refused(act: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            act()
    except IntegrityError:
        return True
    return False


def entry(**more: object) -> Entry:
    values = {"at": NOW, "fact": "bell_rung", "subject": uuid7(), "address": "192.0.2.7", "changes": {"a": [1, 2]}}
    return Entry.objects.create(**{**values, "note": "rude words", **more})


def look() -> Look:
    made = Look.objects.create(at=NOW, kind=Kind.VIEW, what="patient", user=uuid7(), count=1)
    Shown.objects.create(look=made, subject=uuid7())
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ON_ENTRIES)
def test_an_entry_stays_as_it_is(statement: str) -> None:
    if not known_here(statement):
        return
    kept = entry(position=7)
    entry()
    before = list(Entry.objects.order_by("id").values())
    assert is_refused(lambda: run(statement, kept.pk))
    assert list(Entry.objects.order_by("id").values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ON_LOOKS)
def test_a_look_stays_as_it_is(statement: str) -> None:
    made = look()
    assert is_refused(lambda: run(statement, made.pk))


@pytest.mark.django_db
def test_the_orm_is_refused_as_well() -> None:
    kept = entry()
    assert is_refused(kept.delete)
    assert is_refused(lambda: Entry.objects.filter(pk=kept.pk).update(fact="nothing"))
    kept.user = uuid7()
    assert is_refused(kept.save)


@pytest.mark.django_db
def test_a_position_is_given_once_and_words_are_emptied() -> None:
    kept = entry()
    Entry.objects.filter(pk=kept.pk).update(position=1)
    Entry.objects.filter(pk=kept.pk).update(note="")
    assert Entry.objects.values_list("position", "note", "address").get() == (1, "", "192.0.2.7")


@pytest.mark.django_db
def test_the_tables_are_not_emptied() -> None:
    for table in ("journal_shown", "journal_entry, journal_delivery, journal_words"):
        if connection.vendor == "postgresql":  # SQLite has no TRUNCATE
            assert is_refused(lambda table=table: run(f"TRUNCATE {table}"))


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_all_of_it_would_work() -> None:
    """The positive control."""
    with unsealed():
        for statement in (*ON_ENTRIES, *ON_LOOKS):
            kept, made = entry(position=7), look()
            entry()
            if known_here(statement) and "subject = NULL" not in statement and not statement.startswith("INSERT OR"):
                if "journal_look WHERE" in statement and statement.startswith("DELETE"):
                    made.shown.all().delete()
                run(statement, made.pk if "look" in statement or "shown" in statement else kept.pk)
            for model in (Shown, Look, Entry):
                model.objects.all().delete()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["entry_append_only", "look_append_only", "shown_append_only", "concerned_append_only"]
)
def test_it_is_missed_when_dropped(name: str) -> None:
    table = f"journal_{name.split('_')[0]}"
    run(f"DROP TRIGGER {name}_row ON {table}" if connection.vendor == "postgresql" else f"DROP TRIGGER {name}_delete")
    assert missing_guards() == [name]


@pytest.mark.django_db
def test_it_is_missed_when_weakened() -> None:
    if connection.vendor == "postgresql":
        run("CREATE OR REPLACE FUNCTION look_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
        run("ALTER TABLE journal_shown DISABLE TRIGGER shown_append_only_row")
        assert missing_guards() == ["look_append_only", "shown_append_only"]
    else:
        run("DROP TRIGGER look_append_only_update")
        run("CREATE TRIGGER look_append_only_update BEFORE UPDATE ON journal_look BEGIN SELECT 1; END")
        assert missing_guards() == ["look_append_only"]


LATER: dict[str, list[migrations.operations.base.Operation]] = {
    "a new column": [migrations.AddField("look", "colour", models.CharField(max_length=9, default="red"))],
    "a wider column": [migrations.AlterField("look", "what", models.CharField(max_length=80))],
    "a column renamed": [migrations.RenameField("look", "what", "which")],
    "a nullable column": [
        migrations.RemoveConstraint("look", "look_append_only"),
        migrations.AddField("look", "reason", models.TextField(null=True)),
        migrations.AddConstraint("look", AppendOnly(name="look_append_only")),
    ],
    "the table renamed": [migrations.AlterModelTable("look", "seen_by")],
}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_later_migrations_leave_it_standing(migrated: ProjectState) -> None:
    outcome, state = {}, migrated
    for name, operations in LATER.items():
        state = apply(state, operations, app="journal")
        model = state.apps.get_model("journal", "Look")
        [guard] = model._meta.constraints
        made = model.objects.create(at=NOW, kind="view", count=1, user=uuid7())
        deleted, changed = is_refused(made.delete), is_refused(partial(model.objects.update, count=2))
        outcome[name] = deleted, changed, guard.stands(model, connection)
    assert outcome == dict.fromkeys(LATER, (True, True, True))
