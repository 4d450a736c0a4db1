"""A worker in a process of its own, for tests that kill it: `python -m tests.worker.child` drains what is due."""

import os
import subprocess
import sys

import django
from django.db import connection


def database_url() -> str:
    """The test's own database, as the child's ORDERLY_DATABASE_URL."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    login = f"{known['USER']}:{known['PASSWORD']}" if known["PASSWORD"] else known["USER"]
    port = f":{known['PORT']}" if known["PORT"] else ""
    return f"postgres://{login}@{known['HOST'].replace('/', '%2F')}{port}/{known['NAME']}"


def start(**more: str) -> "subprocess.Popen[str]":
    """A child that says "ready", waits for a line, and drains; `more` goes into its environment."""
    env = {**os.environ, "ORDERLY_DATABASE_URL": database_url(), "ORDERLY_SECRET_KEY": "only-for-tests", **more}
    command = [sys.executable, "-m", "tests.worker.child"]
    return subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "orderly.project.settings"
    django.setup()
    from orderly.worker.loop import Worker
    from tests.worker.reactions import ECHO, be_careless

    if os.environ.get("CARELESS"):
        be_careless()
    print("ready", flush=True)
    sys.stdin.readline()
    Worker(ECHO, chores=[]).drain()


if __name__ == "__main__":
    main()
