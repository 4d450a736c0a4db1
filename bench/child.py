"""Runs one part against the database at ORDERLY_DATABASE_URL and prints its figures, a JSON object a line:
`python -m bench.child search '{"quick": true}'`.
"""

import json
import os
import sys
from dataclasses import asdict
from importlib import import_module

from bench.measures import Options


def start_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderly.project.settings")
    django.setup()


def close_connections() -> None:
    from django.db import connections

    connections.close_all()


def _keep_loaded() -> None:
    """As a server does."""
    from orderly.core.memory import keep_loaded

    keep_loaded()


def main(part: str, options: str) -> int:
    start_django()
    measured = import_module(f"bench.{part}")
    _keep_loaded()
    for figure in measured.measure(Options(**json.loads(options))):
        print(json.dumps(asdict(figure)), flush=True)
    close_connections()  # SQLite then puts everything into the one file
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
