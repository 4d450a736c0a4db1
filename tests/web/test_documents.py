"""Every whole page, and what a browser keeps of a visit."""

import re

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import path

from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.database import writing
from orderly.core.errors import NotFound
from orderly.edge.guard import SIGNED_IN, guard
from orderly.patients.models import Patient
from orderly.project.urls import *  # noqa: F403  (the handlers for errors)
from orderly.project.urls import urlpatterns as real
from orderly.web.middleware import POLICY
from tests.factories import make_clinic, make_user
from tests.web.desk import Desk, text
from tests.web.markup import inline

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@guard(SIGNED_IN)
def broken(request):
    """A view with a fault that shows after it has begun to write."""
    with writing():
        make_clinic(name="half-written")
        raise RuntimeError(f"no such thing for {request.user.email}")


@guard(SIGNED_IN)
def missing(request):
    raise NotFound("nothing of that name")


urlpatterns = [*real, path("broken", broken), path("missing", missing)]

SIGNED_OUT = ("/accounts/login/",)


@pytest.fixture
def browser(desk: Desk) -> Client:
    """Signed in, asking for whole pages."""
    client = Client(raise_request_exception=False)
    client.force_login(desk.user)
    return client


def pages(desk: Desk, browser: Client):
    """Each page there is, with its status."""
    alone = Client()
    alone.force_login(make_user(None))
    found = [(alone.get("/"), 200), (browser.get("/accounts/logout/"), 200)]
    found += [(Client().get(address), 200) for address in SIGNED_OUT]
    found += [(browser.get(f"/calendar/{desk.clinic.pk}/"), 200)]
    found += [(browser.get(f"/calendar/{make_clinic().pk}/"), 404), (browser.get("/missing"), 404)]
    found += [(browser.get(f"/calendar/{desk.clinic.pk}/feed"), 400), (browser.get("/broken"), 500)]
    return found


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_every_page_is_whole_and_has_nothing_inline(desk: Desk, browser: Client, language: str) -> None:
    """ACC-5, OPS-2"""
    parts = (f'<html lang="{language}" dir=', "<h1", "<title>[^<]+ · Orderly</title>")
    with override_settings(LANGUAGE_CODE=language):
        for response, status in pages(desk, browser):
            shown = response.content.decode()
            assert (response.status_code, inline(response)) == (status, [])
            assert (response["Content-Security-Policy"], response["X-Frame-Options"]) == (POLICY, "DENY")
            assert {part: len(re.findall(part, shown)) for part in parts} == dict.fromkeys(parts, 1)


def test_an_error_tells_its_reader_nothing_but_a_number(browser: Client, caplog: pytest.LogCaptureFixture) -> None:
    """ACC-5"""
    first, second = browser.get("/broken"), browser.get("/broken")
    numbers = [re.findall(r"<bdi>(\w+)</bdi>", one.content.decode()) for one in (first, second)]
    assert [len(found) for found in numbers] == [1, 1]
    assert numbers[0] != numbers[1]
    for word in ("Traceback", "RuntimeError", "example.org", "no such thing", __file__):
        assert word not in first.content.decode()
    assert not Clinic.objects.filter(name="half-written").exists()
    logged = [one.getMessage() for one in caplog.records if one.name == "orderly.web.errors"]
    assert logged == [f"unexpected error {found[0]}" for found in numbers]


def test_what_is_missing_is_not_named(browser: Client) -> None:
    """ACC-4, ACC-5"""
    response = browser.get("/missing")
    assert "nothing of that name" not in response.content.decode()
    assert "It doesn't exist, or it belongs to another clinic." in text(response)


def test_the_session_and_cookies_know_nothing_of_patients(desk: Desk) -> None:
    """ACC-5"""
    desk.post("patient-search", desk.clinic.pk, q="lee")
    desk.post("booking-hold", desk.clinic.pk, **desk.form())
    desk.post("booking-book", desk.clinic.pk, **desk.form("soon", notes="Brings X-ray"))
    desk.post("booking-book", desk.clinic.pk, **desk.form())
    user = ["_auth_user_backend", "_auth_user_hash", "_auth_user_id"]
    assert sorted(desk.client.session.keys()) == [*user, "begun", "seen"]
    assert set(desk.client.cookies) == {"sessionid"}


def test_nothing_is_written_without_the_token(desk: Desk) -> None:
    """ACC-5: whichever address is posted to."""
    made = desk.book("15:00")
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.user)
    clinic = desk.clinic.pk
    for address in (
        f"/booking/{clinic}/hold",
        f"/booking/{clinic}/let-go",
        f"/booking/{clinic}/book",
        f"/patients/{clinic}/register",
        f"/appointments/{made.pk}/arrive",
        f"/appointments/{made.pk}/cancel",
        f"/appointments/{made.pk}/move/to",
        "/language/",
        "/accounts/login/",
        "/accounts/logout/",
    ):
        assert client.post(address, desk.form()).status_code == 403
    assert (Appointment.objects.get().version, Patient.objects.count()) == (1, 1)


@pytest.fixture
def uncounted():
    """No tries are remembered from other tests, nor left for them."""
    cache.clear()
    yield
    cache.clear()


@pytest.mark.usefixtures("uncounted")
def test_whoever_guesses_passwords_is_stopped(desk: Desk) -> None:
    """ACC-5"""
    guess = {"login": desk.user.email, "password": "guess"}
    shown = [Client().post("/accounts/login/", guess) for _ in range(12)]
    assert "Too many" in text(shown[-1])
    right = Client().post("/accounts/login/", {**guess, "password": "correct horse"})
    assert (right.status_code, "Too many" in text(right)) == (200, True)
