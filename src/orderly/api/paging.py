"""Long lists in pieces. A cursor is where the last piece ended, signed so that nobody makes one up."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.core import signing
from django.db.models import Model, Q, QuerySet
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
    if paged.cursor:
        rows = rows.filter(_after(keys, values_of(name, paged.cursor)))
    found = list(rows.order_by(*keys)[: paged.limit + 1])
    if len(found) <= paged.limit:
        return found, None
    last: Model = found[paged.limit - 1]
    return found[: paged.limit], cursor_of(name, [getattr(last, key.lstrip("-")) for key in keys])


def _after(keys: Sequence[str], values: Sequence[Any]) -> Q:
    """Beyond `values` in that order: the first key further, or equal and the second further, and so on."""
    found, equal = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        name = key.lstrip("-")
        found |= equal & Q(**{f"{name}__{'lt' if key.startswith('-') else 'gt'}": value})
        equal &= Q(**{name: value})
    return found
