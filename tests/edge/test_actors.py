import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from orderly.edge.actors import actor_of, address_of, now_of
from orderly.journal.actor import Actor
from orderly.people.actions import create_token
from orderly.people.queries import actor_for
from tests.factories import NOW, make_clinic, make_user

pytestmark = pytest.mark.django_db


def request_by(user: object, **headers: str) -> object:
    request = RequestFactory().get("/", headers=headers)
    request.user = user
    return request


def test_the_signed_in_user_from_their_address() -> None:
    user = make_user("front_desk", make_clinic())
    assert actor_of(request_by(user)) == actor_for(user, address="127.0.0.1")


def test_the_bearer_comes_before_the_session() -> None:
    clinic = make_clinic()
    user = make_user("front_desk", clinic)
    rights = ["booking:view_calendar"]
    _, secret = create_token("x", clinic=None, permissions=rights, expires_at=None, actor=actor_for(user), now=NOW)
    with time_machine.travel(NOW):
        found = actor_of(request_by(make_user("billing", clinic), authorization=f"Bearer {secret}"))
    assert found == Actor(user=user.pk, address="127.0.0.1", rights={clinic.pk: frozenset(rights)})


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "bearer"])
def test_a_bad_token_is_nobody_signed_in_or_not(header: str) -> None:
    user = make_user("front_desk", make_clinic())
    expected = user.pk if header == "bearer" else None  # that shows no token at all
    assert actor_of(request_by(user, authorization=header)).user == expected


def test_the_signed_out_are_nobody() -> None:
    assert actor_of(request_by(AnonymousUser())) == Actor(user=None, address="127.0.0.1")


def test_asked_once_for_each_request(django_assert_num_queries) -> None:
    request = request_by(make_user("front_desk", make_clinic()))
    actor_of(request)
    with django_assert_num_queries(0):
        actor_of(request)


def test_time_stands_still_within_a_request() -> None:
    request = request_by(AnonymousUser())
    with time_machine.travel(NOW) as clock:
        first = now_of(request)
        clock.shift(60)
        assert now_of(request) == first
        assert now_of(request_by(AnonymousUser())) > first


def test_an_address_fits_its_column() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="x" * 100)
    assert address_of(request) == "x" * 45
    del request.META["REMOTE_ADDR"]
    assert address_of(request) == ""
