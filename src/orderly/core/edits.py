"""Editing rows that people edit: what was given, what is wrong with it, what it changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from orderly.core.errors import Invalid, NotFound, Stale
from orderly.core.models import Versioned
from orderly.core.text import is_clean, trimmed
from orderly.engine.problems import Code, Problem

ModelT = TypeVar("ModelT", bound=models.Model)
Changes: TypeAlias = dict[str, tuple[Any, Any]]
"""Fields that changed, each with its old and its new value as the journal keeps them"""

# Django's words for what is wrong with a value, and ours where they differ.
REASONS = {
    "max_length": "too_long",
    "min_value": "greater_than_equal",
    "max_value": "less_than_equal",
    "invalid_choice": "unknown",
}


class Unset(Enum):
    """Not given, where None means: nothing."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a person said about a thing; whatever is UNSET stays as it is, or as it is by default."""

    def given(self) -> dict[str, Any]:
        """The fields that were given, by name; text without the blanks around it."""
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {
            name: trimmed(value) if isinstance(value, str) else value for name, value in pairs if value is not UNSET
        }


def locked(rows: models.QuerySet[ModelT], pk: object, *, version: int | None = None) -> ModelT:
    """The one of `rows` (what the actor may see) with this key, locked until the transaction ends.

    `no_key`, so that rows which merely point at it needn't wait. Errors: NotFound; Stale where somebody changed it
    since `version`.
    """
    known = rows.model._default_manager.filter(pk__in=rows.order_by().filter(pk=pk).values("pk"))
    found: ModelT | None = known.select_for_update(no_key=True).first()
    if found is None:
        raise NotFound
    if version is not None and isinstance(found, Versioned) and version != found.version:
        raise Stale
    return found


def wrong(field: str, reason: str, **params: str | int) -> Problem:
    """A field that can't be accepted; `reason` is a word that the edge's wording knows."""
    return Problem(Code.INVALID, field, params=(("reason", reason), *params.items()))


def ranged(field: str, value: int, least: int, most: int) -> Iterator[Problem]:
    """Nothing, or that `value` must be between the two, which are good themselves."""
    if not least <= value <= most:
        yield wrong(field, "between", least=least, most=most)


def refuse(problems: Iterable[Problem]) -> None:
    """Raises Invalid with the first problem of each field, if there are any."""
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.field, problem)
    if first:
        raise Invalid(*first.values())


def faults(row: models.Model, names: Iterable[str]) -> list[Problem]:
    """What the model's own fields have against the row's values of these names; and text with characters that
    mislead.
    """
    checked = set(names)
    found = [problem for name in sorted(checked) for problem in _text_faults(row, name)]
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields} - checked)
    except ValidationError as error:
        found += [_fault(row, name, first[0]) for name, first in error.error_dict.items()]
    return found


def _fault(row: models.Model, name: str, error: ValidationError) -> Problem:
    if error.code in ("blank", "null"):
        return Problem(Code.MISSING, name)
    limit = (error.params or {}).get("limit_value")
    more = {"limit": limit} if isinstance(limit, int) else {}
    usual = "email" if isinstance(row._meta.get_field(name), models.EmailField) else ""
    return wrong(name, REASONS.get(error.code or "", usual), **more)


def _text_faults(row: models.Model, name: str) -> Iterator[Problem]:
    """What `clean_fields` lets pass: control characters, and a TextField's length."""
    value, field = getattr(row, name), row._meta.get_field(name)
    if not isinstance(value, str):
        return
    lines = isinstance(field, models.TextField)
    if not is_clean(value, lines=lines):
        yield wrong(name, "characters")
    if isinstance(field, models.TextField) and field.max_length and len(value) > field.max_length:
        yield wrong(name, "too_long", limit=field.max_length)


def put(row: models.Model, values: Mapping[str, Any]) -> Changes:
    """Set these fields; the answer is those that differ."""
    changes: Changes = {}
    for name, value in values.items():
        old = getattr(row, name)
        if old != value:
            setattr(row, name, value)
            changes[name] = (plain(old), plain(value))
    return changes


def fresh(row: models.Model, names: Iterable[str]) -> Changes:
    """The values of these fields of a new row."""
    return {name: (None, plain(getattr(row, name))) for name in names}


def save(row: Versioned, names: Iterable[str] = ()) -> None:
    """Write these fields and the next version."""
    row.version += 1
    row.save(update_fields=[*names, "version"])


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
