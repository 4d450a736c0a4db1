"""A worker in a process of its own, for tests that kill it:  python -m tests.worker.child REACTION

It says "begun" when a reaction has done its work and is about to commit, and then does what REACTION says.
"""

import os
import subprocess
import sys
import time
from datetime import datetime

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


def environment() -> dict[str, str]:
    return {**os.environ, "ORDERLY_DATABASE_URL": database_url(), "ORDERLY_SECRET_KEY": "only-for-tests"}


def start(reaction: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.worker.child", reaction]
    return subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)


def main(reaction: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "orderly.project.settings"
    django.setup()
    from orderly.core.clock import now
    from orderly.journal.actions import deliver, sequence
    from tests.worker import reactions

    slow = {"tested": (getattr(reactions, reaction),)}
    print("ready", flush=True)
    sys.stdin.readline() if reaction == "count" else None
    while sequence(slow, now=now()) + deliver(slow, now=now()):
        pass


if __name__ == "__main__":
    main(sys.argv[1])
