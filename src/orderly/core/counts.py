"""What is counted where it happens, for `/metrics`. Labels are words of the program, never ids or what was typed."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from prometheus_client import Counter, Gauge

from orderly.engine.problems import Problem

FACTS: Final = Counter("orderly_facts", "What happened, by what became of it", ["fact", "status", "source"])
REFUSALS: Final = Counter("orderly_refusals", "Reasons given for not doing something", ["code"])
REACTIONS: Final = Counter("orderly_reactions", "Reactions tried by the worker", ["outcome"])
SOCKETS: Final = Gauge("orderly_sockets", "Sockets open now", multiprocess_mode="livesum")


def fact_happened(kind: str, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """To be called once it has been committed. Of what changed, only the two that are words from a short list."""
    status, source = (str(changes[name][1] or "") if name in changes else "" for name in ("status", "source"))
    FACTS.labels(kind, status, source).inc()


def refused(problems: Iterable[Problem]) -> None:
    """Somebody was told why not."""
    for problem in problems:
        REFUSALS.labels(str(problem.code)).inc()
