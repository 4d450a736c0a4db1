"""A real server, and clients that send too much, too slowly, or what isn't HTTP (API-1, ACC-5)."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from orderly.project import wire
from orderly.project.wire import Bounded, Protocol

pytestmark = [pytest.mark.live, pytest.mark.slow]

MOST = 1000
SECONDS = 0.5


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """How much came, in how many pieces."""
    pieces, more = [], True
    while more:
        message = await receive()
        pieces.append(len(message["body"]))
        more = message["more_body"]
    body = json.dumps(pieces).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(wire, "HEAD_SECONDS", SECONDS)
    listening = socket.create_server(("127.0.0.1", 0))
    application = Bounded(echo, most=MOST, seconds=SECONDS)
    server = uvicorn.Server(uvicorn.Config(application, http=Protocol, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


def talk(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """All that the server says until it hangs up, or is asked to."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as talking:
        try:
            for piece in pieces:
                talking.sendall(piece)
                time.sleep(pause)
        except OSError:  # it hung up before we had said everything
            pass
        return heard(talking)


def heard(talking: socket.socket) -> bytes:
    found = b""
    try:
        while piece := talking.recv(65536):
            found += piece
    except ConnectionResetError:
        pass
    return found


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def head(*headers: str, path: str = "/") -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", "Connection: close", *headers, "", ""]).encode()


def test_bodies_come_whole(port: int) -> None:
    answer = talk(port, head("Content-Length: 10"), b"12345", b"67890", pause=0.05)
    assert (status(answer), answer.split(b"\r\n\r\n")[1]) == (200, b"[10]")
    answer = talk(port, head("Transfer-Encoding: chunked"), b"5\r\n12345\r\n", b"5\r\n67890\r\n0\r\n\r\n", pause=0.05)
    assert (status(answer), answer.split(b"\r\n\r\n")[1]) == (200, b"[10]")
    assert status(talk(port, head(f"Content-Length: {MOST}"), b"x" * MOST)) == 200


def test_bodies_that_are_too_large(port: int) -> None:
    shape = {"type": "about:blank", "title": "Request Entity Too Large", "status": 413, "problems": []}
    for sent in (
        [head(f"Content-Length: {MOST + 1}")],
        [head(f"Content-Length: {10**18}")],
        [head("Transfer-Encoding: chunked"), *[b"64\r\n" + b"x" * 100 + b"\r\n"] * 20],
    ):
        answer = talk(port, *sent)
        assert status(answer) == 413
        said = json.loads(answer.split(b"\r\n\r\n")[1])
        assert shape == {name: said[name] for name in shape}


def test_bodies_that_are_too_slow(port: int) -> None:
    started = time.monotonic()
    answer = talk(port, head("Content-Length: 100"), *[b"x"] * 10, pause=0.1)
    assert status(answer) == 408
    assert time.monotonic() - started < 5


def test_heads_that_are_too_large(port: int) -> None:
    assert status(talk(port, head("A: " + "x" * 60_000))) == 200
    assert status(talk(port, head("A: " + "x" * 1_000_000))) == 431
    assert status(talk(port, head(path="/" + "x" * 100_000))) == 431
    assert status(talk(port, head(*[f"A{nth}: x" for nth in range(90)]))) == 200
    assert status(talk(port, head(*[f"A{nth}: x" for nth in range(200)]))) == 431
    assert status(talk(port, head(*[f"A{nth}: x" for nth in range(10_000)]))) == 431
    endless = talk(port, b"POST / HTTP/1.1\r\nA: ", *[b"x" * 10_000] * 100)
    assert status(endless) == 431


def test_heads_that_are_too_slow(port: int) -> None:
    assert status(talk(port)) == 408
    assert status(talk(port, b"POST / HT")) == 408
    assert status(talk(port, b"POST / HTTP/1.1\r\n", *[b"A: x\r\n"] * 10, pause=0.1)) == 408


def test_the_next_request_of_a_connection_has_its_own_time(port: int) -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as talking:
        for _ in range(4):
            talking.sendall(request)
            assert status(talking.recv(65536)) == 200
            time.sleep(SECONDS / 2)
        talking.sendall(request[:10])
        assert status(heard(talking)) == 408


@pytest.mark.parametrize(
    "nonsense", [b"\x00\xff\x16\x03\x01\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"G\xc3\x89T / HTTP/1.1\r\n\r\n"]
)
def test_what_is_not_http(port: int, nonsense: bytes) -> None:
    assert status(talk(port, nonsense)) == 400


def test_whoever_leaves_early_leaves_nothing_behind(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as talking:
        talking.sendall(head("Content-Length: 100") + b"x")
    assert status(talk(port, head("Content-Length: 1"), b"x")) == 200


def test_what_is_no_request_passes() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(await receive())

    async def run() -> list[Any]:
        sent: list[Any] = []

        async def receive() -> Any:
            return "hello"

        async def send(message: Any) -> None:
            sent.append(message)

        await Bounded(application, most=1)({"type": "websocket"}, receive, send)
        return sent

    assert asyncio.run(run()) == ["hello"]
