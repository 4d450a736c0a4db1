"""What is written to the log, and what never is: a line holds ids, names of things and counts, nobody's words.

Ours is the only formatter, so it doesn't matter who logs: of other people's messages only the template is kept, of
errors only what can't quote a value, of tracebacks the places.
"""

import copy
import json
import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from django.db import Error, IntegrityError, OperationalError

from orderly.core.errors import Fault, Forbidden, Refused

OURS: Final = "orderly"
FIELDS: Final = ("method", "route", "status", "ms", "user", "clinic")
"""What a record of ours may carry beside its message"""
HIDDEN = "…"
DEEPEST = 60  # frames of one error
MOST_CAUSES = 5
QUOTING_NOTHING = (IntegrityError, OperationalError, psycopg.IntegrityError, psycopg.OperationalError)
PACKAGES = Path(__file__).resolve().parents[2]

_request: ContextVar[str] = ContextVar("request", default="")


@contextmanager
def within(request: str) -> Iterator[None]:
    """Every line written meanwhile carries this request's id."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def told(error: BaseException) -> str:
    """The kind of an error; with its message where that is known to quote nothing that somebody typed."""
    said = _harmless(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _harmless(error: BaseException) -> str:
    if isinstance(error, Fault):
        return str(error)
    if isinstance(error, Refused):
        return ", ".join(str(problem.code) for problem in error.problems)
    if isinstance(error, Forbidden):
        return error.permission
    if isinstance(error, Error | psycopg.Error):
        return _of_database(error)
    return error.strerror or "" if isinstance(error, OSError) else ""


def _of_database(error: BaseException) -> str:
    """PostgreSQL quotes whole rows in the detail of a message and values in that of wrong data; its main line about
    constraints, locks and connections names tables, columns and servers only. So do SQLite's messages.
    """
    cause = error.__cause__ or error
    state = getattr(cause, "sqlstate", None) or ""
    if getattr(cause, "sqlite_errorname", "") == "SQLITE_ERROR":  # quotes the statement
        return "SQLITE_ERROR"
    if not isinstance(error, QUOTING_NOTHING):
        return state
    main = getattr(getattr(cause, "diag", None), "message_primary", None) or ("" if state else str(cause))
    return f"{state} {main}".strip().split("\n")[0]


def trail(error: BaseException) -> list[str]:
    """An error and what caused it: kinds and places, no arguments and no local values."""
    lines: list[str] = []
    found: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if found is None:
            break
        lines.append(told(found))
        steps = list(traceback.walk_tb(found.__traceback__))[-DEEPEST:]
        lines += [f"  {_place(f.f_code.co_filename)}:{line} {f.f_code.co_name}" for f, line in steps]
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return lines


def _place(file: str) -> str:
    _, _, installed = file.rpartition("/site-packages/")
    return installed.removeprefix(f"{PACKAGES}/")


def message_of(record: logging.LogRecord) -> str:
    """The message without what it may quote: other people's arguments are hidden unless they are numbers."""
    if isinstance(record.msg, BaseException):
        return told(record.msg)
    if record.name.startswith("django.security"):  # says what was wrong by quoting it
        return "a request was refused"
    ours = record.name.split(".")[0] == OURS
    text = str(record.msg) if ours else str(record.msg).strip().split("\n")[0]
    if not record.args:
        return text
    try:
        return str(text % _shown(record.args, ours))
    except (TypeError, ValueError):
        return text


def _shown(given: Any, ours: bool) -> Any:
    if isinstance(given, tuple):
        return tuple(_shown(one, ours) for one in given)
    if isinstance(given, Mapping):
        return {name: _shown(one, ours) for name, one in given.items()}
    if isinstance(given, BaseException):
        return told(given)
    return given if ours or given is None or isinstance(given, int | float) else HIDDEN


class Lines(logging.Formatter):
    """For people to read."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        safe = copy.copy(record)  # whoever else handles this record sees it as it was
        request = _request.get()
        safe.msg, safe.args, safe.exc_text, safe.stack_info = message_of(record), (), None, None
        return super().format(safe) + (f" [{request}]" if request else "")

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return "\n".join(trail(ei[1]))


class JsonLines(logging.Formatter):
    """For machines: one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
        }
        if request := _request.get():
            line["request"] = request
        if record.name.split(".")[0] == OURS:
            line |= {name: getattr(record, name) for name in FIELDS if getattr(record, name, None) is not None}
        if record.exc_info and record.exc_info[1]:
            line["error"] = trail(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)
