"""Long lists in pieces. A cursor is where the last piece ended, signed so that nobody makes one up. It stands in
addresses, which are logged: there are no words in it.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from django.core import signing
from django.db.models import CharField, Model, Q, QuerySet
from pydantic import Field

from orderly.api.schemas import In
from orderly.api.types import Text
from orderly.core.errors import invalid

MOST = 500
USUAL = 100


class Paged(In):
    """What every list takes."""

    limit: int = Field(USUAL, ge=1, le=MOST)
    cursor: Annotated[str, Text(8000)] | None = Field(None, description="`next` of the piece before")


def cursor_of(name: str, values: Sequence[Any]) -> str:
    """Where a list ended; only the list of that name takes it."""
    return signing.dumps([str(value) if not isinstance(value, int) else value for value in values], salt=name)


def values_of(name: str, cursor: str) -> list[Any]:
    """What `cursor_of` was given. Raises Invalid for anything else."""
    try:
        values: list[Any] = signing.loads(cursor, salt=name)
    except signing.BadSignature as error:
        raise invalid("cursor", "cursor") from error
    return values


def piece(rows: QuerySet[Any], keys: Sequence[str], paged: Paged, *, name: str) -> tuple[list[Any], str | None]:
    """The next rows in the order of `keys` ("-start" for descending; the last one unique), and the cursor of the
    rest.
    """
    told = _told(rows.model, keys)
    if paged.cursor:
        values = values_of(name, paged.cursor)
        rows = rows.filter(_after(keys, values if told == keys else _read_back(rows.model, keys, values)))
    found = list(rows.order_by(*keys)[: paged.limit + 1])
    if len(found) <= paged.limit:
        return found, None
    last: Model = found[paged.limit - 1]
    return found[: paged.limit], cursor_of(name, [getattr(last, key.lstrip("-")) for key in told])


def _told(model: type[Model], keys: Sequence[str]) -> Sequence[str]:
    """The keys that the cursor holds: the last one alone where others are words, such as somebody's name."""
    words = any(isinstance(model._meta.get_field(key.lstrip("-")), CharField) for key in keys)
    return keys[-1:] if words else keys


def _read_back(model: type[Model], keys: Sequence[str], values: Sequence[Any]) -> Sequence[Any]:
    """What the row that the cursor names has in all keys, as of now. Raises Invalid where it is gone."""
    named = model._default_manager.filter(pk=values[-1])  # the words before it, in cursors of an earlier release
    found: Sequence[Any] | None = named.values_list(*(key.lstrip("-") for key in keys)).first()
    if found is None:
        raise invalid("cursor", "cursor")
    return found


def _after(keys: Sequence[str], values: Sequence[Any]) -> Q:
    """Beyond `values` in that order: the first key further, or equal and the second further, and so on."""
    found, equal = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        name = key.lstrip("-")
        found |= equal & Q(**{f"{name}__{'lt' if key.startswith('-') else 'gt'}": value})
        equal &= Q(**{name: value})
    return found
