"""Further details: a JSON object for programs, lines of `name: value` for people."""

import json
from collections.abc import Mapping
from typing import Any


def as_lines(extra: Mapping[str, Any]) -> str:
    return "\n".join(f"{name}: {_shown(value)}" for name, value in extra.items())


def as_data(text: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed. A line that stands as it was keeps its value's type, whatever a program has put there."""
    shown = {name: _shown(value) for name, value in kept.items()}
    found: dict[str, Any] = {}
    for line in filter(str.strip, text.splitlines()):
        name, _colon, value = (part.strip() for part in line.partition(":"))
        found[name] = kept[name] if shown.get(name) == value else value
    return found


def _shown(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
