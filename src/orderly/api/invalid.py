"""From pydantic's errors to our problems: which field, and the reason in a word that `edge.wording` knows."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

from orderly.core.errors import Invalid
from orderly.engine.problems import Code, Problem

LONGEST_FIELD: Final = 100
MOST_PROBLEMS: Final = 100

# The first of these that an error's type starts with decides.
REASONS: Final = {
    "extra_forbidden": "unknown_field",
    "uuid": "uuid",
    "int": "integer",
    "finite_number": "integer",
    "bool": "boolean",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "string_unicode": "characters",
    "string_pattern": "",
    "string": "text",
    "literal": "enum",
    "enum": "enum",
    "list_type": "list",
    "set_type": "list",
    "frozen_set_type": "list",
    "too_long": "too_many",
    "too_short": "too_short",
    "model": "fields",
    "dict": "fields",
}
LIMITS: Final = {"greater_than_equal": "ge", "less_than_equal": "le", "greater_than": "gt", "less_than": "lt"}


class TooMuch(Invalid):
    """More was asked for than one answer may hold: refused, never cut in silence."""


def problems_of(errors: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """One problem for each error; nobody reads more than the first hundred."""
    return [_problem(error) for error in islice(errors, MOST_PROBLEMS)]


def _problem(error: Mapping[str, Any]) -> Problem:
    kind, field = error["type"], _field(error["loc"])
    if kind == "missing":
        return Problem(Code.MISSING, field)
    if kind in LIMITS:
        limit = error["ctx"][LIMITS[kind]]
        return Problem(Code.INVALID, field, params=(("reason", kind), ("limit", limit)))
    reason = next((word for start, word in REASONS.items() if kind.startswith(start)), kind)
    return Problem(Code.INVALID, field, params=(("reason", reason),))


def _field(location: tuple[str | int, ...]) -> str:
    """`("body", "body", "phases", 0, "minutes")` → `phases.0.minutes`: the function's own argument isn't named."""
    names = [str(part) for part in location[1:]]
    return ".".join(names[1:] or names)[:LONGEST_FIELD]
