"""`orderly demo`"""

import argparse
import os
import secrets
from itertools import groupby
from pathlib import Path

from orderly.cli.checks import require_guards, start_django
from orderly.cli.migrate import migrate
from orderly.cli.serve import listen, serve

HOST = "127.0.0.1"


def run(chosen: argparse.Namespace) -> int:
    with listen(HOST, chosen.port) as listening:
        os.environ["ORDERLY_DEMO"] = "1"
        os.environ.setdefault("ORDERLY_PUBLIC_URL", f"http://{HOST}:{chosen.port}")  # where the links in mails lead
        os.environ.setdefault("ORDERLY_SECRET_KEY", _secret(Path(os.environ.get("ORDERLY_VAR", "var")) / "secret"))
        start_django()
        _prepare()
        _greet(chosen.port)
        serve(listening, processes=1, with_worker=True)
    return 0


def _prepare() -> None:
    from orderly.core.clock import now
    from orderly.seed.demo import load_when_empty

    migrate(verbosity=0)
    require_guards()
    load_when_empty(now=now())


def _secret(kept: Path) -> str:
    """Made once, so that sessions outlast a restart."""
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(50))
    return kept.read_text()


def _greet(port: int) -> None:
    from orderly.seed.demo import PASSWORD, logins

    print(f"\nOrderly runs on http://{HOST}:{port} — stop it with Ctrl-C.\n")
    print(f"Sign in with one of these, password {PASSWORD}:")
    for role, of_role in groupby(logins(), key=lambda login: login.role):
        print(f"  {role:<15}" + "".join(f"{login.email:<26}" for login in of_role))
    print(flush=True)
