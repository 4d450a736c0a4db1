"""A look at the database that gives up: whoever asks how things are must get an answer when they are bad."""

from collections.abc import Callable
from threading import Lock, Thread
from typing import Generic, TypeVar

from django.db import connection

FoundT = TypeVar("FoundT")


class _Attempt(Thread, Generic[FoundT]):
    def __init__(self, look: Callable[[], FoundT]) -> None:
        super().__init__(daemon=True)
        self.look = look
        self.found: FoundT | None = None

    def run(self) -> None:
        try:
            self.found = self.look()
        finally:
            connection.close()


class Bounded(Generic[FoundT]):
    """Runs `look` in a thread of its own with a connection of its own. Only one is under way at a time: whoever asks
    meanwhile waits for the same, so a database that hangs costs one thread and one connection, however often asked.
    """

    def __init__(self, look: Callable[[], FoundT], *, seconds: float) -> None:
        self.look, self.seconds = look, seconds
        self._lock = Lock()
        self._attempt: _Attempt[FoundT] | None = None

    def __call__(self) -> FoundT | None:
        """What was found; None if that took too long."""
        with self._lock:
            attempt = self._attempt
            if attempt is None or not attempt.is_alive():
                attempt = self._attempt = _Attempt(self.look)
                attempt.start()
        attempt.join(self.seconds)
        return attempt.found
