"""Each request has a number and one line in the log (OPS-4)."""

import asyncio
import logging
import re
from typing import Any

import pytest
from django.test import Client, RequestFactory

from orderly.edge.tracing import KEY, TrustedProxies, reference_of
from tests.web.desk import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    found = [record for record in caplog.records if record.name == "orderly.requests"]
    names = ("method", "route", "status", "user", "clinic")
    return [{name: getattr(one, name) for name in names} for one in found]


def test_one_line_for_each_request(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """By the template of its address, never by the address."""
    caplog.set_level(logging.INFO)
    desk.get("calendar", desk.clinic.pk)
    desk.client.get("/api/v1/patients", {"clinic": str(desk.clinic.pk), "q": "Canary"})
    Client().get("/canary/where")
    Client().post("/accounts/login/", {"login": "canary@example.org", "password": "x"})
    Client().get("/healthz")
    who = {"user": desk.user.pk, "clinic": desk.clinic.pk}
    nobody = {"user": None, "clinic": None}
    assert lines(caplog) == [
        {"method": "GET", "route": "/calendar/<uuid:clinic>/", "status": 200, **who},
        {"method": "GET", "route": "/api/v1/patients", "status": 200, **who},
        {"method": "GET", "route": "nothing there", "status": 404, **nobody},
        {"method": "POST", "route": "/accounts/login/", "status": 200, **nobody},
    ]
    assert "anary" not in caplog.text


def test_the_answer_has_the_requests_number_and_nobody_chooses_it() -> None:
    answer = Client(headers={"X-Request-ID": "chosen-by-the-client"}).get("/accounts/login/")
    assert re.fullmatch(r"[234679HKMQRWXY]{12}", answer["X-Request-ID"])


@pytest.mark.parametrize(
    ("client", "given", "believed"),
    [
        ("10.0.0.1", "7f3a-0001.x_y", True),
        ("10.0.0.2", "7f3a-0001.x_y", False),
        ("10.0.0.1", "short", False),
        ("10.0.0.1", "Ann Canary, 7 Long Street", False),
    ],
)
def test_a_trusted_proxy_may_number_it(client: str, given: str, believed: bool) -> None:
    seen: list[dict[str, Any]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    headers = [(b"x-request-id", given.encode()), (b"x-forwarded-for", b"203.0.113.9")]
    scope = {"type": "http", "client": (client, 4711), "headers": headers}
    asyncio.run(TrustedProxies(application, trusted="10.0.0.1")(scope, None, None))
    assert seen[0]["client"][0] == ("203.0.113.9" if client == "10.0.0.1" else client)
    assert seen[0].get(KEY) == (given if believed else None)
    request: Any = RequestFactory().get("/")
    request.scope = seen[0]
    assert (reference_of(request) == given) is believed
