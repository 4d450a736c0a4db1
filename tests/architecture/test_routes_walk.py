"""Every route × every role × own clinic, another clinic, signed out (ACC-3, ACC-4, ACC-5).

What each answers follows from the permission the route declares and the one table of permissions. A route without a
row in `calls.py` fails.
"""

import json
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from orderly.edge.guard import PUBLIC, SIGNED_IN
from orderly.edge.routes import Route, routes
from orderly.people.models import User
from orderly.people.permissions import PERMISSIONS, Role
from tests.api.practice import Practice
from tests.architecture.calls import API, CALLS, Call
from tests.factories import NOW, make_user

pytestmark = pytest.mark.django_db

OWN, OTHER = "own clinic", "another clinic"


def test_every_route_has_a_row() -> None:
    assert sorted(CALLS) == sorted((route.method, route.path) for route in routes())


def test_every_permission_asked_for_is_in_the_table() -> None:
    assert {route.permission for route in routes()} <= {PUBLIC, SIGNED_IN, *PERMISSIONS}


def expected(route: Route, call: Call, role: Role | None, where: str) -> int:
    if route.permission == PUBLIC:
        return call.status
    if role is None:
        return 401 if route.path.startswith(API) else 302
    if route.permission == SIGNED_IN:
        return 404 if call.personal and where == OTHER else call.status
    if role == Role.SUPER_ADMIN:
        return call.status
    if where == OTHER or role == Role.PATIENT:  # a patient belongs to no clinic here: the portal has rules of its own
        return 404
    return call.status if role in PERMISSIONS[route.permission] else 403


@pytest.mark.parametrize("route", routes(), ids=lambda route: f"{route.method} {route.path}")
def test_walk(route: Route) -> None:
    with time_machine.travel(NOW, tick=False):
        practices = {OWN: Practice(), OTHER: Practice()}
        found, wanted = {}, {}
        for role in (*Role, None):
            user = make_user(role, practices[OWN].clinic) if role else None
            client = Client()
            if user is not None:
                client.force_login(user)
            for where, practice in practices.items():
                call, status = answer(route, client, practice, user if where == OWN else None)
                found[role, where], wanted[role, where] = status, expected(route, call, role, where)
        assert found == wanted


def answer(route: Route, client: Client, practice: Practice, user: User | None) -> tuple[Call, int]:
    """The call that was made and the status of its answer; what was written is undone."""
    with transaction.atomic():
        call = CALLS[route.method, route.path](practice, user)
        body: Any = b"" if call.body is None else json.dumps(call.body)
        response = client.generic(route.method, call.path, body, "application/json")
        transaction.set_rollback(True)
    return call, response.status_code
