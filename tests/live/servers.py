"""The real commands on the test's own database: servers, workers, and a Redis to be killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.conf import settings
from redis import Redis, RedisError

from tests.worker.child import database_url

ORDERLY = Path(sys.executable).parent / "orderly"
PATIENCE = 60  # seconds until a process must be there


class Process:
    """A command, in a process group of its own. It may be killed and started again."""

    def __init__(self, *command: str | Path, **more: str) -> None:
        self._command = command
        self._env = {**os.environ, "ORDERLY_SECRET_KEY": settings.SECRET_KEY, "ORDERLY_RATE_LIMITS": "off", **more}
        self.start()

    def start(self) -> None:
        self._running = subprocess.Popen(
            self._command, env=self._env, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def kill(self) -> None:
        """kill -9, children and all."""
        if self._running.poll() is None:
            os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()

    def end(self) -> None:
        """It won't be started again."""
        self.kill()

    def ask_to_stop(self) -> float:
        """The seconds that it takes to stop in good order."""
        began = time.monotonic()
        self._running.terminate()
        self._running.wait(PATIENCE)
        return time.monotonic() - began


class Server(Process):
    """`orderly serve` on a port of its own. Wait until it is `ready`."""

    def __init__(self, *arguments: str, redis: str = "") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._var = mkdtemp()
        more = {"ORDERLY_DATABASE_URL": database_url(), "ORDERLY_REDIS_URL": redis, "ORDERLY_VAR": self._var}
        super().__init__(ORDERLY, "serve", "--port", str(self.port), *arguments, **more)

    def end(self) -> None:
        super().end()
        shutil.rmtree(self._var, ignore_errors=True)

    def ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=5):
                return True
        except HTTPError:
            return True
        except OSError:
            return False


class OwnWorker(Process):
    """`orderly worker`"""

    def __init__(self, redis: str = "") -> None:
        super().__init__(ORDERLY, "worker", ORDERLY_DATABASE_URL=database_url(), ORDERLY_REDIS_URL=redis)


class OwnRedis(Process):
    """A Redis that keeps nothing. Where there is none, the test is skipped and says why."""

    def __init__(self) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            pytest.skip("no Redis: python -m scripts.redis_server installs one or says how to")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        super().__init__(program, "--port", str(self.port), "--save", "", "--bind", "127.0.0.1")

    def ready(self) -> bool:
        try:
            return bool(Redis.from_url(self.url, retry=None).ping())
        except RedisError:
            return False


class Pair(NamedTuple):
    """Two web processes that know nothing of each other but the database and a Redis, and a worker beside them."""

    one: Server
    other: Server
    worker: OwnWorker
    redis: OwnRedis


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.05)


@contextmanager
def two_servers() -> Iterator[Pair]:
    with ExitStack() as stack:
        redis = OwnRedis()
        stack.callback(redis.end)
        pair = Pair(Server(redis=redis.url), Server(redis=redis.url), OwnWorker(redis.url), redis)
        for one in pair[:3]:
            stack.callback(one.end)
        for server in (pair.one, pair.other, redis):
            wait_until(server.ready)
        yield pair


@contextmanager
def own_redis() -> Iterator[OwnRedis]:
    redis = OwnRedis()
    try:
        wait_until(redis.ready)
        yield redis
    finally:
        redis.end()


@contextmanager
def one_server(*arguments: str) -> Iterator[Server]:
    """One process with its worker in it, and no Redis."""
    server = Server(*arguments)
    try:
        wait_until(server.ready)
        yield server
    finally:
        server.end()
