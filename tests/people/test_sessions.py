"""ACC-8: what ends a session, seen by those who look without a request (`session_users`) and by the next request."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orderly.core.clock import now
from orderly.people.models import User
from orderly.people.queries import session_users
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def key_of(client: Client) -> str:
    return str(client.session.session_key)


def user_of(key: str) -> User | None:
    return session_users([key], now=now()).get(key)


def test_a_session_is_its_user(client: Client, user: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    key = key_of(client)
    with django_assert_num_queries(2):
        assert user_of(key) == user
    others = [Client() for _ in range(3)]
    for other in others:
        other.force_login(make_user(role=None))
    with django_assert_num_queries(2):
        assert len(session_users([key, "gone", *map(key_of, others)], now=now())) == 4


def change_password(user: User) -> None:
    user.set_password("another horse")
    user.save()


ENDS: dict[str, Callable[[Client, User], object]] = {
    "signed out": lambda client, user: client.logout(),
    "expired": lambda client, user: Session.objects.update(expire_date=now() - timedelta(seconds=1)),
    "another password": lambda client, user: change_password(user),
    "deactivated": lambda client, user: User.objects.update(is_active=False),
    "ended": lambda client, user: User.objects.filter(pk=user.pk).update(epoch=F("epoch") + 1),
    "the user is gone": lambda client, user: user.delete(),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_it_ends_at_once(end: Callable[[Client, User], object], client: Client, user: User) -> None:
    """ACC-8"""
    key = key_of(client)
    end(client, user)
    assert user_of(key) is None
    again = Client()
    again.cookies["sessionid"] = key
    assert again.get("/")["Location"] == "/accounts/login/?next=/"


@pytest.mark.parametrize("key", ["", "never-given-out", "a" * 32])
def test_what_is_no_session(key: str, db: None) -> None:
    assert user_of(key) is None


def test_a_session_of_nobody_signs_nobody_in(db: None) -> None:
    visitor = Client()
    visitor.session.save()
    session = visitor.session
    session["_auth_user_id"] = "7"
    session.save()
    assert user_of(str(session.session_key)) is None


def test_somebody_elses_sessions_go_on(client: Client, user: User) -> None:
    other = Client()
    other.force_login(make_user(role=None))
    User.objects.filter(pk=user.pk).update(epoch=1)
    assert (user_of(key_of(other)) is None, user_of(key_of(client)) is None) == (False, True)
