"""Real web processes on the test's own database, and clients that talk HTTP to them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from itertools import cycle
from typing import Any, Protocol

import uvicorn
from django.conf import settings

from orderly.people.actions import create_token
from orderly.people.models import User
from orderly.people.queries import actor_for
from orderly.project.asgi import application
from tests.factories import NOW
from tests.races.storm import FORK, leave_connections, storm, winners
from tests.worker.child import database_url

BACKLOG, PATIENCE = 256, 60  # seconds for one answer


class Web:
    """A web process with a socket of its own. Whoever connects before it is ready waits."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self.port: int = self._listening.getsockname()[1]
        self._pid = self._start()

    def _start(self) -> int:
        fd = self._listening.fileno()
        command = [sys.executable, "-m", "uvicorn", "orderly.project.asgi:application", "--fd", str(fd)]
        env = {
            **os.environ,
            "ORDERLY_DATABASE_URL": database_url(),
            "ORDERLY_SECRET_KEY": "only-for-tests",
            "ORDERLY_RATE_LIMITS": "off",
        }
        more = ["--lifespan", "off", "--log-level", "warning", "--no-access-log"]
        self._process = subprocess.Popen([*command, *more], env=env, pass_fds=[fd])
        return self._process.pid

    def kill(self) -> None:
        """kill -9. Its socket goes too, so that clients notice."""
        os.kill(self._pid, signal.SIGKILL)
        self._wait()
        self._listening.close()

    def _wait(self) -> None:
        self._process.wait()


class Copy(Web):
    """The same server, forked from this process: there in a moment, for tests that kill many."""

    def _start(self) -> int:
        leave_connections()
        self._child = FORK.Process(target=self._serve, daemon=True)
        self._child.start()
        assert self._child.pid is not None
        return self._child.pid

    def _serve(self) -> None:
        settings.RATE_LIMITS = False
        config = uvicorn.Config(application, lifespan="off", log_config=None, access_log=False)
        uvicorn.Server(config).run(sockets=[self._listening])

    def _wait(self) -> None:
        self._child.join()


@contextmanager
def serving(processes: int = 2) -> Iterator[list[Web]]:
    """Web processes that have answered their first request."""
    with ExitStack() as stack:
        started = [Web() for _ in range(processes)]
        for web in started:
            stack.callback(web.kill)
        for web in started:
            assert call(web, "GET", "openapi.json", token="")[0] == 200
        yield started


class Served(Protocol):
    """What answers HTTP here."""

    port: int


def call(web: Served, method: str, path: str, body: Any = None, *, token: str, key: str = "") -> tuple[int, Any]:
    """Status and what the answer's JSON holds. OSError or HTTPException where none comes."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    if key:
        headers["Idempotency-Key"] = key
    connection = HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
    try:
        connection.request(method, f"/api/v1/{path}", json.dumps({} if body is None else body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


def insist(ask: Callable[[], tuple[int, Any]], seconds: int = 20) -> tuple[int, Any]:
    """What a good client gets: it comes back while it is told that others are at work on the same."""
    until = time.monotonic() + seconds
    while True:
        status, body = ask()
        contended = status == 409 and [one["code"] for one in body["problems"]] == ["contended"]
        if not contended or time.monotonic() > until:
            return status, body
        time.sleep(0.05)


def token_of(user: Any) -> str:
    """A bearer token of the user with all their rights."""
    actor = actor_for(User.objects.get(pk=user))
    return create_token("storm", clinic=None, permissions=None, expires_at=None, actor=actor, now=NOW)[1]


def http_storm(webs: list[Web], asks: list[Callable[[Web], tuple[int, Any]]]) -> list[tuple[int, Any]]:
    """Everybody asks at once, one web process as much as the other."""
    pairs = zip(asks, cycle(webs), strict=False)
    return winners(storm([lambda ask=ask, web=web: ask(web) for ask, web in pairs], warm=False))
