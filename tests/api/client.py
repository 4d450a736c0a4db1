"""A program that calls the API with a token, and checks each answer's status against the OpenAPI document."""

import json
import re
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils.http import urlencode

from orderly.api.root import api
from orderly.people.actions import create_token
from orderly.people.models import User
from orderly.people.queries import actor_for
from tests.factories import NOW, make_user

ROOT = "/api/v1/"


@cache
def document() -> dict[str, Any]:
    return json.loads(json.dumps(api.get_openapi_schema()))


@cache
def operation(method: str, path: str) -> dict[str, Any] | None:
    for template, operations in document()["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in operations:
            return operations[method.lower()]
    return None


def make_token(user: User) -> str:
    actor = actor_for(user)
    return create_token("test", clinic=None, permissions=None, expires_at=None, actor=actor, now=NOW)[1]


class Caller:
    """Of a user with one role in a clinic, unless told whose; None is nobody."""

    def __init__(self, clinic: Any = None, role: str | None = "front_desk", *, user: User | None = None) -> None:
        self.user = user or (make_user(role, clinic) if role else None)
        self.secret = make_token(self.user) if self.user else None
        self._client = Client(raise_request_exception=True)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """`path` without /api/v1/; `body` is sent as JSON unless it is bytes; `if_match=` becomes If-Match."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret:
            sent.setdefault("authorization", f"Bearer {self.secret}")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        response = self._client.generic(method, ROOT + path, data, "application/json", headers=sent)
        self._check(method, path, response)
        return response

    def _check(self, method: str, path: str, response: HttpResponse) -> None:
        known = operation(method, ROOT + path.split("?")[0])
        if known is not None:
            assert str(response.status_code) in known["responses"], (method, path, response.content)
        if response.status_code >= 400:
            assert response["Content-Type"] == "application/problem+json"
            assert set(response.json()) - {"alternatives"} == {
                "type",
                "title",
                "status",
                "detail",
                "problems",
            }

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.call("GET", f"{path}?{urlencode(query, doseq=True)}" if query else path)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.call("POST", path, {} if body is None else body, **headers)


def said(response: HttpResponse) -> tuple[int, list[tuple[str, str | None]]]:
    """Status, and code and field of each problem."""
    return response.status_code, [(one["code"], one.get("field")) for one in response.json()["problems"]]
