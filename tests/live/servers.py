"""The real commands on the test's own database: servers, workers, and a Redis to be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from urllib.error import HTTPError
from urllib.request import urlopen

from django.conf import settings
from redis import Redis, RedisError

from tests.worker.child import database_url

ORDERLY = Path(sys.executable).parent / "orderly"
PATIENCE = 60  # seconds until a process must be there


class Process:
    """A command, in a process group of its own."""

    def __init__(self, *command: str | Path, **more: str) -> None:
        env = {**os.environ, "ORDERLY_SECRET_KEY": settings.SECRET_KEY, "ORDERLY_RATE_LIMITS": "off", **more}
        self._running = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, start_new_session=True)

    def kill(self) -> None:
        """kill -9, children and all."""
        if self._running.poll() is None:
            os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()

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
        self._var = mkdtemp()
        more = {"ORDERLY_DATABASE_URL": database_url(), "ORDERLY_REDIS_URL": redis, "ORDERLY_VAR": self._var}
        super().__init__(ORDERLY, "serve", "--port", str(self.port), *arguments, **more)

    def kill(self) -> None:
        super().kill()
        rmtree(self._var, ignore_errors=True)

    def ready(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
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
    """A Redis that keeps nothing, on `port` or another one."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        super().__init__("redis-server", "--port", str(self.port), "--save", "", "--bind", "127.0.0.1")

    def ready(self) -> bool:
        try:
            return bool(Redis.from_url(self.url, retry=None).ping())
        except RedisError:
            return False


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
def two_servers() -> Iterator[tuple[Server, Server, OwnWorker, OwnRedis]]:
    """Two web processes that know nothing of each other but the database and a Redis, and a worker beside them."""
    with ExitStack() as stack:
        redis = OwnRedis()
        started = (Server(redis=redis.url), Server(redis=redis.url), OwnWorker(redis.url), redis)
        for one in started:
            stack.callback(one.kill)
        for server in (*started[:2], redis):
            wait_until(server.ready)
        yield started


@contextmanager
def one_server(*arguments: str) -> Iterator[Server]:
    """One process with its worker in it, and no Redis."""
    server = Server(*arguments)
    try:
        wait_until(server.ready)
        yield server
    finally:
        server.kill()
