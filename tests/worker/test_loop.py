"""The loop itself: quick, patient with a failing database, and gone when asked."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Thread
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection

from orderly.appointments.actions.hold import hold
from orderly.appointments.inputs import Wish
from orderly.calendars.models import Claim, Hold, Reservation
from orderly.core.clock import minute, now
from orderly.edge.idempotency import KEPT_FOR
from orderly.edge.models import IdempotentAnswer
from orderly.worker.loop import Chore, Worker
from tests.factories import make_actor, make_clinic, make_provider, make_service
from tests.worker.reactions import ECHO, effects, happen, owed


@pytest.fixture
def running() -> Iterator[Callable[[Worker], Worker]]:
    """Starts workers, and stops them in the end."""
    started: list[tuple[Worker, Thread]] = []

    def start(worker: Worker) -> Worker:
        thread = Thread(target=worker.run)
        thread.start()
        started.append((worker, thread))
        return worker

    yield start
    for worker, _ in started:
        worker.stop.set()
    for _, thread in started:
        thread.join(10)
        assert not thread.is_alive()


def wait_for(subjects: list[UUID], seconds: float = 10) -> float:
    """Until their effects are there; how long that took."""
    began = time.monotonic()
    while effects() != sorted(subjects):
        assert time.monotonic() - began < seconds, "nobody did what was owed"
        time.sleep(0.01)
    return time.monotonic() - began


@pytest.mark.django_db(transaction=True)
def test_what_is_owed_is_done_soon(running: Callable[[Worker], Worker]) -> None:
    running(Worker(ECHO, chores=[]))
    running(Worker(ECHO, chores=[]))
    done: list[UUID] = []
    took = []
    for _ in range(5):
        done += happen()
        took.append(wait_for(done))
    assert sorted(took)[2] < 1
    assert owed() == []


@pytest.mark.django_db(transaction=True)
def test_a_database_that_fails_is_waited_for(running: Callable[[Worker], Worker]) -> None:
    failures = iter([OperationalError("gone"), RuntimeError("odd")])

    def chore(now: datetime) -> None:
        for failure in failures:
            raise failure

    running(Worker(ECHO, chores=[Chore(chore, timedelta(0))]))
    wait_for(happen())
    assert list(failures) == []


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_made_anew(running: Callable[[Worker], Worker]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connection to lose")
    running(Worker(ECHO, chores=[]))
    first = happen()
    wait_for(first)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 1
    wait_for(first + happen())


@pytest.mark.django_db
def test_chores_clear_away_what_has_expired() -> None:
    """AVL-6: a hold frees itself."""
    clinic = make_clinic()
    service = make_service(clinic)
    provider = make_provider(clinic, service=service, hours=(0, 1440), weekdays=0b1111111)
    actor = make_actor(clinic=clinic)
    late, soon = now(), now() - timedelta(hours=1)
    for nth, at in enumerate((soon, late)):
        start = minute(late) // 15 * 15 + 3000 + nth * 30
        hold(Wish(clinic=clinic.pk, service=service.pk, start=start, provider=provider.pk), actor=actor, now=at)
    for at in (late - timedelta(days=2), late):
        Session.objects.create(session_key=f"{minute(at)}", expire_date=at + timedelta(hours=1))
        made = at - KEPT_FOR + timedelta(hours=1)
        IdempotentAnswer.objects.create(user_id=actor.user, key=f"{minute(at)}", status=201, created_at=made)
    Worker({}).drain()
    left = [model.objects.count() for model in (Hold, Claim, Reservation, Session, IdempotentAnswer)]
    assert left == [1, 1, 1, 1, 1]
