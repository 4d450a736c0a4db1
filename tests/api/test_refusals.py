"""What every operation answers when it can't do what was asked (API-1, ACC-5)."""

import gzip
import json
import logging

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from orderly.api.refusals import NotAll, not_all, together
from orderly.appointments.models import Appointment
from orderly.core.errors import CannotBookAll
from orderly.engine.problems import Code, Problem
from orderly.engine.walltime import to_minute
from orderly.people.models import ApiToken
from orderly.people.permissions import Role
from orderly.people.queries import digest
from tests.api.client import ROOT, Caller, said
from tests.api.practice import Practice
from tests.factories import MONDAY, NOW, make_clinic, make_provider, make_user

pytestmark = pytest.mark.django_db


def test_signed_out() -> None:
    response = Caller(None, None).get("me")
    assert response.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Sign in, or send a valid token.",
        "problems": [],
    }
    assert response["WWW-Authenticate"] == 'Bearer realm="orderly"'


def test_of_several_each_is_named_and_its_times_are_the_clinics() -> None:
    """API-1: whichever of the verbs for several it was."""
    doctor = make_provider(make_clinic(), name="Smith")
    start = to_minute("Europe/Berlin", MONDAY, 9 * 60)
    busy = Problem(Code.PROVIDER_BUSY, "provider", doctor.resource_id, (start, start + 30))
    with pytest.raises(NotAll) as refused, together("moves", "Europe/Berlin"):
        raise CannotBookAll({2: (busy,)})
    [problem] = json.loads(not_all(RequestFactory().post("/"), refused.value).content)["problems"]
    assert problem["field"] == "moves.2.provider"
    assert "09:00–09:30" in problem["message"]


@pytest.mark.parametrize("header", ["Bearer ord_wrong", "Bearer", "bearer ", "Bearer a\0b", "Basic YTpi", "é"])
def test_a_token_that_is_none(header: str) -> None:
    assert said(Caller(None, None).call("GET", "me", authorization=header)) == (401, [])


def test_a_bad_token_is_not_mended_by_a_session() -> None:
    client = Client(headers={"authorization": "Bearer ord_wrong"})
    client.force_login(make_user("front_desk", make_clinic()))
    response = client.get(f"{ROOT}me")
    assert said(response) == (401, [])
    assert response["WWW-Authenticate"] == 'Bearer realm="orderly", error="invalid_token"'


def test_tokens_that_have_ended() -> None:
    """ACC-6, ACC-8: expired, revoked, or of somebody deactivated."""
    desk = Caller(make_clinic())
    token = ApiToken.objects.filter(digest=digest(desk.secret))
    for ended in ({"expires_at": NOW}, {"revoked_at": NOW}):
        token.update(**ended)
        assert said(desk.get("me")) == (401, [])
        token.update(expires_at=None, revoked_at=None)
    assert desk.get("me").status_code == 200
    desk.user.is_active = False
    desk.user.save()
    assert said(desk.get("me")) == (401, [])


def test_a_session_needs_the_csrf_token_to_write() -> None:
    practice = Practice()
    client = Client(enforce_csrf_checks=True)
    client.force_login(practice.desk.user)
    body = json.dumps(practice.body())
    assert client.get(f"{ROOT}appointments").status_code == 200
    assert said(client.post(f"{ROOT}appointments", body, "application/json")) == (403, [])
    assert said(client.post(f"{ROOT}appointments", {"clinic": "x"})) == (403, [])
    client.cookies["csrftoken"] = "a" * 32
    headers = {"x-csrftoken": "a" * 32}
    response = client.post(f"{ROOT}appointments", body, "application/json", headers=headers)
    assert response.status_code == 201


def test_signed_out_writes_are_401_not_a_csrf_error() -> None:
    client = Client(enforce_csrf_checks=True)
    assert said(client.post(f"{ROOT}appointments", "{}", "application/json")) == (401, [])


@pytest.mark.parametrize("path", ["", "nothing", "appointments/", "appointments/7", "appointments/%00", "patients/x/y"])
def test_no_such_address(path: str) -> None:
    response = Caller(make_clinic()).get(path)
    assert response.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing here, or it isn't yours.",
        "problems": [],
    }


def test_the_wrong_method() -> None:
    response = Caller(make_clinic()).call("DELETE", "appointments")
    assert said(response) == (405, [])
    assert sorted(response["Allow"].split(", ")) == ["GET", "HEAD", "POST"]


def test_the_right_is_named() -> None:
    practice = Practice()
    response = Caller(practice.clinic, Role.READ_ONLY).post("appointments", practice.body())
    assert response.json()["detail"] == "You don't have the right to do this here: booking:create_appointment."


@pytest.mark.parametrize(
    "body",
    [b"{", b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"\xff\xfe{}", b"9" * 5000],
)
def test_unreadable(body: bytes) -> None:
    response = Caller(make_clinic()).call("POST", "appointments", body)
    assert said(response) == (400, [])
    assert response.json()["detail"] == "The request can't be read."


def test_forms_are_unreadable() -> None:
    client = Client(headers={"authorization": f"Bearer {Caller(make_clinic()).secret}"})
    assert said(client.post(f"{ROOT}appointments", {"clinic": "x"})) == (400, [])


def test_too_large() -> None:
    response = Caller(make_clinic()).call("POST", "appointments", b" " * (1024 * 1024 + 1))
    assert said(response) == (413, [])


def test_too_many_values() -> None:
    body = json.dumps({"resources": ["x"] * 4002}).encode()
    assert said(Caller(make_clinic()).call("POST", "appointments", body)) == (413, [])


def test_more_is_wrong_than_anybody_reads() -> None:
    problems = Caller(make_clinic()).post("appointments", {f"key{n}": 1 for n in range(200)}).json()["problems"]
    assert len(problems) == 100


def test_answers_are_kept_by_nobody() -> None:
    for path in ("me", "nothing"):
        assert Caller(make_clinic()).get(path)["Cache-Control"] == "no-store"


def test_too_many_parameters() -> None:
    query = "&".join(f"a{number}=1" for number in range(1001))
    assert said(Caller(make_clinic()).get(f"appointments?{query}")) == (400, [])


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"1"])
def test_not_an_object(body: bytes) -> None:
    assert said(Caller(make_clinic()).call("POST", "appointments", body))[0] == 422


@pytest.mark.parametrize(
    "body",
    [b"NaN", b'{"a": Infinity}', b'{"a": 1, "a": 1}', b'[{"b": {"a": 1, "a": 2}}]', b"{", b"{'a': 1}", b"\x1f\x8b\x08"],
)
def test_not_json(body: bytes) -> None:
    assert said(Caller(make_clinic()).call("POST", "appointments", body)) == (400, [])


def test_a_compressed_body() -> None:
    practice = Practice()
    body = gzip.compress(json.dumps(practice.body()).encode())
    assert said(practice.desk.call("POST", "appointments", body, content_encoding="gzip")) == (415, [])
    assert practice.desk.post("appointments", practice.body(), content_encoding="identity").status_code == 201


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml", "", "nonsense; charset=utf-99"])
def test_the_body_is_json_whatever_is_said_of_it(kind: str) -> None:
    practice = Practice()
    headers = {"authorization": f"Bearer {practice.desk.secret}"}
    answer = Client().generic("POST", f"{ROOT}appointments", json.dumps(practice.body()), kind, headers=headers)
    assert answer.status_code == 201


def test_what_is_there_is_there_for_head_too() -> None:
    desk = Caller(make_clinic())
    whole, head = desk.get("me"), desk.call("HEAD", "me")
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", str(len(whole.content)))
    assert head["Content-Type"] == whole["Content-Type"]
    assert [Client().head(f"{ROOT}{path}").status_code for path in ("me", "holds", "nothing")] == [401, 405, 404]


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "PROPFIND", "X" * 500])
def test_methods_that_are_not_there(method: str) -> None:
    """Nor is there CORS: no other site's script is let in."""
    answer = Caller(make_clinic()).call(method, "appointments", origin="https://example.org")
    assert said(answer) == (405, [])
    assert "Access-Control-Allow-Origin" not in answer


def test_the_method_is_the_requests_own() -> None:
    practice = Practice()
    answer = practice.desk.post(
        "appointments", practice.body(), x_http_method_override="GET", x_method_override="DELETE"
    )
    assert answer.status_code == 201


NOWHERE = (
    *("appointments/", "/appointments", "appointments//x", "appointments/null/cancel", "appointments;x=1", "a" * 5000),
    *("../../admin", "..%2f..%2fetc/passwd", ".git/config", "%00", "appointments/%00", "appointments/%ff", "\u202e"),
)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", NOWHERE)
def test_addresses_that_are_not_there(path: str, method: str) -> None:
    """To whoever asks, with a token or without."""
    for caller in (Caller(make_clinic()), Caller(None, None)):
        assert said(caller.call(method, path)) == (404, [])


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*;q=0", "\u00e9", "x" * 5000])
def test_the_answer_is_json_whatever_is_wanted(accept: str) -> None:
    assert Caller(make_clinic()).call("GET", "me", accept=accept)["Content-Type"] == "application/json"


def test_a_language_of_ones_own() -> None:
    response = Caller(None, None).call("GET", "me", accept_language="ru")
    assert response["Content-Language"] == "ru"


def test_a_fault_of_ours_shows_a_number_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """ACC-5: and leaves nothing half-written."""
    practice = Practice()

    def fail(*args: object) -> None:
        raise ZeroDivisionError("the secret of Mrs Karimova")

    monkeypatch.setattr("orderly.api.appointments.whole", fail)
    client = Client(headers={"authorization": f"Bearer {practice.desk.secret}"})
    headers = {"idempotency-key": "k"}
    with caplog.at_level(logging.ERROR, "orderly.api.refusals"):
        response = client.post(f"{ROOT}appointments", json.dumps(practice.body()), "application/json", headers=headers)
    body = response.json()
    assert body == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": f"Something went wrong on our side. Reference: {body['reference']}",
        "problems": [],
        "reference": body["reference"],
    }
    [logged] = [record for record in caplog.records if record.name == "orderly.api.refusals"]
    assert body["reference"] in logged.getMessage()
    assert not Appointment.objects.exists()


def test_a_wait_that_ran_out_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(*args: object, **kwargs: object) -> None:
        raise OperationalError("database is locked")

    practice = Practice()
    monkeypatch.setattr("orderly.api.slots.queries.slots", wait)
    query = f"slots?clinic={practice.clinic.pk}&service={practice.service.pk}&from=2026-03-03&to=2026-03-04"
    client = Client(headers={"authorization": f"Bearer {practice.desk.secret}"})
    response = client.get(ROOT + query)
    assert said(response) == (409, [("contended", None)])
    assert response["Retry-After"] == "1"
