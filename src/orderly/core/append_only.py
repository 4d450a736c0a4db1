"""AppendOnly: the database itself refuses to change or delete what has been written."""

from collections.abc import Iterable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

FUNCTION = (
    "BEGIN IF TG_OP = 'UPDATE' THEN IF %(allowed)s THEN RETURN NEW; END IF; END IF; "
    "RAISE EXCEPTION '%(name)s' USING ERRCODE = 'integrity_constraint_violation'; END"
)
POSTGRES = (
    "CREATE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql AS $$%(body)s$$; "
    "CREATE TRIGGER %(name)s_row BEFORE UPDATE OR DELETE ON %(table)s FOR EACH ROW EXECUTE FUNCTION %(name)s(); "
    "CREATE TRIGGER %(name)s_whole BEFORE TRUNCATE ON %(table)s FOR EACH STATEMENT EXECUTE FUNCTION %(name)s()"
)
DROP = "DROP TRIGGER %(name)s_row ON %(table)s; DROP TRIGGER %(name)s_whole ON %(table)s; DROP FUNCTION %(name)s()"
FOUND = (
    "SELECT t.tgname, t.tgtype, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
    "WHERE t.tgrelid = %s::regclass AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND t.tgattr = ''"
)
ROW, WHOLE = 1 + 2 + 8 + 16, 2 + 32
"""How PostgreSQL numbers them: row 1, before 2, delete 8, update 16, truncate 32."""

# Another row that would give way to this one: a REPLACE deletes it without asking any trigger.
TAKEN = "EXISTS (SELECT 1 FROM %(table)s AS other WHERE %(same)s)"
SQLITE = "CREATE TRIGGER %(name)s BEFORE %(event)s ON %(table)s%(when)s BEGIN SELECT RAISE(ABORT, '%(guard)s'); END"


class AppendOnly(BaseConstraint):
    """Rows are inserted and stay as they are. A column in `once` may be given a value while it has none; text in
    `erasable` may be emptied.

    PostgreSQL gets triggers for UPDATE, DELETE and TRUNCATE. SQLite gets them for UPDATE, DELETE and for what would
    replace a row; they come back after a table rebuild as NoOverlap's do. They name every column: a migration that
    adds one without rebuilding the table (nullable, without a default) removes the constraint first and adds it
    again after, or `check-guards` misses it.
    """

    def __init__(self, *, name: str, once: Iterable[str] = (), erasable: Iterable[str] = ()) -> None:
        super().__init__(name=name)
        self.once, self.erasable = tuple(once), tuple(erasable)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        kwargs.update(once=self.once, erasable=self.erasable)
        return path, args, kwargs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AppendOnly) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.once, self.erasable))

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Called while a table is created; what is deferred runs at the end, and after each rebuild on SQLite."""
        assert model is not None
        assert schema_editor is not None
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.deferred_sql.append(self._on_postgres(POSTGRES, model, schema_editor))
        else:
            schema_editor.deferred_sql.extend(self._on_sqlite(model, schema_editor))
        return ""

    def create_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """Called for a table that exists (SQLite rebuilds the table instead and comes by `constraint_sql`)."""
        assert model is not None
        assert schema_editor is not None
        return self._on_postgres(POSTGRES, model, schema_editor)

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None
        assert schema_editor is not None
        return self._on_postgres(DROP, model, schema_editor)

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """Nothing to ask a form in advance."""

    def stands(self, model: type[models.Model], connection: Any) -> bool:
        """Whether the guard is in the database now, unaltered. Reads the catalogue only."""
        table = model._meta.db_table
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(FOUND, [table])
                body = self._body()
                return {(f"{self.name}_row", ROW, body), (f"{self.name}_whole", WHOLE, body)} <= set(cursor.fetchall())
            editor = connection.schema_editor(collect_sql=True)  # not entered: that would check every foreign key
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            return {str(statement) for statement in self._on_sqlite(model, editor)} <= {found for (found,) in cursor}

    def _on_postgres(self, template: str, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> Statement:
        table = Table(model._meta.db_table, editor.quote_name)
        return Statement(template, table=table, name=self.name, body=self._body())

    def _body(self) -> str:
        free = f"'{{{','.join((*self.once, *self.erasable))}}}'::text[]"
        same = f"to_jsonb(NEW) - {free} = to_jsonb(OLD) - {free}"
        once = (f"(OLD.{name} IS NULL OR NEW.{name} IS NOT DISTINCT FROM OLD.{name})" for name in self.once)
        erasable = (f"(NEW.{name} = '' OR NEW.{name} = OLD.{name})" for name in self.erasable)
        return FUNCTION % {"allowed": " AND ".join((same, *once, *erasable)), "name": self.name}

    def _on_sqlite(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        refused = {"INSERT": self._replaces(model, editor), "UPDATE": self._changes(model, editor), "DELETE": ""}
        return [
            Statement(
                SQLITE.replace("%(when)s", f" WHEN {when}" if when else ""),
                table=Table(model._meta.db_table, editor.quote_name),
                name=editor.quote_name(f"{self.name}_{event.lower()}"),
                event=event,
                guard=self.name,
            )
            for event, when in refused.items()
        ]

    def _replaces(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> str:
        """There is a row that an INSERT OR REPLACE would delete."""
        columns = _columns(model, editor)
        unique = [columns[field.name] for field in model._meta.local_concrete_fields if field.unique]
        return _taken(" OR ".join(f"other.{one} = NEW.{one}" for one in unique))

    def _changes(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> str:
        """Something changes that may not, or an UPDATE OR REPLACE would delete another row."""
        refused = []
        for name, one in _columns(model, editor).items():
            changed = f"NEW.{one} IS NOT OLD.{one}"
            if name in self.once:
                refused.append(f"(OLD.{one} IS NOT NULL AND {changed})")
                refused.append(f"({changed} AND {_taken(f'other.{one} = NEW.{one}')})")
            elif name in self.erasable:
                refused.append(f"(NEW.{one} <> '' AND {changed})")
            else:
                refused.append(changed)
        return " OR ".join(refused)


def _columns(model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> dict[str, str]:
    """By the names of their fields, in an order that no rebuild of the table changes."""
    fields = sorted(model._meta.local_concrete_fields, key=lambda field: field.name)
    return {field.name: editor.quote_name(str(field.column)) for field in fields}


def _taken(same: str) -> str:
    return TAKEN % {"table": "%(table)s", "same": same}
