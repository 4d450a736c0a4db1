"""A WebSocket from its handshake to its end, as an ASGI application."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from django.db import Error, connection

from orderly.core import clock
from orderly.journal.queries import position as head_position
from orderly.live import events
from orderly.live.access import Key, from_elsewhere, headers_of, judge, key_of
from orderly.live.audiences import audience_at
from orderly.live.codes import REASONS, Code
from orderly.live.events import Event
from orderly.live.hub import Seat, Topic, hub
from orderly.people.queries import note_use

MOST_REPLAYED = 10_000  # positions; who missed more loads everything anew
SINCE = re.compile(r"[0-9]{1,18}")

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
log = logging.getLogger(__name__)


class BadSince(ValueError):
    """Not a position."""


@dataclass(frozen=True, slots=True)
class Admission:
    """A seat, and where the journal stood when it was given."""

    seat: Seat
    head: int
    reload: bool


async def application(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """A page of another site is refused within the handshake; everybody else learns from a close code what is wrong."""
    await receive()
    headers = headers_of(scope)
    key = key_of(headers)
    if from_elsewhere(key, headers):
        await send({"type": "websocket.close"})
        return
    admission = await asyncio.to_thread(_admit, key, scope["path"], scope["query_string"])
    await send({"type": "websocket.accept"})
    code = admission if isinstance(admission, Code) else await _attend(admission, receive, send)
    if code is not None:
        with suppress(OSError):  # the client has gone
            await send({"type": "websocket.close", "code": code.value, "reason": REASONS[code]})


def _admit(key: Key, path: str, query: bytes) -> Admission | Code:
    """Asks the database, in a thread."""
    try:
        audience = audience_at(path)
        if audience is None:
            return Code.NOT_FOUND
        now = clock.now()
        verdict = judge([(key, audience)], now=now)[key, audience]
        if isinstance(verdict, Code):
            return verdict
        note_use(key.token, now=now)
        return _admission(Seat(key, audience, verdict), _since(query))
    except BadSince:
        return Code.BAD_REQUEST
    except Error as error:
        log.warning("the database failed, nobody is let in: %s", error)
        return Code.TRY_AGAIN_LATER
    finally:
        connection.close()


def _admission(seat: Seat, since: int | None) -> Admission:
    head = head_position()
    unknown = since is not None and since > head  # of a journal that has been put back to an earlier state
    seat.position = head if since is None or unknown else since
    return Admission(seat, head, reload=unknown)


def _since(query: bytes) -> int | None:
    given = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("since")
    if given is None:
        return None
    if not SINCE.fullmatch(given[-1]):
        raise BadSince
    return int(given[-1])


async def _attend(admission: Admission, receive: Receive, send: Send) -> Code | None:
    """Until the client goes, or has to go: then why."""
    seat, here = admission.seat, hub()
    if here.is_full(seat.key):
        return Code.TRY_AGAIN_LATER
    with here.seated(seat, admission.head) as topic:
        telling = asyncio.create_task(_tell(admission, topic, send))
        tasks = {telling, asyncio.create_task(_until_gone(receive)), asyncio.create_task(seat.left.wait())}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
    return seat.code or _failed(telling)


def _failed(telling: asyncio.Task[None]) -> Code | None:
    """Why telling came to an end by itself. The client's going, which sending learns of first, is no reason."""
    error = None if telling.cancelled() else telling.exception()
    if error is None or isinstance(error, OSError):
        return None
    if isinstance(error, Error):
        return Code.TRY_AGAIN_LATER
    raise error


async def _until_gone(receive: Receive) -> None:
    """What a client says is read and not listened to."""
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def _tell(admission: Admission, topic: Topic, send: Send) -> None:
    """First what the journal has that the topic hasn't; then whatever comes, at the pace at which it is read."""
    seat = admission.seat
    await _send(events.opening(seat.position), send)
    if admission.reload:
        await _send(events.reload(seat.position), send)
    while True:
        seat.woken.clear()
        if seat.position < topic.since:
            await _catch_up(seat, topic.since, send)
            continue
        for event in topic.after(seat.position):
            await _pass_on(event, seat, send)
            seat.position = event.position
        if seat.held:
            seat.held = False
            await _send(events.held(seat.position, seat.audience.id), send)
        await seat.woken.wait()


async def _catch_up(seat: Seat, until: int, send: Send) -> None:
    if until - seat.position > MOST_REPLAYED:
        seat.position = until
        await _send(events.reload(until), send)
    while seat.position < until:
        last, found = await asyncio.to_thread(_read, seat.position)
        for event in found:
            await _pass_on(event, seat, send)
        seat.position = last


def _read(position: int) -> tuple[int, list[Event]]:
    try:
        return events.after(position)
    finally:
        connection.close()


async def _pass_on(event: Event, seat: Seat, send: Send) -> None:
    if seat.hears(event):
        for frame in event.frames:
            await _send(frame, send)


async def _send(frame: str, send: Send) -> None:
    await send({"type": "websocket.send", "text": frame})
