"""Many clients at the same moment: real threads in real processes, each with a connection of its own."""

import logging
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Barrier
from typing import Any

from django.db import connection, connections

from orderly.core.errors import Forbidden, NotFound, Refused, Stale

Act = Callable[[], Any]

FORK = get_context("fork")  # the children share the test's database, its rows and what it has patched
PATIENCE = 60  # seconds until everybody must have come to the start
CONTENDED, PAUSE = ("contended",), 0.05
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a client's act: an answer, or the codes of a refusal, or a fault, which nobody must ever see."""

    answer: Any = None
    refused: tuple[str, ...] = ()
    fault: str = ""

    @property
    def won(self) -> bool:
        return not self.refused and not self.fault


def storm(acts: Sequence[Act], *, processes: int = 4, warm: bool = True, insist: bool = True) -> list[Outcome]:
    """Everybody acts at once; the outcomes in the order of `acts`.

    `warm` clients have reached the database before; those that `insist` come back when they are told "contended",
    which says nothing but that the machine is slow.
    """
    acts = [insisting(act) for act in acts] if insist else acts
    leave_connections()
    gate = FORK.Barrier(len(acts))
    shares = [share for share in (acts[nth::processes] for nth in range(processes)) if share]
    started = [_start(share, gate, warm) for share in shares]
    found: list[Any] = [None] * len(acts)
    for nth, (_, answers) in enumerate(started):
        found[nth::processes] = answers.recv()
    for child, _ in started:
        child.join()
    log.info("%s clients: %s", len(acts), dict(tally(found)))
    return found


def insisting(act: Act) -> Act:
    """The act of a client that comes back while others are at work on what it wants."""

    def again() -> Any:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except Refused as refused:
                if codes_of(refused) != CONTENDED or time.monotonic() > until:
                    raise
            time.sleep(PAUSE)

    return again


def codes_of(refused: Refused) -> tuple[str, ...]:
    """Its reasons."""
    return tuple(str(problem.code) for problem in refused.problems)


def leave_connections() -> None:
    """A connection must not be shared with a child, nor may SQLite's locks be: they are opened anew when needed."""
    connections.close_all()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


def tally(outcomes: Sequence[Outcome]) -> Counter[str]:
    """How often each answer was given: "won", the codes of refusals, faults in full."""
    return Counter("won" if one.won else one.fault or " ".join(one.refused) for one in outcomes)


def winners(outcomes: Sequence[Outcome]) -> list[Any]:
    """The answers of those who were not refused. A fault fails the test that asks."""
    assert [one.fault for one in outcomes if one.fault] == []
    return [one.answer for one in outcomes if one.won]


def codes(outcomes: Sequence[Outcome]) -> set[str]:
    """Every reason that a loser was given."""
    return {code for one in outcomes for code in one.refused}


def _start(share: Sequence[Act], gate: Barrier, warm: bool) -> tuple[Any, Connection]:
    mine, theirs = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_work, args=(share, gate, warm, theirs))
    child.start()
    theirs.close()  # so that a child that dies is an EOFError, not a wait for ever
    return child, mine


def _work(share: Sequence[Act], gate: Barrier, warm: bool, answers: Connection) -> None:
    with ThreadPoolExecutor(len(share)) as threads:
        answers.send(list(threads.map(lambda act: _client(act, gate, warm), share)))
    leave_connections()


def _client(act: Act, gate: Barrier, warm: bool) -> Outcome:
    try:
        if warm:  # given back to the pool: more clients than connections is an ordinary day
            connection.ensure_connection()
            connections.close_all()
        gate.wait(PATIENCE)
        return Outcome(answer=act())
    except Refused as refused:
        return Outcome(refused=codes_of(refused))
    except (NotFound, Forbidden, Stale) as refused:
        return Outcome(refused=(type(refused).__name__,))
    except Exception:
        return Outcome(fault=traceback.format_exc())
    finally:
        connections.close_all()
