"""What is counted, by whom it may be read, and what is in no label (OPS-4)."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries

from orderly.calendars.queries import live_holds
from orderly.core import clock
from orderly.journal.models import Delivery, Entry
from orderly.operations import metrics
from tests.factories import NOW
from tests.web.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)


def figures(**headers: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = Client(headers=headers).get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def figure(name: str, **labels: str) -> float:
    return figures().get((f"orderly_{name}", tuple(sorted(labels.items()))), 0)


def test_requests_by_the_template_of_their_address() -> None:
    """However many appointments there are, there is one row of figures."""
    desk = Desk()
    route = {"method": "GET", "route": "/appointments/<uuid:appointment>/"}
    before = figure("http_requests_total", **route, status="200")
    for time in ("10:00", "11:00"):
        desk.get("appointment", desk.book(time).pk)
    desk.client.generic("BREW", "/canary")
    assert figure("http_requests_total", **route, status="200") == before + 2
    assert figure("http_request_seconds_count", **route) >= 2
    assert figure("http_requests_total", method="other", route="nothing there", status="404") >= 1


@time_machine.travel(NOW)
def test_what_happened_and_what_was_refused() -> None:
    desk = Desk()
    booked = {"fact": "appointment_booked", "status": "confirmed", "source": "phone"}
    before = figure("facts_total", **booked), figure("refusals_total", code="provider_busy")
    assert desk.post("booking-book", desk.clinic.pk, **desk.form()).status_code == 200
    assert desk.post("booking-book", desk.clinic.pk, **desk.form()).status_code == 409
    assert (figure("facts_total", **booked), figure("refusals_total", code="provider_busy")) == (
        before[0] + 1,
        before[1] + 1,
    )


def test_what_the_database_shows(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    desk, now = Desk(), clock.now()
    entry = Entry.objects.create(at=now - timedelta(seconds=40), fact="x", subject=desk.clinic.pk)
    for reaction, dead in (("a", False), ("b", True)):
        Delivery.objects.create(entry=entry, reaction=reaction, next_try=now - timedelta(seconds=5), dead=dead)
    found = figures()
    assert {name.removeprefix("orderly_"): value for (name, _), value in found.items() if name in SHOWN} == {
        "database_up": 1,
        "journal_backlog": 1,
        "reactions_due": 1,
        "reactions_dead": 1,
        "holds": 0,
    }
    assert 40 <= found["orderly_worker_lag_seconds", ()] < 100
    with django_assert_num_queries(3):
        metrics._look()


SHOWN = {f"orderly_{name}" for name in ("database_up", "journal_backlog", "reactions_due", "reactions_dead", "holds")}


@time_machine.travel(NOW)
def test_holds_are_those_that_last() -> None:
    desk = Desk()
    desk.post("booking-hold", desk.clinic.pk, **desk.form())
    now = clock.now()
    assert (live_holds(now), live_holds(now + timedelta(hours=1))) == (1, 0)


def test_without_a_database_the_rest_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_bounded", lambda: None)
    found = figures()
    assert found["orderly_database_up", ()] == 0
    assert ("orderly_holds", ()) not in found
    assert any(name == "process_resident_memory_bytes" for name, _ in found)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"X-Forwarded-For": "127.0.0.1"}, 403),
        ({"Authorization": "Bearer wrong"}, 200),
        ({"Authorization": "Bearer of news", "X-Forwarded-For": "203.0.113.9"}, 200),
        ({"Authorization": "Bearer wrong", "X-Forwarded-For": "203.0.113.9"}, 403),
    ],
)
def test_who_may_read_it(settings: Any, headers: dict[str, str], status: int) -> None:
    settings.METRICS_TOKEN = "of news"
    assert Client(headers=headers).get("/metrics").status_code == status


@pytest.mark.parametrize(
    ("address", "allowed", "status"),
    [
        ("127.0.0.1", ["127.0.0.0/8", "::1"], 200),
        ("::1", ["127.0.0.0/8", "::1"], 200),
        ("203.0.113.9", ["127.0.0.0/8", "::1"], 403),
        ("10.1.2.3", ["10.0.0.0/8"], 200),
        ("127.0.0.1", [], 403),
        ("", ["127.0.0.0/8"], 403),
    ],
)
def test_from_where(settings: Any, address: str, allowed: list[str], status: int) -> None:
    """An empty token is none: it opens nothing."""
    settings.METRICS_FROM, settings.METRICS_TOKEN = allowed, ""
    answer = Client(headers={"Authorization": "Bearer "}).get("/metrics", REMOTE_ADDR=address)
    assert answer.status_code == status


def test_labels_are_words_of_the_program() -> None:
    """No id, no number and nothing typed is in a label."""
    desk = Desk()
    desk.post("patient-search", desk.clinic.pk, q="Canary")
    Client().get(f"/nowhere/{desk.patient.pk}?name=Canary")
    labels: set[Any] = {value for _, pairs in figures() for name, value in pairs if name != "le"}
    assert [one for one in labels if re.search(r"anary|[0-9a-f]{8}-|Lee", one)] == []
