"""Every socket × every role × own clinic, another clinic, signed out (ACC-3, ACC-4, API-3)."""

from collections.abc import Callable

import pytest
from django.test import Client

from orderly.edge.routes import Route
from orderly.live.audiences import METHOD, SOCKETS
from orderly.live.codes import Code
from orderly.people.actions import create_token
from orderly.people.permissions import PERMISSIONS, Role
from orderly.people.queries import actor_for
from tests.api.practice import Practice
from tests.factories import NOW, make_user
from tests.live.visit import visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

OWN, OTHER = "own clinic", "another clinic"
PATHS: dict[str, Callable[[Practice], str]] = {
    "/ws/clinics/{clinic}": lambda at: f"/ws/clinics/{at.clinic.pk}",
    "/ws/providers/{provider}": lambda at: f"/ws/providers/{at.provider.pk}",
}


def test_every_socket_is_walked() -> None:
    assert [(route.path, route.method) for route in SOCKETS] == [(path, METHOD) for path in PATHS]


def expected(route: Route, role: Role | None, where: str) -> int:
    if role is None:
        return Code.SIGNED_OUT
    if role == Role.SUPER_ADMIN:
        return 0
    if role == Role.PATIENT or where == OTHER:
        return Code.NOT_FOUND
    return 0 if role in PERMISSIONS[route.permission] else Code.FORBIDDEN


@pytest.mark.parametrize("route", SOCKETS, ids=lambda route: route.path)
def test_walk(route: Route, settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    practices = {OWN: Practice(), OTHER: Practice()}
    found, wanted = {}, {}
    for role in (*Role, None):
        user = make_user(role, practices[OWN].clinic) if role else None
        client, token = Client(), ""
        if user is not None:
            client.force_login(user)
            _, token = create_token("x", clinic=None, permissions=None, expires_at=None, actor=actor_for(user), now=NOW)
        for where, practice in practices.items():
            path = PATHS[route.path](practice)
            found[role, where] = [visit(path, client=client).get("code", 0), visit(path, token=token).get("code", 0)]
            wanted[role, where] = [expected(route, role, where)] * 2
    assert found == wanted
