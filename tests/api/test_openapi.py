"""The OpenAPI document is complete: what each operation takes, answers and refuses (API-1)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from orderly.edge.routes import routes
from tests.api.client import ROOT, document

METHODS = {"get", "put", "post", "delete", "patch"}
ALWAYS = {"400", "401", "403", "404", "409", "422", "429"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


@pytest.mark.django_db
def test_it_is_public_and_what_is_served() -> None:
    response = Client().get(f"{ROOT}openapi.json")
    assert (response.status_code, response.json()) == (200, document())


def test_the_shape_of_the_document() -> None:
    found = document()
    assert found["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(found["info"])
    assert set(found["components"]["securitySchemes"]) == {"Bearer", "Session", "DisplayToken"}
    assert found["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"
    for method, path, _ in operations():
        assert method in METHODS
        assert path.startswith(ROOT)


def test_it_lists_exactly_the_operations_there_are() -> None:
    served = {
        (route.method.lower(), route.path)
        for route in routes()
        if route.path.startswith(ROOT) and route.path != f"{ROOT}openapi.json"
    }
    assert {(method, path) for method, path, _ in operations()} == served


def test_every_reference_leads_somewhere() -> None:
    schemas = document()["components"]["schemas"]
    assert {ref.removeprefix("#/components/schemas/") for ref in references(document())} - set(schemas) == set()


def test_operations_have_names_of_their_own_summaries_and_security() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    for method, path, operation in operations():
        where = f"{method} {path}"
        assert re.fullmatch(r"[a-z][a-z_]+", operation["operationId"]), where
        assert operation["summary"], where
        assert not operation["summary"].endswith("."), where
        assert operation["tags"], where
        display = [{"DisplayToken": []}] if path == f"{ROOT}queue/display" else []
        assert operation["security"] == [*display, {"Bearer": []}, {"Session": []}], where


def test_parameters_are_declared_once_and_path_parameters_always() -> None:
    for method, path, operation in operations():
        declared = [(one["in"], one["name"]) for one in operation["parameters"]]
        assert len(declared) == len(set(declared)), path
        assert {name for place, name in declared if place == "path"} == set(re.findall(r"{(\w+)}", path)), path
        assert all("schema" in one for one in operation["parameters"]), (method, path)


def test_answers_have_a_shape() -> None:
    for method, path, operation in operations():
        done = {status for status in operation["responses"] if status.startswith("2")}
        assert len(done) == 1, (method, path)
        [status] = done
        assert ("content" in operation["responses"][status]) == (status != "204"), (method, path)
        assert status in {"200", "201", "204"}


def test_every_refusal_is_documented_as_a_problem() -> None:
    for method, path, operation in operations():
        refused = {status for status in operation["responses"] if status.startswith("4")}
        wanted = ALWAYS | ({"413", "415"} if method != "get" else set())
        if any(one["name"] == "If-Match" for one in operation["parameters"]) or path.endswith("absences/apply"):
            wanted = wanted | {"412"}
        assert refused == wanted, (method, path)
        for status in refused:
            assert operation["responses"][status]["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Refusal"}}
            }


def test_writes_take_a_key() -> None:
    for method, path, operation in operations():
        takes = any(one["name"] == "Idempotency-Key" for one in operation["parameters"])
        assert takes == (method != "get" and not path.endswith(("/duplicates", "/search", "/plan", "/preview"))), (
            method,
            path,
        )


def test_the_contract_for_a_booking() -> None:
    body = document()["components"]["schemas"]["BookIn"]
    assert set(body["required"]) == {"clinic", "service", "patient", "start", "source"}
    assert body["additionalProperties"] is False
    assert set(body["properties"]) == {
        "clinic",
        "service",
        "patient",
        "start",
        "provider",
        "resources",
        "duration_minutes",
        "source",
        "visit_type",
        "referral",
        "notes",
        "hold",
        "package_purchase",
        "overbook_reason",
        "afterwards_reason",
        "tell",
    }
