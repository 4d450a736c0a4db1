"""What a request may cost before anything of ours looks at it: bytes and seconds. Proxies may be stricter."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD: Final = 64 * 1024  # bytes: the address and all headers
MOST_HEADERS: Final = 100
HEAD_SECONDS: Final = 20.0  # from the connection, or the first byte after an answer, to the end of the head
BODY_SECONDS: Final = 30.0

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class TooLarge(Exception):
    """The body goes on beyond what is taken."""


class Gone(Exception):
    """The client has left before the request was whole."""


def problem(status: int) -> bytes:
    """A refusal like the API's own (RFC 9457), for programs and people alike."""
    title = HTTPStatus(status).phrase
    shape = {"type": "about:blank", "title": title, "status": status, "detail": f"{title}.", "problems": []}
    return json.dumps(shape).encode()


class Bounded:
    """An application that is given whole bodies only, of at most `most` bytes that came within `seconds`: whoever
    sends more is answered 413, whoever takes longer 408. A view never waits for a slow client, nor fills a disk.
    """

    def __init__(self, application: Any, *, most: int, seconds: float = BODY_SECONDS) -> None:
        self.application, self.most, self.seconds = application, most, seconds

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.seconds):
                body = await self._whole(scope, receive)
        except TooLarge:
            await _refuse(send, 413)
        except TimeoutError:
            await _refuse(send, 408)
        except Gone:
            return
        else:
            await self.application(scope, _again(body, receive), send)

    async def _whole(self, scope: Any, receive: Receive) -> bytes:
        said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if said.isdigit() and int(said[:20]) > self.most:
            raise TooLarge
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            body += message.get("body", b"")
            if len(body) > self.most:
                raise TooLarge
            more = message.get("more_body", False)
        return body


def _again(body: bytes, receive: Receive) -> Receive:
    """The body in one piece, then whatever else comes."""
    pieces = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Any:
        return pieces.pop() if pieces else await receive()

    return next_message


async def _refuse(send: Send, status: int) -> None:
    body = problem(status)
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Protocol(HttpToolsProtocol):
    """The server's own reading of requests has no end: a head may be as long, and take as long, as a client likes.
    This one answers 431 and 408, and hangs up.
    """

    _head = 0
    _reading = True
    _refused = False
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._no_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        super().data_received(data)
        if self._reading:
            self._head += len(data)
            if self._head > MOST_HEAD:
                self._hang_up(431)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        self._reading = False
        self._no_deadline()
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > MOST_HEAD or len(self.headers) > MOST_HEADERS:
            self._hang_up(431)
        elif not self._refused:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._refused:
            super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        if not self._refused:
            super().handle_websocket_upgrade()

    def _await_head(self) -> None:
        self._no_deadline()
        self._head, self._reading = 0, True
        self._deadline = self.loop.call_later(HEAD_SECONDS, self._hang_up, 408)

    def _no_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _hang_up(self, status: int) -> None:
        self._refused = True
        self._no_deadline()
        body, phrase = problem(status), HTTPStatus(status).phrase
        head = (
            f"HTTP/1.1 {status} {phrase}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
