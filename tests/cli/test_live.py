"""The real command, as a process: it serves, it works, it stops when asked. OPS-3, SET-7"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.db import connection

pytestmark = [
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="the command makes its own SQLite file, whatever we test on"
    ),
]

PATIENCE = 60  # seconds until a process must answer, on a machine that has much else to do
ORDERLY = Path(sys.executable).parent / "orderly"


def environment(var: Path, **more: str) -> dict[str, str]:
    """A machine on which nothing has been set but where things may lie."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ORDERLY_", "DJANGO_"))}
    return {**clean, "ORDERLY_VAR": str(var), **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status(port: int, path: str = "/") -> int:
    """What a page answers, waiting for the server as long as it takes to start."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                return int(answer.status)
        except HTTPError as answer:
            return answer.code
        except OSError:
            assert time.monotonic() < until, "nobody answers"
            time.sleep(0.1)


@contextmanager
def running(env: dict[str, str], *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [ORDERLY, *arguments],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def end(process: "subprocess.Popen[str]", how: int) -> str:
    """Ask it to stop; what it had said. It must go in good order, and all of its children with it."""
    process.send_signal(how)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 0, output
    assert "Traceback" not in output
    assert gone(process.pid), "children were left behind"
    return output


def gone(group: int) -> bool:
    """Whether nobody of the process group is left, a moment later at most."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def orderly(env: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([ORDERLY, *arguments], env=env, capture_output=True, text=True, timeout=60)


def test_the_demo_runs_from_nothing_and_again(tmp_path: Path) -> None:
    env, port = environment(tmp_path / "var"), free_port()
    outputs = []
    for _ in range(2):
        with running(env, "demo", "--port", str(port)) as process:
            assert status(port) == 200
            outputs.append(end(process, signal.SIGINT))
    assert f"http://127.0.0.1:{port}" in outputs[0]
    assert "password orderly-demo" in outputs[0]
    logins = re.findall(r"^  (\w+) +(\S+@\S+)", outputs[0], re.MULTILINE)
    assert logins[4] == ("front_desk", "anna@london.example")
    assert [role for role, _ in logins] == [
        *("super_admin", "clinic_admin", "doctor", "clinical_staff", "front_desk", "billing", "read_only"),
    ]


def test_several_processes_serve_and_all_stop(tmp_path: Path) -> None:
    env, port = environment(tmp_path, ORDERLY_SECRET_KEY="only-for-tests"), free_port()
    assert orderly(env, "migrate").returncode == 0
    with running(env, "serve", "--port", str(port), "--processes", "2") as process:
        assert status(port) == 200
        end(process, signal.SIGTERM)


def test_a_worker_stops_when_asked(tmp_path: Path, django_db_setup: None, kept_file: Path) -> None:
    env = environment(tmp_path, ORDERLY_SECRET_KEY="only-for-tests")
    shutil.copyfile(kept_file, tmp_path / "orderly.sqlite3")
    with running(env, "worker") as process:
        assert process.stdout is not None
        assert process.stdout.readline().endswith('"logger": "orderly.worker", "message": "at work"}\n')
        assert end(process, signal.SIGTERM) == ""


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    secret = orderly(environment(tmp_path), "serve")
    assert (secret.returncode, secret.stderr.splitlines()[0][:30]) == (1, "ORDERLY_SECRET_KEY is not set.")
    empty = orderly(environment(tmp_path, ORDERLY_SECRET_KEY="x"), "serve")
    assert (empty.returncode, "Run: orderly migrate" in empty.stderr) == (1, True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = orderly(environment(tmp_path), "demo", "--port", str(taken.getsockname()[1]))
    assert (busy.returncode, "Choose another with --port." in busy.stderr) == (1, True)
