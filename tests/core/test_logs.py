"""What is logged holds nobody's words, whoever logs it (OPS-4, ACC-5)."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from orderly.clinics.models import Clinic
from orderly.core.errors import Fault, Forbidden, invalid, missing
from orderly.core.logs import JsonLines, Lines, told, trail, within
from tests.factories import make_clinic, make_user

WORDS = "Ann Canary"


def record(
    message: Any, *args: Any, name: str = "orderly.worker", error: BaseException | None = None, **more: Any
) -> Any:
    given = args[0] if len(args) == 1 and isinstance(args[0], dict) else args
    exc_info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(name, logging.WARNING, __file__, 1, message, (), exc_info)
    made.args, made.created = given, 1_772_438_400.25
    made.__dict__.update(more)
    return made


def caught(work: Callable[[], Any]) -> BaseException:
    try:
        work()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def fails() -> None:
    try:
        {}[WORDS]
    except KeyError as error:
        raise ValueError(f"who is {WORDS}?") from error


def test_a_line_for_machines() -> None:
    with within("HKMQ23467RWX"):
        line = JsonLines().format(record("numbered %d", 3, route="/x/", status=200, secret=WORDS))
    assert json.loads(line) == {
        "time": "2026-03-02T08:00:00.250+00:00",
        "level": "warning",
        "logger": "orderly.worker",
        "message": "numbered 3",
        "request": "HKMQ23467RWX",
        "route": "/x/",
        "status": 200,
    }


def test_a_line_for_people() -> None:
    with within("HKMQ23467RWX"):
        line = Lines().format(record("numbered %d", 3))
    assert line.split(" ", 2)[2] == "WARNING orderly.worker numbered 3 [HKMQ23467RWX]"
    assert Lines().format(record("numbered")).endswith("numbered")


def test_of_other_peoples_messages_the_template_is_kept() -> None:
    """Theirs quote addresses, headers and values."""

    def message(text: Any, *args: Any, name: str = "uvicorn.error") -> str:
        return str(json.loads(JsonLines().format(record(text, *args, name=name)))["message"])

    assert message("process [%d] of %s", 7, WORDS) == "process [7] of …"
    assert message("%(who)s left", {"who": WORDS}) == "… left"
    assert message(f"never retrieved\nfuture: {WORDS}") == "never retrieved"
    assert message(ValueError(WORDS), name="django") == "ValueError"
    assert message(f"Invalid header: {WORDS}", name="django.security.DisallowedHost") == "a request was refused"
    assert message("%d is wrong", WORDS) == "%d is wrong"
    assert message("%s failed", ValueError(WORDS), name="orderly.worker") == "ValueError failed"


def test_an_error_is_its_kind_and_its_way() -> None:
    found = trail(caught(fails))
    here = f"  {__file__}"
    assert [line.split(":")[0] for line in found] == ["ValueError", here, here, "KeyError", here]
    for form in (Lines(), JsonLines()):
        assert "Canary" not in form.format(record("broken", error=caught(fails)))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError(WORDS), "ValueError"),
        (ValidationError(WORDS), "ValidationError"),
        (Fault("no reaction named x"), "Fault: no reaction named x"),
        (invalid(WORDS, "unknown"), "Invalid: invalid"),
        (missing("mobile"), "Invalid: missing"),
        (Forbidden("patients:view"), "Forbidden: patients:view"),
        (FileNotFoundError(2, "No such file or directory", WORDS), "FileNotFoundError: No such file or directory"),
    ],
)
def test_what_an_error_may_say(error: Exception, words: str) -> None:
    assert told(error) == words


@pytest.mark.django_db
def test_the_database_names_its_rule_and_no_value() -> None:
    """PostgreSQL's own message quotes the row."""
    make_user(None, email="canary@example.org")

    def twice() -> None:
        with transaction.atomic():
            make_user(None, email="canary@example.org")

    def too_short() -> None:
        with transaction.atomic():
            make_clinic(name=WORDS, slot_minutes=0)

    said = {
        "sqlite": (
            "IntegrityError: UNIQUE constraint failed: index 'user_email_any_case'",
            "IntegrityError: CHECK constraint failed: clinic_slot_minutes",
        ),
        "postgresql": (
            'IntegrityError: 23505 duplicate key value violates unique constraint "people_user_email_key"',
            'IntegrityError: 23514 new row for relation "clinics_clinic" violates check constraint '
            '"clinic_slot_minutes"',
        ),
    }
    assert (told(caught(twice)), told(caught(too_short))) == said[connection.vendor]


@pytest.mark.django_db
def test_of_wrong_data_the_database_says_nothing() -> None:
    def wrong() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT CAST(%s AS integer)", [WORDS])
            raise DatabaseError(WORDS)  # SQLite takes it for 0

    assert told(caught(wrong)) == {"sqlite": "DatabaseError", "postgresql": "DataError: 22P02"}[connection.vendor]
    assert Clinic.objects.count() == 0
