"""How often somebody may ask (ACC-5, API-1)."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client, RequestFactory

from orderly.core import shared
from orderly.core.errors import TooOften
from orderly.edge import limits
from orderly.edge.limits import INVITATION, PUBLIC_WRITE, REGISTRATION, SEARCH, SIGN_IN, Limit, site_of, take
from orderly.patients.models import Patient
from orderly.people.models import Invitation
from tests.api.client import Caller
from tests.api.practice import Practice
from tests.factories import NOW, make_clinic, make_user
from tests.live.servers import OwnRedis, own_redis

pytestmark = pytest.mark.django_db

TWO = Limit("two", 2)


@pytest.fixture(autouse=True)
def _on(settings: Any) -> Iterator[None]:
    settings.RATE_LIMITS = True
    limits._own.cache_clear()
    shared._failed_at.clear()
    with time_machine.travel(NOW, tick=False):
        yield


def request_from(address: str, user: Any = None) -> Any:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.user = user or make_user(None)
    return request


def refused(limit: Limit, request: Any) -> int | None:
    """Seconds to wait, None where it was let through."""
    try:
        take(limit, request)
    except TooOften as error:
        return error.wait
    return None


def test_so_many_in_any_minute() -> None:
    request = request_from("192.0.2.1")
    found = []
    for seconds in (0, 30, 45, 61, 80, 91):
        with time_machine.travel(NOW.timestamp() + seconds, tick=False):
            found.append(refused(TWO, request))
    assert found == [None, None, 16, None, 11, None]


def test_each_address_has_its_own_and_an_ipv6_network_one() -> None:
    for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"):
        assert [refused(TWO, request_from(address)) for _ in range(2)] == [None, None]
    assert refused(TWO, request_from("2001:db8::ffff:2")) == 61
    assert refused(TWO, request_from("::ffff:192.0.2.1")) == 61


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_what_counts_as_one_address(address: str, site: str) -> None:
    assert site_of(address) == site


def test_users_of_one_address_dont_use_up_each_others() -> None:
    first, second = make_user(None), make_user(None)
    each = Limit("each", 1, each=True)
    assert [refused(each, request_from("192.0.2.1", one)) for one in (first, second, first)] == [None, None, 61]


def test_headers_make_no_other_address() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "198.51.100.1"})
    for _ in range(2):
        take(TWO, request)
    assert refused(TWO, request_from("192.0.2.1")) == 61


def test_they_can_be_turned_off(settings: Any) -> None:
    settings.RATE_LIMITS = False
    assert [refused(TWO, request_from("192.0.2.1")) for _ in range(5)] == [None] * 5


def test_registering_through_the_api() -> None:
    practice = Practice()
    body = {
        "clinic": str(practice.clinic.pk),
        "first_name": "A",
        "last_name": "B",
        "birth_date": "1990-01-01",
        "gender": "other",
        "mobile": "+998901234567",
    }
    before = Patient.objects.count()
    found = [practice.desk.post("patients", body).status_code for _ in range(REGISTRATION.per_minute)]
    assert found == [201] * REGISTRATION.per_minute
    answer = practice.desk.post("patients", body)
    assert (answer.status_code, answer["Retry-After"], answer.json()) == (
        429,
        "61",
        {
            "type": "about:blank",
            "title": "Too Many Requests",
            "status": 429,
            "detail": "That is too often. Please try again in 61 seconds.",
            "problems": [{"code": "too_often", "message": "That is too often. Please try again in 61 seconds."}],
        },
    )
    assert Patient.objects.count() == before + REGISTRATION.per_minute
    assert Caller(practice.clinic).post("patients", body).status_code == 201
    assert practice.desk.get("patients").status_code == 200


def test_inviting() -> None:
    """Each is a mail to an address that anybody may have typed: through the API and on the screens, the first time and
    again.
    """
    clinic = make_clinic()
    admin, client = Caller(clinic, "clinic_admin"), Client()
    body = {"clinic": str(clinic.pk), "email": "n@example.org", "role": "doctor"}
    one = f"invitations/{admin.post('invitations', body).json()['id']}/resend"
    found = [admin.post(one).status_code for _ in range(INVITATION.per_minute)]
    assert found == [200] * (INVITATION.per_minute - 1) + [429]
    assert admin.post("invitations", body).status_code == 429
    client.force_login(admin.user)
    form = {"email": "m@example.org", "role": "doctor", "language": "en"}
    again = client.post(f"/team/{clinic.pk}/{one}")
    first = client.post(f"/team/{clinic.pk}/invite/send", form)
    assert (again.status_code, first.status_code) == (429, 429)
    assert "m@example.org" in first.content.decode()
    assert Invitation.objects.count() == 1


def test_searching_through_the_api() -> None:
    practice = Practice()
    for nth in range(SEARCH.per_minute):
        path = ("patients", "appointments?q=a")[nth % 2]
        assert practice.desk.call("GET", path).status_code == 200
    assert practice.desk.get("patients", q="a").status_code == 429
    assert practice.desk.get("appointments", q="a").status_code == 429
    assert practice.desk.post("patients/duplicates", {"clinic": str(practice.clinic.pk)}).status_code == 429
    assert practice.desk.get("appointments").status_code == 200


def test_wrong_tokens_and_a_right_one_among_them() -> None:
    practice, stranger = Practice(), Caller(None, None)
    found = [stranger.call("GET", "me", authorization="Bearer ord_wrong").status_code for _ in range(11)]
    assert found == [401] * 10 + [429]
    assert practice.desk.get("me").status_code == 200
    assert stranger.call("GET", "me").status_code == 401


def test_signing_in() -> None:
    user = make_user("front_desk", make_clinic())
    client, form = Client(), {"login": user.email, "password": "wrong"}
    caches["default"].clear()
    tries = [client.post("/accounts/login/", {**form, "login": f"{n}@example.org"}) for n in range(SIGN_IN.per_minute)]
    assert [one.status_code for one in tries] == [200] * SIGN_IN.per_minute
    answer = client.post("/accounts/login/", {**form, "password": "correct horse"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "61")
    assert "One moment, please" in answer.content.decode()
    assert "That is too often. Please try again in 61 seconds." in answer.content.decode()
    assert client.get("/accounts/login/").status_code == 200
    with time_machine.travel(NOW.timestamp() + 61, tick=False):
        assert client.post("/accounts/login/", {**form, "password": "correct horse"}).status_code == 302


def test_public_pages_that_are_sent_something() -> None:
    client = Client()
    sent = [client.post("/language/", {"language": "en"}).status_code for _ in range(PUBLIC_WRITE.per_minute + 1)]
    assert sent == [302] * PUBLIC_WRITE.per_minute + [429]


def test_the_screens_say_so_in_their_place() -> None:
    practice, client = Practice(), Client(headers={"HX-Request": "true"})
    client.force_login(practice.desk.user)
    root = f"/patients/{practice.clinic.pk}"
    form = {"first_name": "A", "last_name": "B", "birth_date": "1990-01-01", "gender": "other", "anyway": "1"}
    for nth in range(REGISTRATION.per_minute):
        assert client.post(f"{root}/register", {**form, "mobile": f"+99890123456{nth}"}).status_code == 200
    answer = client.post(f"{root}/register", {**form, "mobile": "+998901234567"})
    assert answer.status_code == 429
    assert "That is too often. Please try again in 61 seconds." in answer.content.decode()
    assert 'value="+998901234567"' in answer.content.decode()
    for _ in range(SEARCH.per_minute - REGISTRATION.per_minute - 1):
        assert client.post(f"{root}/search", {"q": "a"}).status_code == 200
    answer = client.post(f"{root}/search", {"q": "a"})
    assert (answer.status_code, "That is too often" in answer.content.decode()) == (429, True)


@pytest.fixture
def redis() -> Iterator[OwnRedis]:
    with own_redis() as started:
        yield started


def test_processes_count_together_in_redis_and_alone_without_it(
    settings: Any, redis: OwnRedis, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = redis.url
    request = request_from("192.0.2.1")
    assert [refused(TWO, request) for _ in range(2)] == [None, None]
    limits._own.cache_clear()  # as another process would have it
    limits._common.cache_clear()
    assert refused(TWO, request) == 61
    cache = shared.SharedCache(settings.REDIS_URL, {})
    cache.set("kept", 1)
    redis.kill()
    with caplog.at_level(logging.WARNING):
        assert [refused(TWO, request) for _ in range(3)] == [None, None, 61]
        assert (cache.get("kept"), cache.add("a", 2), cache.get("a"), cache.delete("a")) == (None, True, 2, True)
        cache.set("b", 3)
        with time_machine.travel(NOW.timestamp() + shared.REST, tick=False):
            assert refused(TWO, request) == 51
    assert [one.message.split(";")[0] for one in caplog.records] == ["Redis can't be reached"]
    assert json.dumps(cache.get("b")) == "3"
