"""What all pages have in common: the policy, errors, sign-in, language."""

import re
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.core.exceptions import SuspiciousOperation
from django.test import Client
from django.urls import path

from orderly.edge.guard import PUBLIC, guard
from orderly.project.urls import *  # noqa: F403
from orderly.project.urls import urlpatterns as real
from orderly.web.middleware import POLICY
from tests.factories import make_clinic, make_user
from tests.web.desk import Desk, errors, text
from tests.web.markup import inline

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).resolve().parents[2] / "src" / "orderly" / "web" / "templates"


@guard(PUBLIC)
def broken(request):
    raise RuntimeError("secret detail")


@guard(PUBLIC)
def suspicious(request):
    raise SuspiciousOperation("odd")


urlpatterns = [*real, path("broken", broken), path("suspicious", suspicious)]


def test_every_page_forbids_what_is_inline(desk: Desk) -> None:
    """ACC-5"""
    for response in (Client().get("/accounts/login/"), desk.get("calendar", desk.clinic.pk), Client().get("/nowhere")):
        assert response["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda one: one.name)
def test_no_template_has_inline_script_or_style(template: Path) -> None:
    """ACC-5"""
    found = re.findall(
        r"<style|\sstyle=|\son(?!e=)\w+=|<script(?![^>]*\ssrc=)|\|safe\b|autoescape off", template.read_text()
    )
    assert found == []


@pytest.mark.urls(__name__)
def test_an_unexpected_error_shows_a_reference_and_logs_it(caplog: pytest.LogCaptureFixture) -> None:
    """ACC-5"""
    response = Client(raise_request_exception=False).get("/broken")
    reference = re.search(r"<bdi>(\w{12})</bdi>", response.content.decode())
    assert reference
    assert (response.status_code, "secret detail" in text(response)) == (500, False)
    logged = next(record for record in caplog.records if record.name == "orderly.web.errors")
    assert (reference[1] in logged.getMessage(), logged.exc_info and str(logged.exc_info[1])) == (True, "secret detail")


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/suspicious", 400, "That request can't be read"),
        ("/nowhere", 404, "There is nothing here"),
        ("/broken", 500, "Something went wrong"),
    ],
)
@pytest.mark.parametrize("piece", [True, False])
def test_errors_are_pages_or_pieces_of_one(address: str, status: int, words: str, piece: bool) -> None:
    client = Client(raise_request_exception=False, headers={"HX-Request": "true"} if piece else {})
    response = client.get(address)
    assert (response.status_code, words in text(response)) == (status, True)
    assert ("<html" in response.content.decode()) is not piece


def test_own_clinic_without_the_right(desk: Desk) -> None:
    """ACC-4"""
    desk.client.force_login(make_user("read_only", desk.clinic))
    response = desk.get("booking", desk.clinic.pk)
    assert (response.status_code, "You may not do this here" in text(response)) == (403, True)


def test_another_clinic_isnt_there(desk: Desk) -> None:
    """ACC-4"""
    assert desk.get("calendar", make_clinic().pk).status_code == 404


def test_without_the_token_nothing_is_written(desk: Desk) -> None:
    """ACC-5"""
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.user)
    response = client.post(f"/booking/{desk.clinic.pk}/book", desk.form())
    assert (response.status_code, "This page is out of date" in text(response)) == (403, True)


def test_signing_in_by_e_mail_and_password(desk: Desk) -> None:
    """ACC-1"""
    client = Client()
    assert client.get("/")["Location"] == "/accounts/login/?next=/"
    wrong = client.post("/accounts/login/", {"login": desk.user.email, "password": "guess"})
    assert (wrong.status_code, "alert" in wrong.content.decode()) == (200, True)
    right = client.post("/accounts/login/", {"login": desk.user.email.upper(), "password": "correct horse"})
    assert (right.status_code, right["Location"]) == (302, "/")
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert client.get("/").status_code == 302


def test_a_piece_of_a_page_never_becomes_the_sign_in_page(desk: Desk) -> None:
    response = Client(headers={"HX-Request": "true"}).get(f"/calendar/{desk.clinic.pk}/feed")
    assert (response.status_code, response["HX-Refresh"]) == (401, "true")


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ru", "ltr"), ("ar", "rtl")])
def test_the_language_can_be_switched_at_any_time(desk: Desk, language: str, direction: str) -> None:
    """OPS-2"""
    client = Client()
    answer = client.post("/language/", {"language": language, "next": "/accounts/login/"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert f'<html lang="{language}" dir="{direction}">' in client.get("/accounts/login/").content.decode()


def test_who_has_a_second_factor_is_asked_for_it(desk: Desk) -> None:
    """ACC-1: the password alone opens nothing."""
    secret = generate_totp_secret()
    TOTP.activate(desk.user, secret)
    client = Client()
    credentials = {"login": desk.user.email, "password": "correct horse"}
    assert client.post("/accounts/login/", credentials)["Location"] == "/accounts/second-factor/"
    page = client.get("/accounts/second-factor/")
    assert (page.status_code, inline(page), "Second factor" in text(page)) == (200, [], True)
    assert client.get("/")["Location"] == "/accounts/login/?next=/"
    wrong = client.post("/accounts/second-factor/", {"code": "000000"})
    assert (wrong.status_code, len(errors(wrong))) == (200, 1)
    code = f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06}"
    assert client.post("/accounts/second-factor/", {"code": code})["Location"] == "/"
    assert client.get("/").status_code == 302
