"""A real server, a real browser, and a clinic in Tashkent whose time is nobody else's."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, expect, sync_playwright

from orderly.appointments.models import CancelReason
from orderly.catalogue.models import Offering, Service
from orderly.clinics.models import Clinic
from orderly.core import clock
from orderly.engine.walltime import local
from orderly.people.models import User
from orderly.resources.models import Provider
from tests.browser.desk import Desk
from tests.factories import make_clinic, make_patient, make_provider, make_service, make_user
from tests.live.conftest import numbered
from tests.live.servers import Server, one_server, wait_until

EVERY_DAY = 0b1111111
expect.set_options(timeout=30_000)  # milliseconds, as for all else that playwright waits for
AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
# Refusals are answers too, but the browser logs them as errors.
EXPECTED = (
    *("the server responded with a status of 4", "a status of 502", "WebSocket", "net::ERR_FAILED"),
    *("net::ERR_INTERNET_DISCONNECTED", "net::ERR_CONNECTION_REFUSED", "htmx:error: Failed to fetch"),
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("ORDERLY_TEST_CHROMIUM")
    if not path:
        pytest.fail("ORDERLY_TEST_CHROMIUM names no browser; `make test-browser` sets it")
    # Playwright's own loop runs in this thread, and Django would take it for a view's.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serving(django_db_setup: None) -> Iterator[Server]:
    """What users run: one process with its worker, on the tests' database."""
    with one_server() as started:
        yield started


@pytest.fixture
def site(serving: Server, transactional_db: None) -> Iterator[str]:
    """Its address. The worker has done all it has to before the tables are emptied under it."""
    yield serving.url
    wait_until(numbered)


@dataclass(frozen=True)
class Cast:
    """The clinic of every browser test: two providers at work from 9 to 17 on all days, lunch at 13."""

    clinic: Clinic
    service: Service
    long: Service
    smith: Provider
    young: Provider
    receptionist: User
    colleague: User

    @property
    def tomorrow(self) -> date:
        return local(self.clinic.timezone, clock.minute(clock.now()))[0] + timedelta(days=1)


@pytest.fixture
def cast(site: str) -> Cast:
    clinic = make_clinic(name="Shifo", timezone="Asia/Tashkent", currency="UZS", country="UZ")
    service = make_service(clinic, 30, name="Consultation", general=True, overbook=1)
    long = make_service(clinic, 60, name="Massage", mark="M", colour="#0ca678")
    smith = make_provider(clinic, service=service, weekdays=EVERY_DAY, name="Alan Smith", title="Dr")
    young = make_provider(clinic, service=service, weekdays=EVERY_DAY, name="Bella Young", title="Dr")
    Offering.objects.create(service=long, provider=young)
    make_patient(clinic, first_name="Aziza", last_name="Karimova", mobile="+998901234567", birth_date=date(1990, 5, 1))
    make_patient(clinic, first_name="Bekzod", last_name="Aliev", mobile="+998907654321")
    CancelReason.objects.get_or_create(clinic=None, code="patient_ill", defaults={"name": "Patient is ill"})
    people = [make_user("front_desk", clinic, name=name) for name in ("Nilufar", "Timur")]
    return Cast(clinic, service, long, smith, young, *people)


@pytest.fixture
def open_desk(chromium: Browser, site: str, cast: Cast) -> Iterator[Callable[..., Desk]]:
    """Opens the calendar of tomorrow as somebody, in a browser of their own. What a browser complains about, such as a
    breach of the content policy, fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(text in message.text for text in EXPECTED):
            complaints.append(message.text)

    def opened(user: User | None = None, day: date | None = None, url: str = site, **options: Any) -> Desk:
        settings = {"viewport": {"width": 1440, "height": 1000}, "timezone_id": "Asia/Tashkent", "locale": "en-GB"}
        context = chromium.new_context(**{**settings, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        desk = Desk(page, url, AXE)
        sign_in(context, user or cast.receptionist, url)
        return desk.visit(cast.clinic, day or cast.tomorrow)

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
