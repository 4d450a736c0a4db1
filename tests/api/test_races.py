"""Twins of one request at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from orderly.appointments.models import Appointment
from orderly.edge.idempotency import Answer, once
from orderly.edge.models import IdempotentAnswer
from tests.api.client import Caller, said
from tests.api.practice import Practice
from tests.factories import NOW

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TWINS = 20


def together(work: Callable[[], Any], threads: int = TWINS) -> list[Any]:
    """The results of so many threads that begin at once."""
    gate, found = threading.Barrier(threads), []

    def run() -> None:
        try:
            gate.wait()
            found.append(work())
        finally:
            connections.close_all()

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return found


def twins(practice: Practice, **headers: str) -> list[tuple[int, bytes]]:
    callers = iter([Caller(user=practice.desk.user) for _ in range(TWINS)])
    lock = threading.Lock()

    def book() -> tuple[int, bytes]:
        with lock:
            caller = next(callers)
        response = caller.post("appointments", practice.body(), **headers)
        if response.status_code == 409 and headers and said(response)[1] == [("contended", "Idempotency-Key")]:
            assert response["Retry-After"] == "1"
        return response.status_code, response.content

    return together(book)


def test_twenty_twins_make_one_booking() -> None:
    """API-1: one does the work, the others get its answer, or (PostgreSQL) are told to come back."""
    practice = Practice()
    answers = twins(practice, idempotency_key="k")
    done = {content for status, content in answers if status == 201}
    assert len(answers) == TWINS
    assert len(done) == 1
    assert {status for status, _ in answers} <= ({201, 409} if connection.vendor == "postgresql" else {201})
    assert Appointment.objects.count() == 1
    assert IdempotentAnswer.objects.count() == 1
    response = practice.desk.post("appointments", practice.body(), idempotency_key="k")
    assert (response.status_code, response.content) == (201, done.pop())


def test_without_a_key_the_others_are_refused() -> None:
    """The control: it is the key that makes twins of them."""
    practice = Practice()
    assert sorted(status for status, _ in twins(practice)) == [201] + [409] * (TWINS - 1)


def test_of_many_who_change_one_version_one_wins() -> None:
    """API-1: the others are told that it is stale, and their change isn't there."""
    practice = Practice()
    path, tag = f"patients/{practice.patient.pk}", practice.desk.get(f"patients/{practice.patient.pk}")["ETag"]
    callers = [Caller(user=practice.desk.user) for _ in range(TWINS)]
    numbers = iter(range(TWINS))

    def change(**headers: str) -> tuple[int, str]:
        number = next(numbers)
        address = f"New Road {number}"
        return callers[number].call("PATCH", path, {"address": address}, **headers).status_code, address

    answers = together(lambda: change(if_match=tag))
    [winner] = [address for status, address in answers if status == 200]
    assert sorted(status for status, _ in answers) == [200] + [412] * (TWINS - 1)
    found = practice.desk.get(path)
    assert (found.json()["address"], found["ETag"]) == (winner, '"v2"')
    numbers = iter(range(TWINS))
    assert {status for status, _ in together(change)} == {200}, "the control: without If-Match the last one wins"


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="on SQLite a twin waits instead")
def test_a_twin_in_flight_is_told_to_come_back() -> None:
    practice = Practice()
    busy, go_on = threading.Event(), threading.Event()

    def slow() -> Answer:
        busy.set()
        go_on.wait(10)
        return Answer(200, "{}")

    def work() -> None:
        once("k", "a digest", slow, user=practice.desk.user.pk, now=NOW)
        connections.close_all()

    first = threading.Thread(target=work)
    first.start()
    busy.wait(10)
    response = practice.desk.post("appointments", practice.body(), idempotency_key="k")
    go_on.set()
    first.join()
    assert said(response) == (409, [("contended", "Idempotency-Key")])
    assert response["Retry-After"] == "1"
