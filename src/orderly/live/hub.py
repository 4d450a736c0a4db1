"""One for each process: reads the journal once for all of its sockets, and asks again who may still listen."""

import asyncio
import logging
import resource
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db import Error, connection

from orderly.core import clock, counts
from orderly.live import bell, events
from orderly.live.access import Key, Verdict, judge
from orderly.live.audiences import Audience, Kind
from orderly.live.codes import Code
from orderly.live.events import Event
from orderly.live.holds import held_now

LOOK_EVERY = 0.25  # seconds, when nobody rings
CHECK_EVERY = 2.0  # seconds between asking who may still listen
FIRST_WAIT, LONGEST_WAIT = 0.5, CHECK_EVERY  # seconds, after something has failed
KEPT = 256  # events of one audience; who is further behind reads the journal
MOST = min(2000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)  # sockets in a process
MOST_EACH = MOST // 2  # with one key
log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Seat:
    """A socket's place: who sits there, what they may hear, and how far they have been told."""

    key: Key = field(repr=False)
    audience: Audience
    clinics: frozenset[UUID]
    position: int = 0
    held: bool = False  # other times are held now than this seat was told
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    code: Code | None = None

    def hears(self, event: Event) -> bool:
        if event.clinic is None:
            return True
        return event.clinic in self.clinics and self.audience in event.audiences

    def put_out(self, code: Code) -> None:
        self.code = code
        self.left.set()


@dataclass(slots=True)
class Topic:
    """What an audience heard lately: everything after `since`."""

    since: int
    seats: set[Seat] = field(default_factory=set)
    _events: deque[Event] = field(default_factory=deque)

    def add(self, event: Event) -> None:
        if len(self._events) == KEPT:
            self.since = self._events.popleft().position
        self._events.append(event)
        for seat in self.seats:
            seat.woken.set()

    def stir(self) -> None:
        """Other times are held than before."""
        for seat in self.seats:
            seat.held = True
            seat.woken.set()

    def after(self, position: int) -> list[Event]:
        return [event for event in self._events if event.position > position]


class Hub:
    """A thread reads; everything else happens in the server's loop, so that nothing needs a lock."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._position = 0
        self._topics: dict[Audience, Topic] = {}
        self._seats: set[Seat] = set()
        self._held: Mapping[UUID, frozenset[UUID]] = {}
        self._rung = threading.Event()
        self._checked = 0.0
        threading.Thread(target=self._run, name="live-hub", daemon=True).start()

    def is_full(self, key: Key) -> bool:
        """Whether there is no more room, at all or for this key."""
        return len(self._seats) >= MOST or sum(seat.key == key for seat in self._seats) >= MOST_EACH

    @contextmanager
    def seated(self, seat: Seat, head: int) -> Iterator[Topic]:
        """Everything after the topic's `since` will reach the seat through it. `head` is a position that the journal
        has reached already.
        """
        if not self._topics:  # nobody listened, so nothing was read
            self._position = head
        topic = self._topics.setdefault(seat.audience, Topic(self._position))
        topic.seats.add(seat)
        seat.held = seat.audience.id in self._held  # they may be others than those the page was made with
        self._seats.add(seat)
        counts.SOCKETS.inc()
        try:
            yield topic
        finally:
            counts.SOCKETS.dec()
            self._seats.discard(seat)
            topic.seats.discard(seat)
            if not topic.seats:
                del self._topics[seat.audience]

    def _run(self) -> None:
        bell.hang_up(self._rung)
        wait = 0.0
        while not self.loop.is_closed():
            self._rung.wait(wait or LOOK_EVERY)
            self._rung.clear()
            waited, wait = wait, 0.0
            for step in (self._look, self._check):
                wait = max(wait, self._tried(step, waited or wait))
        connection.close()
        bell.take_down(self._rung)

    def _tried(self, step: Callable[[], None], waited: float) -> float:
        """How long to wait now. One step's failing keeps nobody from the other."""
        try:
            step()
        except Exception as error:
            return 0.0 if self.loop.is_closed() else self._trouble(error, waited)
        return 0.0

    def _trouble(self, error: Exception, waited: float) -> float:
        """Tells an outage of the database once, anything else always; how long to wait."""
        if not isinstance(error, Error):
            log.error("unexpected", exc_info=error)
        elif not waited:
            log.warning("the database failed, live events wait for it: %s", error)
        connection.close()
        return min(max(FIRST_WAIT, waited * 2), LONGEST_WAIT)

    def _look(self) -> None:
        """Read on from where all have been told."""
        if not self._topics:
            connection.close()
            return
        read = self._position
        while True:
            last, found = events.after(read)
            if last == read:
                break
            self.loop.call_soon_threadsafe(self._tell, read, last, found)
            read = last
        self._look_at_holds()

    def _look_at_holds(self) -> None:
        now = held_now(now=clock.now())
        changed = {one for one in {*now, *self._held} if now.get(one) != self._held.get(one)}
        self._held = now
        for clinic in changed:
            self.loop.call_soon_threadsafe(self._stir, Audience(Kind.CLINIC, clinic))

    def _stir(self, audience: Audience) -> None:
        if audience in self._topics:
            self._topics[audience].stir()

    def _tell(self, read: int, last: int, found: list[Event]) -> None:
        """What was read after `read`. A look that began before others were told overlaps with what they were told."""
        if read > self._position:
            return
        for event in found:
            if event.position > self._position:
                for audience in self._topics.keys() & event.audiences if event.clinic else tuple(self._topics):
                    self._topics[audience].add(event)
        self._position = max(self._position, last)

    def _check(self) -> None:
        """Ask who may still listen, where that was some time ago."""
        if time.monotonic() - self._checked < CHECK_EVERY:
            return
        asked = {(seat.key, seat.audience) for seat in tuple(self._seats)}
        if asked:
            self.loop.call_soon_threadsafe(self._apply, judge(asked, now=clock.now()))
        self._checked = time.monotonic()

    def _apply(self, verdicts: Mapping[tuple[Key, Audience], Verdict]) -> None:
        for seat in self._seats:
            match verdicts.get((seat.key, seat.audience)):
                case Code() as code:
                    seat.put_out(code)
                case frozenset() as clinics:
                    seat.clinics = clinics


_hubs: list[Hub] = []


def hub() -> Hub:
    """The hub of the running loop, of which a server has one."""
    loop = asyncio.get_running_loop()
    if not _hubs or _hubs[0].loop is not loop:
        _hubs[:] = [Hub(loop)]
    return _hubs[0]
