"""Whatever is sent to any operation: a documented answer of the documented shape, never a fault (API-1, ACC-5).

Requests are made up from the OpenAPI document by schemathesis, half of them from scratch, half from a call that works
with one thing changed. The same ones every time; `ORDERLY_FUZZ` sets how many for each operation (`make bench`).
"""

import copy
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import schemathesis
import time_machine
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS, load_all_checks, negative_data_rejection, positive_data_acceptance

from tests.api.client import Caller, document
from tests.api.organisation import Organisation, with_ids
from tests.architecture.calls import CALLS, Call
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(900)]

LONG = "ORDERLY_FUZZ" in os.environ
EACH = int(os.environ.get("ORDERLY_FUZZ", "12" if connection.vendor == "sqlite" else "6"))
ROLES = ("super_admin", "clinic_admin", "front_desk", "read_only")


class Application(WSGIHandler):
    """Django, inside the test's own transaction."""

    def __call__(self, *given: Any) -> Any:
        for signal in (signals.request_started, signals.request_finished):
            signal.disconnect(close_old_connections)
        return super().__call__(*given)


def made_schema() -> Any:
    found = schemathesis.openapi.from_dict(copy.deepcopy(document()))
    found.app = Application()
    # Hundreds of fixed cases for each operation are for the long run.
    found.config.phases.coverage.enabled = LONG
    found.config.generation.with_security_parameters = False  # the roles' tokens are what is sent
    return found


load_all_checks()
SKIPPED = [positive_data_acceptance]  # what only rules refuse (a currency that there isn't) is a 422 too
schema = made_schema()


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def organisation(django_db_setup: None, django_db_blocker: Any) -> Iterator[Organisation]:
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), undone():
        yield Organisation()


@pytest.fixture
def caller(organisation: Organisation) -> Iterator[Any]:
    """By operation and role, whoever calls; what they write is gone afterwards."""
    with undone():
        clinic = organisation.practice.clinic
        yield {role: Caller(clinic, role) for role in ROLES}


@schema.parametrize()
@settings(
    max_examples=EACH,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation(case: Any, organisation: Organisation, caller: dict[str, Caller]) -> None:
    number = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode())
    fill(case, organisation)
    skipped = SKIPPED
    if number % 2:
        start_from_one_that_works(case, organisation, number // 2)
        skipped = [*SKIPPED, negative_data_rejection]  # what was wrong with it may be gone
    who = caller[ROLES[number // 7 % len(ROLES)] if number % 3 == 0 else "super_admin"]
    with undone():
        case.call_and_validate(headers={"Authorization": f"Bearer {who.secret}"}, excluded_checks=skipped)
        assert connection.is_usable()


def fill(case: Any, organisation: Organisation) -> None:
    """Real ids for made-up ones."""
    case.path_parameters = with_ids(case.path_parameters or {}, organisation.ids)
    case.query = with_ids(case.query or {}, organisation.ids)
    if isinstance(case.body, dict | list):
        case.body = with_ids(case.body, organisation.ids)


def start_from_one_that_works(case: Any, organisation: Organisation, number: int) -> None:
    """The example call with one parameter or field as it was made up."""
    call = organisation.example(case.method, case.path)
    if call is None:
        return
    path, query = parts(case.path, call)
    body = call.body if isinstance(call.body, dict) else {}
    made = case.body if isinstance(case.body, dict) else {}
    changed = sorted([("query", name) for name in case.query] + [("body", name) for name in made], key=repr)
    case.path_parameters = path
    where, name = changed[number % len(changed)] if changed else ("", "")
    case.query = {**query, **({name: case.query[name]} if where == "query" else {})}
    if isinstance(call.body, dict):
        case.body = {**body, **({name: made[name]} if where == "body" else {})}
    for header in ("If-Match", "Idempotency-Key"):
        (case.headers or {}).pop(header, None)


def parts(template: str, call: Call) -> tuple[dict[str, str], dict[str, Any]]:
    """Path parameters and query of a call."""
    split = urlsplit(call.path)
    found = re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)), split.path)
    assert found is not None, (template, call.path)
    return found.groupdict(), dict(parse_qsl(split.query, keep_blank_values=True))


def test_every_operation_is_tried_with_an_example() -> None:
    tried = {(op.ok().method.upper(), op.ok().path) for op in schema.get_all_operations()}
    assert {(method, path) for method, path in tried if (method, path) not in CALLS} == set()
    assert {check.__name__ for check in CHECKS.get_all()} >= {
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "ignored_auth",
        "unsupported_method",
    }
