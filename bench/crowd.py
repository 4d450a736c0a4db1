"""Many clients at once: processes with threads, each thread a client with a connection of its own."""

import multiprocessing
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from threading import Thread
from typing import Any

from bench.child import close_connections, start_django

PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many clients, in how many processes."""

    clients: int
    processes: int

    @property
    def threads(self) -> int:
        return self.clients // self.processes


@dataclass(slots=True)
class Member:
    """One client: its number, what all are given, and the barrier at which they meet."""

    number: int
    given: Any
    barrier: Barrier

    def meet(self) -> None:
        """Wait until all are here."""
        self.barrier.wait(PATIENCE)


def gather(crowd: Crowd, work: Callable[[Member], Any], given: Any) -> list[Any]:
    """Run `work`, a function of a module, in every client; what each returns. Raises RuntimeError if one fails."""
    spawn = multiprocessing.get_context("spawn")
    barrier, task = spawn.Barrier(crowd.clients), pickle.dumps((work, given))
    receivers = []
    for nth in range(crowd.processes):
        receiver, sender = spawn.Pipe(duplex=False)
        numbers = range(nth * crowd.threads, (nth + 1) * crowd.threads)
        spawn.Process(target=_process, args=(task, barrier, sender, numbers), daemon=True).start()
        sender.close()  # so that a process that dies is noticed
        receivers.append(receiver)
    try:
        found = [receiver.recv() for receiver in receivers]
    except EOFError:
        raise RuntimeError("a process of clients died") from None
    failures = [failure for _, failed in found for failure in failed]
    if failures:
        raise RuntimeError(failures[0])
    return [result for results, _ in found for result in results]


def _process(task: bytes, barrier: Barrier, sender: Connection, numbers: range) -> None:
    start_django()
    work, given = pickle.loads(task)  # only now: its modules need Django
    results: list[Any] = []
    failures: list[str] = []

    def run(number: int) -> None:
        try:
            results.append(work(Member(number, given, barrier)))
        except Exception as error:
            failures.append(f"{type(error).__name__}: {error}")
            barrier.abort()  # the others shouldn't wait for this one
        finally:
            close_connections()

    threads = [Thread(target=run, args=(number,), daemon=True) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sender.send((results, failures))
