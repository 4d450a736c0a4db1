"""NoOverlap: the database itself refuses two rows that share a key and whose spans overlap."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

POSTGRES = "CONSTRAINT %(name)s EXCLUDE USING gist (%(keys)s, int4range(%(start)s, %(end)s) WITH &&)"
EXCLUSIONS = (
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE conname = %s AND contype = 'x' AND convalidated AND conrelid = %s::regclass"
)
SQLITE = (
    "CREATE TRIGGER %(trigger)s BEFORE %(event)s ON %(table)s BEGIN SELECT RAISE(ABORT, '%(name)s') "
    "WHERE EXISTS (SELECT 1 FROM %(table)s AS other WHERE %(keys)s AND other.%(start)s < NEW.%(end)s "
    "AND other.%(start)s > NEW.%(start)s - %(longest)s AND other.%(end)s > NEW.%(start)s%(other)s); END"
)


class NoOverlap(BaseConstraint):
    """No two rows with equal `keys` may have overlapping [start, end).

    PostgreSQL gets an exclusion constraint over `int4range` (needs btree_gist). SQLite has none: it gets triggers,
    put into the schema editor's deferred SQL, because Django rebuilds SQLite tables on many migrations and a
    rebuild drops triggers; what is deferred is run again after each rebuild, on the renamed table. Spans may be
    `longest` units at most (a check constraint of the model must hold that), so that the trigger reads a bounded
    piece of the index.
    """

    def __init__(self, *, keys: tuple[str, ...], start: str, end: str, longest: int, name: str) -> None:
        super().__init__(name=name)
        self.keys, self.start, self.end, self.longest = tuple(keys), start, end, longest

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        kwargs.update(keys=self.keys, start=self.start, end=self.end, longest=self.longest)
        return path, args, kwargs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoOverlap) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.keys))

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Called while a table is created."""
        assert model is not None
        assert schema_editor is not None
        if schema_editor.connection.vendor == "postgresql":
            return self._exclusion(model, schema_editor)
        schema_editor.deferred_sql.extend(self._triggers(model, schema_editor))
        return ""

    def create_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """Called for a table that exists (SQLite rebuilds the table instead and comes by `constraint_sql`)."""
        assert model is not None
        assert schema_editor is not None
        clause = self._exclusion(model, schema_editor)
        return Statement(
            f"ALTER TABLE %(table)s ADD {clause}", table=Table(model._meta.db_table, schema_editor.quote_name)
        )

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None
        assert schema_editor is not None
        name = schema_editor.quote_name(self.name)
        return Statement(
            f"ALTER TABLE %(table)s DROP CONSTRAINT {name}",
            table=Table(model._meta.db_table, schema_editor.quote_name),
        )

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """Forms ask in advance; the database's own answer is the one that counts."""
        same = {key: getattr(instance, model._meta.get_field(key).attname) for key in self.keys}
        start, end = getattr(instance, self.start), getattr(instance, self.end)
        rows = model._default_manager.using(using).filter(**same)
        if rows.filter(**{f"{self.start}__lt": end, f"{self.end}__gt": start}).exclude(pk=instance.pk).exists():
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    def stands(self, model: type[models.Model], connection: Any) -> bool:
        """Whether the guard is in the database now, unaltered. Reads the catalogue only."""
        editor = connection.schema_editor(collect_sql=True)  # not entered: that would check every foreign key there is
        table = model._meta.db_table
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(EXCLUSIONS, [self.name, table])
                clause = self._exclusion(model, editor).replace('"', "")
                return [f"CONSTRAINT {self.name} {found}".replace('"', "") for (found,) in cursor] == [clause]
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            return {str(statement) for statement in self._triggers(model, editor)} <= {found for (found,) in cursor}

    def _columns(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> dict[str, Any]:
        def column(name: str) -> str:
            return editor.quote_name(str(model._meta.get_field(name).column))  # type: ignore[union-attr]

        return {
            "start": column(self.start),
            "end": column(self.end),
            "keys": [column(key) for key in self.keys],
        }

    def _exclusion(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> str:
        columns = self._columns(model, editor)
        keys = ", ".join(f"{key} WITH =" for key in columns["keys"])
        return POSTGRES % {**columns, "keys": keys, "name": editor.quote_name(self.name)}

    def _triggers(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        columns = self._columns(model, editor)
        keys = " AND ".join(f"other.{key} = NEW.{key}" for key in columns["keys"])
        parts = {**columns, "keys": keys, "name": self.name, "longest": self.longest}
        primary = editor.quote_name(model._meta.pk.column)
        return [
            Statement(
                SQLITE,
                table=Table(model._meta.db_table, editor.quote_name),
                **{
                    **parts,
                    "trigger": editor.quote_name(f"{self.name}_{event.lower()}"),
                    "event": event,
                    "other": other,
                },
            )
            for event, other in (("INSERT", ""), ("UPDATE", f" AND other.{primary} <> OLD.{primary}"))
        ]
