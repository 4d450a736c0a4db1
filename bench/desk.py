"""What the desk waits for on a busy day: 20 providers, 400 appointments, and years of history behind them."""

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.busy import Busy, busy
from bench.drawing import drawn
from bench.measures import Figure, Options, repeat

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROUNDS, FEWER_ROUNDS = 200, 20
MOST_QUERIES, LONGEST = 8, 100.0
VIEWS = (("day", "feed", 0, 1), ("week", "feed", 0, 7), ("month", "density", -7, 35), ("agenda", "feed", 0, 7))


class Answer(NamedTuple):
    """What one address gave, and what it took in the database."""

    size: int
    queries: int


def measure(options: Options) -> Iterator[Figure]:
    day = busy()
    client = Client(SERVER_NAME="localhost")
    client.force_login(day.user, backend=BACKEND)
    rounds = FEWER_ROUNDS if options.quick else ROUNDS
    for name, kind, before, after in VIEWS:
        first, last = day.day + timedelta(days=before), day.day + timedelta(days=after)
        url = f"/calendar/{day.clinic}/{kind}?from={first}&to={last}"
        yield from _feed(name, client, url, rounds, day)
    yield from drawn(day, client.cookies["sessionid"].value, options)


def _feed(name: str, client: Client, url: str, rounds: int, day: Busy) -> Iterator[Figure]:
    first, again = _answer(client, url), _answer(client, url)
    visits = f"{day.visits} appointments that day, " if name == "day" else ""
    note = f"{visits}{again.size / 1000:.0f} kB; {again.queries} where the look is logged already"
    yield Figure(f"{name}: queries", first.queries, "", MOST_QUERIES, note=note)
    timings = repeat(partial(client.get, url), rounds)
    yield Figure(f"{name}: the whole request, median", timings.median)
    yield Figure(f"{name}: processor time of one request", _processor_time(client, url, rounds))
    yield Figure(f"{name}: the whole request, p99", timings.quantile(0.99), "ms", LONGEST)


def _processor_time(client: Client, url: str, rounds: int) -> float:
    """In milliseconds: what remains of the wait where nothing else runs."""
    started = time.process_time()
    for _ in range(rounds):
        client.get(url)
    return (time.process_time() - started) / rounds * 1000


def _answer(client: Client, url: str) -> Answer:
    with CaptureQueriesContext(connection) as sent:
        answer = client.get(url)
    if answer.status_code != 200:
        raise RuntimeError(f"{url}: {answer.status_code}")
    asked = [one["sql"] for one in sent if not one["sql"].startswith(("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT"))]
    return Answer(len(answer.content), len(asked))
