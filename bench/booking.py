"""How many bookings a second, each with its visit, payment and fact, and what keeps it from being more."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.crowd import Crowd, Member, gather
from bench.measures import Figure, Options, Timings
from bench.slots import apart, idle_patients
from bench.world import NOW, world
from orderly.appointments.actions.book import book
from orderly.appointments.inputs import BookingRequest
from orderly.core.errors import Conflict
from orderly.journal.actor import Actor

CLIENTS = 16
SPLITS, FEWER_SPLITS = (1, 2, 4, 8, 16), (2, 4)
SECONDS, FEWER_SECONDS = 6.0, 3.0
WARM_UPS = 3
PATIENTS = 4000
TARGETS = {"postgresql": 250.0}
MOST_STATEMENTS = 12


class Work(NamedTuple):
    """What the clients are told: all requests, of which each takes its share, and for how long to go on."""

    requests: list[BookingRequest]
    clients: int
    actor: Actor
    seconds: float


class Done(NamedTuple):
    """What one client did between two moments; seconds of the processors that it took itself, that its server process
    took for it, and that went by for anybody.
    """

    seconds: list[float]
    refused: int
    begun: float
    ended: float
    own: float
    server: float
    busy: float


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one way to spread the clients over processes."""

    crowd: Crowd
    done: list[Done]

    @property
    def timings(self) -> Timings:
        return Timings([one for client in self.done for one in client.seconds])

    @property
    def lasted(self) -> float:
        return max(client.ended for client in self.done) - min(client.begun for client in self.done)

    @property
    def per_second(self) -> float:
        return len(self.timings.seconds) / self.lasted

    def told(self) -> str:
        """What limits it, as far as the processors tell."""
        timings, each = self.timings, 1000 / len(self.timings.seconds)
        own, server = (sum(taken) * each for taken in zip(*((one.own, one.server) for one in self.done), strict=True))
        busy, cores = max(client.busy for client in self.done), os.cpu_count() or 1
        others = max(0.0, busy - (own + server) / each) / busy if busy else 0.0
        refused = sum(client.refused for client in self.done)
        words = [
            f"{self.crowd.processes} processes × {self.crowd.threads} threads, median {timings.median:.0f} ms, "
            f"p99 {timings.quantile(0.99):.0f}, {refused} refused",
            f"each takes {own:.1f} ms of a processor for Python and {server:.1f} for the server",
            f"processors {busy / self.lasted / cores:.0%} busy, {others:.0%} of it with other work",
        ]
        if server:  # SQLite lets one write at a time, however many processors there are
            words.append(f"all {cores} for this alone would do {cores * 1000 / (own + server):.0f} a second")
        return "; ".join(words)


def measure(options: Options) -> Iterator[Figure]:
    place = world()
    patients = cycle(idle_patients(place, PATIENTS))
    free = [replace(one, patient=next(patients)) for one in apart(place, days=90)]
    yield _statements(free.pop(), place.actor)
    seconds, splits = (FEWER_SECONDS, FEWER_SPLITS) if options.quick else (SECONDS, SPLITS)
    crowds = [Crowd(1, 1), *(Crowd(CLIENTS, processes) for processes in splits)]
    runs = [
        Run(crowd, gather(crowd, go_on, Work(free[nth :: len(crowds)], crowd.clients, place.actor, seconds)))
        for nth, crowd in enumerate(crowds)
    ]
    alone, *crowded = runs
    yield Figure("bookings a second, 1 client", alone.per_second, "/s", note=alone.told())
    best = max(crowded, key=lambda run: run.per_second)
    others = ", ".join(f"{run.crowd.processes} × {run.crowd.threads}: {run.per_second:.0f}" for run in crowded)
    target = TARGETS.get(connection.vendor)
    note = f"{best.told()}; by split {others}"
    yield Figure(f"bookings a second, {CLIENTS} clients", best.per_second, "/s", target, "≥", note)


def _statements(request: BookingRequest, actor: Actor) -> Figure:
    with CaptureQueriesContext(connection) as sent:
        book(request, actor=actor, now=NOW)
    texts = [one["sql"] for one in sent.captured_queries]
    around = sum(text.startswith(("BEGIN", "COMMIT")) for text in texts)
    note = f"and {around} for BEGIN and COMMIT"
    return Figure("statements a booking", len(texts) - around, "", MOST_STATEMENTS, note=note)


def go_on(member: Member) -> Done:
    """One client, booking until the time is over."""
    work: Work = member.given
    mine = iter(work.requests[member.number :: work.clients])
    for _ in range(WARM_UPS):
        book(next(mine), actor=work.actor, now=NOW)
    member.meet()
    begun, before = time.time(), _spent()
    seconds, refused = _book_until(begun + work.seconds, mine, work.actor)
    spent = [after - at_first for after, at_first in zip(_spent(), before, strict=True)]
    return Done(seconds, refused, begun, time.time(), *spent)


def _spent() -> tuple[float, float, float]:
    """Seconds of the processors so far: this thread's, its server process's, everybody's."""
    return time.thread_time(), server_seconds(), busy_seconds()


def server_seconds() -> float:
    """Those of the process that serves this connection; 0 for SQLite, which has none, or a server elsewhere."""
    if connection.vendor != "postgresql":
        return 0.0
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    try:
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    except OSError:
        return 0.0
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _book_until(end: float, requests: Iterator[BookingRequest], actor: Actor) -> tuple[list[float], int]:
    taken, refused = [], 0
    for request in requests:
        if time.time() >= end:
            break
        started = time.perf_counter()
        try:
            book(request, actor=actor, now=NOW)
        except Conflict:
            refused += 1
        else:
            taken.append(time.perf_counter() - started)
    return taken, refused


def busy_seconds() -> float:
    """How long the machine's processors were busy since it started, added up; 0 where it doesn't tell."""
    try:
        figures = [int(word) for word in Path("/proc/stat").read_text().split()[1:8]]
    except OSError:
        return 0.0
    user, nice, system, _idle, _waiting, irq, soft_irq = figures
    return (user + nice + system + irq + soft_irq) / os.sysconf("SC_CLK_TCK")
