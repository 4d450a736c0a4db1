"""Every route × every role × own clinic, another clinic, signed out (ACC-3, ACC-4, ACC-5).

What each answers follows from the permission that the route declares and the one table of permissions. A route
without a row in `calls` fails.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils.http import urlencode

from orderly.edge.guard import OPERATOR, PUBLIC, SIGNED_IN, SUPPORT
from orderly.edge.routes import Route, routes
from orderly.people.models import User
from orderly.people.permissions import PERMISSIONS, Role
from tests.api.practice import Practice
from tests.architecture.calls import CALLS, Call
from tests.architecture.calls.admin import ADMIN
from tests.architecture.calls.made import API
from tests.factories import NOW, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OWN, OTHER = "own clinic", "another clinic"
LIBRARYS = "/accounts/"  # signing in and out, which the library guards itself
OURS = [route for route in routes() if not route.path.startswith(LIBRARYS)]


def test_every_route_has_a_row() -> None:
    assert sorted(CALLS) == sorted((route.method, route.path) for route in OURS)


def test_of_the_librarys_pages_only_those_for_signing_in_are_open() -> None:
    """ACC-5: none opens an account or changes an address. The second factor is asked for between password and entry."""
    theirs = {route.path for route in routes() if route.path.startswith(LIBRARYS) and route.permission == PUBLIC}
    link, pages = "forgotten/{uidb36}-{key}", ("login", "logout", "second-factor")
    assert theirs == {f"/accounts/{page}/" for page in (*pages, "forgotten", "forgotten/asked", "forgotten/done", link)}


def test_whoever_is_signed_out_has_no_account_to_look_at() -> None:
    """ACC-5"""
    own = [route for route in routes() if route.path.startswith(LIBRARYS) and route.permission == SIGNED_IN]
    assert len(own) > 10
    for route in own:
        answer = Client().generic(route.method, route.path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/"), route


def test_every_permission_asked_for_is_in_the_table() -> None:
    assert {route.permission for route in routes()} <= {PUBLIC, OPERATOR, SIGNED_IN, SUPPORT, *PERMISSIONS}


def expected(route: Route, call: Call, role: Role | None, where: str) -> int:
    if route.permission in (PUBLIC, OPERATOR):  # everybody here comes from this machine
        return call.status
    if role is None:
        return 401 if route.path.startswith(API) else 302
    if route.permission == SUPPORT:
        return call.nowhere if role == Role.PATIENT else call.status
    if route.permission == SIGNED_IN:
        if role == Role.PATIENT and call.nowhere == 200:
            return 200
        if role == Role.SUPER_ADMIN and call.several is not None:
            return call.several
        return 404 if call.personal and where == OTHER else call.status
    if call.personal and where == OTHER:
        return 404
    if role == Role.SUPER_ADMIN:
        return call.status
    may = role in (PERMISSIONS[route.permission] if call.by is None else call.by)
    if not call.bound:
        return call.status if may else 403
    if asks_anywhere_first(route) and not may:
        return 403
    if role == Role.PATIENT:  # belongs to no clinic: the portal has rules of its own
        return call.nowhere
    if where == OTHER:
        return 404
    return call.status if may else 403


def asks_anywhere_first(route: Route) -> bool:
    """A screen whose address names no clinic turns those away who hold the right in none, whatever it is about."""
    return not route.path.startswith(API) and "{clinic}" not in route.path


@pytest.mark.parametrize("route", OURS, ids=lambda route: f"{route.method} {route.path}")
def test_walk(route: Route) -> None:
    row = CALLS[route.method, route.path]
    with time_machine.travel(NOW, tick=False):
        practices = {OWN: Practice(), OTHER: Practice()}
        staff = route.path.startswith(ADMIN)
        visitors = [(role, *visitor(role, practices[OWN], is_staff=staff)) for role in (*Role, None)]
        found, wanted = {}, {}
        for where, practice in practices.items():
            with undone():
                common = row(practice, None)
                for role, client, user in visitors:
                    with undone():
                        call = row(practice, user) if common.personal and where == OWN else common
                        found[role, where] = client.generic(route.method, call.path, *content(call)).status_code
                    wanted[role, where] = expected(route, call, role, where)
        assert found == wanted


def visitor(role: Role | None, practice: Practice, **more: bool) -> tuple[Client, User | None]:
    client, user = Client(), make_user(role, practice.clinic, **more) if role else None
    if user is not None:
        client.force_login(user)
    return client, user


@contextmanager
def undone() -> Iterator[None]:
    """What is written within is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def content(call: Call) -> tuple[Any, str]:
    if call.form is not None:
        return urlencode(call.form, doseq=True), FORM
    if isinstance(call.body, bytes):
        return call.body, "application/octet-stream"
    return b"" if call.body is None else json.dumps(call.body), "application/json"


FORM = "application/x-www-form-urlencoded"
