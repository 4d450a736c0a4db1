"""Whether requests should be sent here: database, guards, migrations, worker."""

import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.db import Error, connection

from orderly.core import clock
from orderly.core.database import missing_guards, pending_migrations
from orderly.journal.queries import backlog
from orderly.operations.bounded import Bounded

OK: Final = "ok"
UNKNOWN: Final = "unknown"
NAMES = ("database", "guards", "migrations", "worker")
PATIENCE = 1.5  # seconds: load balancers give up after two or three
KEPT = 10.0  # seconds: what only a migration changes needn't be read at each look

Report = dict[str, str]


class Kept:
    """The answer of a check that costs more; a good one is believed for some seconds."""

    def __init__(self, check: Callable[[], str]) -> None:
        self.check, self.until = check, 0.0

    def __call__(self) -> str:
        if time.monotonic() < self.until:
            return OK
        found = self.check()
        self.until = time.monotonic() + KEPT if found == OK else 0.0
        return found


guards = Kept(lambda: "missing" if missing_guards() else OK)
migrations = Kept(lambda: "pending" if pending_migrations() else OK)


def worker() -> str:
    """Whether what is owed has waited longer than is normal."""
    return "late" if backlog(clock.now()).lag.total_seconds() > settings.WORKER_LAG else OK


def look() -> Report:
    """Each check by name; what comes after one that the database didn't survive is unknown."""
    found = dict.fromkeys(NAMES, UNKNOWN)
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found["database"] = OK
        found["migrations"] = migrations()
        found["guards"] = guards()
        found["worker"] = worker()
    except Error:
        if found["database"] == UNKNOWN:
            found["database"] = "unreachable"
    return found


_bounded = Bounded(look, seconds=PATIENCE)


def readiness() -> Report:
    """Answers within two seconds whatever the database does."""
    return _bounded() or {**dict.fromkeys(NAMES, UNKNOWN), "database": "no answer"}
