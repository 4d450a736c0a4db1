"""Measuring happens in processes of their own: each has one database, and settings are read once a process."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from threading import Thread
from typing import Any

SPAWN = get_context("spawn")
PATIENCE = 600  # seconds


def open_django(url: str) -> None:
    """Settle on a database, as a server would at its start."""
    os.environ["ORDERLY_DATABASE_URL"] = url
    os.environ.setdefault("ORDERLY_SECRET_KEY", "only-for-measuring")
    os.environ.setdefault("ORDERLY_POOL", "64")
    os.environ["DJANGO_SETTINGS_MODULE"] = "orderly.project.settings"
    import django

    django.setup()


def named(name: str) -> Callable[..., Any]:
    """A function as module:function; the module is loaded only where there are settings."""
    module, function = name.split(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def call(name: str, *arguments: Any) -> Any:
    return named(name)(*arguments)


class Child:
    """A process that stays, so that what it has warmed up stays warm."""

    def __init__(self, url: str) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=SPAWN, initializer=open_django, initargs=(url,))

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def call(self, name: str, *arguments: Any) -> Any:
        return self._pool.submit(call, name, *arguments).result()


def crowd(url: str, name: str, arguments: Sequence[tuple[Any, ...]], *, processes: int) -> list[Any]:
    """Run a function once for each of `arguments`, all at a time: threads in a few processes. It gets a barrier for
    all, then its arguments.
    """
    barrier, answers = SPAWN.Barrier(len(arguments)), SPAWN.Queue()
    parts = [list(arguments[nth::processes]) for nth in range(processes)]
    members = [SPAWN.Process(target=_member, args=(url, name, part, barrier, answers)) for part in parts if part]
    for member in members:
        member.start()
    found = [answers.get(timeout=PATIENCE) for _ in arguments]
    for member in members:
        member.join()
    return found


def _member(url: str, name: str, part: list[tuple[Any, ...]], barrier: Barrier, answers: "Queue[Any]") -> None:
    open_django(url)
    work = named(name)
    threads = [Thread(target=lambda given=one: answers.put(work(barrier, *given))) for one in part]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
