"""The loop that numbers the journal, delivers what is owed because of it, and tidies up.

As many may run as one likes, in the web process or beside it: each piece of work is taken by one of them.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from threading import Event, Thread

from django.conf import settings
from django.db import Error, connection

from orderly.appointments.actions.hold import tidy_holds
from orderly.core import clock
from orderly.edge import drafts, idempotency
from orderly.journal.actions import Reactions, deliver, sequence
from orderly.live.bell import ring
from orderly.wiring import REACTIONS

log = logging.getLogger("orderly.worker")

IDLE = 0.1  # seconds
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds, after the database has failed
SOON, HOURLY = timedelta(seconds=20), timedelta(hours=1)
DAILY = timedelta(days=1)


def clear_sessions(*, now: datetime) -> None:
    """Sessions past their time."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@dataclass(slots=True)
class Chore:
    """Something to be done every so often."""

    work: Callable[..., object]
    every: timedelta
    due: datetime | None = None

    def if_due(self, now: datetime) -> None:
        if self.due is None or now >= self.due:
            self.work(now=now)
            self.due = now + self.every


def chores() -> list[Chore]:
    return [
        Chore(tidy_holds, SOON),
        Chore(idempotency.tidy, HOURLY),
        Chore(drafts.tidy, HOURLY),
        Chore(clear_sessions, DAILY),
    ]


@dataclass(slots=True)
class Worker:
    """Works until told to stop; a database that fails makes it wait, not end."""

    reactions: Reactions = field(default_factory=lambda: REACTIONS)
    stop: Event = field(default_factory=Event)
    chores: list[Chore] = field(default_factory=chores)

    def run(self) -> None:
        """Numbers the journal in a thread of its own: those who watch don't wait for a reaction that takes its time."""
        log.info("at work")
        numbering = Thread(target=self._patiently, args=(self.number,), name="sequencer", daemon=True)
        numbering.start()
        self._patiently(self.react)
        numbering.join()

    def _patiently(self, step: Callable[[], int]) -> None:
        wait = FIRST_WAIT
        while not self.stop.is_set():
            try:
                pause = 0.0 if step() else IDLE
                wait = FIRST_WAIT
            except Error as error:
                log.warning("the database failed, trying again in %.1f s: %s", wait, error)
                connection.close()
                pause, wait = wait, min(wait * 2, LONGEST_WAIT)
            except Exception:
                log.exception("unexpected, trying again in %.1f s", wait)
                pause, wait = wait, min(wait * 2, LONGEST_WAIT)
            self.stop.wait(pause)
        connection.close()

    def drain(self) -> None:
        """Do all that is due now, then return."""
        while self.step() and not self.stop.is_set():
            pass

    def step(self) -> int:
        """One round; returns how much there was to do."""
        return self.number() + self.react()

    def number(self) -> int:
        """Give out positions, and tell those who watch."""
        numbered = sequence(self.reactions, now=clock.now())
        if numbered:
            ring()
        return numbered

    def react(self) -> int:
        """Do what is owed, and what is to be done every so often."""
        now = clock.now()
        for chore in self.chores:
            chore.if_due(now)
        return deliver(self.reactions, now=now)
