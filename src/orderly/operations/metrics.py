"""The figures that Prometheus collects: what this server's processes have counted, and what the database shows now."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.db import Error, connection
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from orderly.calendars.queries import live_holds
from orderly.core import clock
from orderly.journal.queries import Backlog, backlog
from orderly.operations.bounded import Bounded

TOGETHER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Set by `orderly serve` where several processes count in one folder"""
PATIENCE = 1.5  # seconds
SAMPLED = 1.0  # seconds between looks at this process's connections
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

disable_created_metrics()  # when each figure was first counted would be half of the answer

REQUESTS = Counter("orderly_http_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("orderly_http_request_seconds", "How long answers took", ["method", "route"], buckets=BUCKETS)
POOL = Gauge("orderly_database_pool", "PostgreSQL connections by state", ["state"], multiprocess_mode="livesum")

_sampled = 0.0


def count(method: str, route: str, status: int, seconds: float) -> None:
    """One request was answered."""
    known = method if method in METHODS else "other"
    REQUESTS.labels(known, route, status).inc()
    SECONDS.labels(known, route).observe(seconds)
    _sample()


def _sample() -> None:
    global _sampled
    pool = getattr(connection, "pool", None)
    if pool is None or time.monotonic() < _sampled + SAMPLED:
        return
    _sampled, stats = time.monotonic(), pool.get_stats()
    for state, name in (("open", "pool_size"), ("idle", "pool_available"), ("waited for", "requests_waiting")):
        POOL.labels(state).set(stats.get(name, 0))


def _look() -> tuple[Backlog, int] | None:
    now = clock.now()
    try:
        return backlog(now), live_holds(now)
    except Error:
        return None


_bounded = Bounded(_look, seconds=PATIENCE)


class Figures:
    """What three indexed queries say; without a database only that there is none."""

    def collect(self) -> Iterator[Metric]:
        found = _bounded()
        yield GaugeMetricFamily("orderly_database_up", "Whether the database answered", value=float(found is not None))
        if found is None:
            return
        owed, holds = found
        for name, about, value in (
            ("worker_lag_seconds", "Age of the oldest thing that waits for the worker", owed.lag.total_seconds()),
            ("journal_backlog", "Facts that have no position yet", owed.unnumbered),
            ("reactions_due", "Reactions that could be tried now", owed.due),
            ("reactions_dead", "Reactions given up, waiting for a person", owed.dead),
            ("holds", "Times held for somebody now", holds),
        ):
            yield GaugeMetricFamily(f"orderly_{name}", about, value=value)


def exposition() -> bytes:
    """Everything, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(Figures())  # type: ignore[arg-type]
    folder = os.environ.get(TOGETHER)
    if folder is None:
        return bytes(generate_latest(registry) + generate_latest(REGISTRY))
    _forget_the_dead(Path(folder))
    collector: Any = MultiProcessCollector
    collector(registry, folder)
    return bytes(generate_latest(registry))


def _forget_the_dead(folder: Path) -> None:
    """A process that was replaced has no connections and no sockets any more; what it counted stays counted."""
    for file in folder.glob("gauge_live*.db"):
        pid = int(file.stem.rsplit("_", 1)[1])
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid, str(folder))
