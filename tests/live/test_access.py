"""ACC-4, ACC-5: who is let in, and which pages may use somebody's session."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orderly.core.clock import now
from orderly.live.access import Key, from_elsewhere, judge, key_of
from orderly.live.audiences import Audience, Kind
from orderly.people.queries import digest
from tests.api.client import make_token
from tests.factories import make_clinic, make_provider, make_user

COOKIE = {"cookie": "theme=dark; sessionid=abc", "host": "desk.example.org:8443"}


@pytest.fixture(autouse=True)
def _served(settings) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE = ["desk.example.org"], False
    settings.PUBLIC_URL = "https://orderly.example.org"


def test_a_token_is_what_counts_where_both_are_shown() -> None:
    assert key_of({"authorization": "Bearer  ord_x", **COOKIE}) == Key(token=digest("ord_x"))
    assert key_of({"authorization": "bearer", **COOKIE}) == key_of(COOKIE) == Key(session="abc")
    assert key_of({}) == Key()


def test_a_key_is_never_shown() -> None:
    assert repr(Key(token="ord_x", session="abc")) == "Key()"


@pytest.mark.parametrize(
    ("origin", "secure", "refused"),
    [
        ("http://desk.example.org:8443", False, False),
        ("https://Desk.example.org:8443", True, False),
        ("https://orderly.example.org", True, False),  # what users type, where a proxy asks under another name
        ("http://desk.example.org:8443", True, True),
        ("https://desk.example.org", True, True),  # another port is another site
        ("https://evil.example.org", False, True),
        ("https://desk.example.org:8443.evil.example.org", False, True),
        ("null", False, True),
        ("", False, True),
    ],
)
def test_only_our_own_pages_may_use_a_session(origin: str, secure: bool, refused: bool, settings) -> None:
    settings.SECURE = secure
    headers = {**COOKIE, "origin": origin}
    assert from_elsewhere(key_of(headers), headers) is refused


def test_a_host_that_is_not_served_makes_no_page_ours() -> None:
    headers = {**COOKIE, "host": "evil.example.org", "origin": "http://evil.example.org"}
    assert from_elsewhere(key_of(headers), headers)


def test_programs_come_from_anywhere() -> None:
    headers = {"authorization": "Bearer ord_x", "origin": "https://elsewhere.example.org", **COOKIE}
    assert not from_elsewhere(key_of(headers), headers)
    assert not from_elsewhere(Key(), {"origin": "https://elsewhere.example.org"})


@pytest.mark.django_db
def test_asking_for_many_costs_as_much_as_for_few(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    """OPS-5: they are all asked about every two seconds."""
    for many in (1, 3):
        pairs, wanted = [], []
        for _ in range(many):
            clinic = make_clinic()
            provider = make_provider(clinic)
            browser = Client()
            browser.force_login(make_user("doctor", clinic))
            for key in (Key(token=digest(make_token(make_user("front_desk", clinic)))), key_in(browser)):
                pairs += [(key, Audience(Kind.CLINIC, clinic.pk)), (key, Audience(Kind.PROVIDER, provider.pk))]
                wanted += [frozenset({clinic.pk})] * 2
        with django_assert_max_num_queries(9):
            assert list(judge(pairs, now=now()).values()) == wanted


def key_in(browser: Client) -> Key:
    return key_of({"cookie": f"sessionid={browser.session.session_key}"})
