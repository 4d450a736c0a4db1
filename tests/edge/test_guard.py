from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from orderly.core.errors import Forbidden, NotFound
from orderly.edge.guard import PUBLIC, SIGNED_IN, guard
from orderly.people.permissions import Role
from tests.factories import make_clinic, make_user

pytestmark = pytest.mark.django_db


def request_of(user: Any, method: str = "GET") -> HttpRequest:
    request = RequestFactory().generic(method, "/")
    request.user = user
    return request


def answer(request: HttpRequest, **kwargs: UUID) -> HttpResponse:
    return HttpResponse("done")


def outcome(view: Any, request: HttpRequest, **kwargs: UUID) -> int:
    try:
        return view(request, **kwargs).status_code
    except Http404:
        return 404
    except PermissionDenied:
        return 403


def test_in_the_clinic_that_the_address_names() -> None:
    """ACC-3, ACC-4"""
    clinic, other = make_clinic(), make_clinic()
    view = guard("patients:edit")(answer)
    desk, reader = make_user("front_desk", clinic), make_user("read_only", clinic)
    assert outcome(view, request_of(desk), clinic=clinic.pk) == 200
    assert outcome(view, request_of(desk), clinic=other.pk) == 404
    assert outcome(view, request_of(reader), clinic=clinic.pk) == 403
    assert outcome(view, request_of(make_user(Role.SUPER_ADMIN)), clinic=other.pk) == 200


def test_in_any_clinic_where_the_address_names_none() -> None:
    clinic = make_clinic()
    view = guard("patients:edit")(answer)
    assert outcome(view, request_of(make_user("front_desk", clinic))) == 200
    assert outcome(view, request_of(make_user("read_only", clinic))) == 403
    assert outcome(view, request_of(make_user(Role.SUPER_ADMIN))) == 200
    assert outcome(view, request_of(make_user(None))) == 403


def test_a_right_over_ones_own_calendar_opens_the_door() -> None:
    clinic = make_clinic()
    view = guard("schedule:manage")(answer)
    assert outcome(view, request_of(make_user("doctor", clinic)), clinic=clinic.pk) == 200
    assert outcome(view, request_of(make_user("clinical_staff", clinic)), clinic=clinic.pk) == 403


def test_what_the_view_raises() -> None:
    def missing(request: HttpRequest) -> HttpResponse:
        raise NotFound("patient")

    def forbidden(request: HttpRequest) -> HttpResponse:
        raise Forbidden("patients:erase")

    user = make_user(None)
    assert outcome(guard(SIGNED_IN)(missing), request_of(user)) == 404
    assert outcome(guard(SIGNED_IN)(forbidden), request_of(user)) == 403


def test_methods() -> None:
    view, user = guard(SIGNED_IN, "POST")(answer), make_user(None)
    assert [outcome(view, request_of(user, method)) for method in ("POST", "GET", "HEAD")] == [200, 405, 405]
    view = guard(SIGNED_IN)(answer)
    assert [outcome(view, request_of(user, method)) for method in ("POST", "GET", "HEAD")] == [405, 200, 200]


def test_only_public_ones_are_open_to_the_signed_out() -> None:
    public, closed = guard(PUBLIC)(answer), guard(SIGNED_IN)(answer)
    assert outcome(public, request_of(AnonymousUser())) == 200
    assert getattr(public, "login_required", True) is False
    assert getattr(closed, "login_required", True) is True


def test_what_a_view_needs_can_be_read_from_it() -> None:
    view: Any = guard("patients:edit", "GET", "POST")(answer)
    assert view.needs == {"GET": "patients:edit", "POST": "patients:edit"}
