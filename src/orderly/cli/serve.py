"""`orderly serve`"""

import argparse
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from tempfile import TemporaryDirectory
from threading import Thread

import uvicorn
from uvicorn.supervisors import Multiprocess

from orderly.cli.checks import require_guards, start_django
from orderly.cli.main import Refusal
from orderly.project.wire import Protocol

APPLICATION = "orderly.project.asgi:application"
BACKLOG = 2048
GRACE = 10  # seconds for what is under way when asked to stop


def run(chosen: argparse.Namespace) -> int:
    start_django()
    require_guards()
    from django.conf import settings

    with_worker = chosen.with_worker or not settings.REDIS_URL
    with listen(chosen.host, chosen.port) as listening:
        serve(listening, processes=chosen.processes, with_worker=with_worker)
    return 0


def serve(listening: socket.socket, *, processes: int, with_worker: bool) -> None:
    """Serve until told to stop. One process has the worker as a thread; several have it as a process beside them."""
    from orderly.cli.static import collect

    collect()
    if processes == 1:
        with worker_thread() if with_worker else nullcontext():
            _serve_alone(listening)
    else:
        with counting_together(), worker_process() if with_worker else nullcontext():
            _serve_with_others(listening, processes)


def listen(host: str, port: int) -> socket.socket:
    """The socket to serve on; whoever connects before we are ready waits. Raises Refusal where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise Refusal(f"Port {port} of {host} can't be used: {error.strerror}. Choose another with --port.") from error
    listening.set_inheritable(True)
    return listening


def _config(processes: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        APPLICATION,
        http=Protocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application believes its proxies itself
        timeout_graceful_shutdown=GRACE,
        ws="websockets-sansio",
        ws_max_size=4096,  # clients of sockets have nothing to say
        ws_per_message_deflate=False,  # frames are short, and a compressor for each socket isn't
        workers=processes,
    )


def _serve_alone(listening: socket.socket) -> None:
    with suppress(KeyboardInterrupt):  # the server has shut down in good order and passes the signal on
        uvicorn.Server(_config()).run(sockets=[listening])


def _serve_with_others(listening: socket.socket, processes: int) -> None:
    Multiprocess(_config(processes), sockets=[listening]).run()


@contextmanager
def counting_together() -> Iterator[None]:
    """Several processes count in one folder, so that whichever is asked for metrics answers for all."""
    with TemporaryDirectory(prefix="orderly-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


@contextmanager
def worker_thread() -> Iterator[None]:
    from orderly.worker.loop import Worker

    worker = Worker()
    thread = Thread(target=worker.run, name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stop.set()
        thread.join(GRACE)


@contextmanager
def worker_process() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "orderly.cli", "worker"])
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            logging.getLogger(__name__).warning("the worker didn't stop in %s s and is killed", GRACE)
            process.kill()
