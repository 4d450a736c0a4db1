"""Alive, and ready or not and why (OPS-4)."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orderly.core import clock
from orderly.journal.models import Delivery, Entry
from orderly.journal.queries import Backlog, backlog
from orderly.operations import readiness as parts
from tests.factories import NOW, make_clinic
from tests.races.unguarded import without_guard

pytestmark = pytest.mark.django_db(transaction=True)

READY = {"database": "ok", "guards": "ok", "migrations": "ok", "worker": "ok"}


@pytest.fixture(autouse=True)
def _afresh() -> None:
    parts.guards.until = parts.migrations.until = 0.0


def ready(**headers: str) -> tuple[int, Any]:
    answer = Client(headers=headers).get("/readyz")
    body = answer.json()
    assert body["ready"] is (answer.status_code == 200)
    return answer.status_code, body["checks"]


def entry(age: int, **fields: Any) -> Entry:
    subject = make_clinic().pk
    return Entry.objects.create(at=clock.now() - timedelta(seconds=age), fact="x", subject=subject, **fields)


def test_alive_without_a_database_a_session_or_a_known_host(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        answer = Client(headers={"Host": "10.0.0.7"}).get("/healthz")
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, b"ok\n", "no-store")
    assert Client().head("/healthz").status_code == 200
    assert {Client().post(f"/{probe}").status_code for probe in ("healthz", "readyz") * 10} == {405}
    assert answer.cookies == {}


def test_ready_for_whoever_asks() -> None:
    assert ready() == (200, READY)
    assert ready(Host="10.0.0.7") == (200, READY)
    head = Client().head("/readyz")
    assert (head.status_code, head.content, head["Cache-Control"]) == (200, b"", "no-store")


@pytest.mark.parametrize(("age", "status"), [(30, 200), (90, 503)])
def test_facts_that_nobody_numbers_mean_a_dead_worker(age: int, status: int) -> None:
    entry(age)
    assert ready() == (status, READY | {"worker": "ok" if status == 200 else "late"})


def test_reactions_long_overdue_mean_a_worker_that_cannot_keep_up() -> None:
    done = entry(3600, position=1)
    owed = Delivery.objects.create(entry=done, reaction="x", next_try=clock.now() - timedelta(seconds=90))
    assert ready() == (503, READY | {"worker": "late"})
    Delivery.objects.filter(pk=owed.pk).update(dead=True)  # waits for a person, not for the worker
    assert ready() == (200, READY)


def test_the_backlog(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        assert backlog(NOW) == Backlog(0, 0, 0, timedelta())
    made = [Entry.objects.create(at=NOW - timedelta(seconds=age), fact="x", subject=make_clinic().pk) for age in (5, 9)]
    for number, (entered, late, dead) in enumerate([(made[0], 20, False), (made[1], -20, False), (made[1], 90, True)]):
        Delivery.objects.create(entry=entered, reaction=str(number), next_try=NOW - timedelta(seconds=late), dead=dead)
    with django_assert_num_queries(2):
        assert backlog(NOW) == Backlog(unnumbered=2, due=1, dead=1, lag=timedelta(seconds=20))


def test_without_its_guard_nothing_should_be_sent_here() -> None:
    with without_guard():
        assert ready() == (503, READY | {"guards": "missing"})
    assert ready() == (200, READY)


def test_nor_before_it_has_been_migrated() -> None:
    last = MigrationRecorder.Migration.objects.filter(app="journal").latest("id")
    last.delete()
    try:
        assert ready() == (503, READY | {"migrations": "pending"})
    finally:
        MigrationRecorder(connection).record_applied(last.app, last.name)


def test_what_is_well_is_not_read_again_at_once() -> None:
    assert ready() == (200, READY)
    with without_guard():
        assert ready() == (200, READY)
        parts.guards.until = 0.0
        assert ready() == (503, READY | {"guards": "missing"})


@pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite readers wait for nobody")
def test_a_database_that_hangs_is_answered_for_in_time() -> None:
    ready()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE journal_entry IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        assert ready() == (503, dict.fromkeys(READY, "unknown") | {"database": "no answer"})
        assert time.monotonic() - began < 2
    while parts._bounded._attempt is not None and parts._bounded._attempt.is_alive():
        time.sleep(0.05)
    assert ready() == (200, READY)


SCRIPT = """
import time, django
django.setup()
from django.test import Client
alive = Client().get("/healthz").status_code
began = time.monotonic()
print(alive, Client().get("/readyz").content.decode(), time.monotonic() - began < 3)
"""


@pytest.mark.slow
@pytest.mark.parametrize("database", ["postgres://nobody@127.0.0.1:1/nothing", "sqlite:////nowhere/at/all.sqlite3"])
def test_without_a_database_it_is_alive_and_says_what_is_wrong(database: str) -> None:
    env = {**os.environ, "ORDERLY_DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "orderly.project.settings"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, timeout=60)
    status, body, soon = done.stdout.strip().split(" ", 1)[0], *done.stdout.strip().split(" ", 1)[1].rsplit(" ", 1)
    assert (status, soon, "Traceback" in done.stderr) == ("200", "True", False)
    why = "unreachable" if database.startswith("sqlite") else "no answer"
    assert f'"database": "{why}"' in body
    assert '"ready": false' in body
