"""Which commands there are, and how they are called."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import date
from importlib import import_module

Command = Callable[[argparse.Namespace], int]


class Refusal(Exception):
    """Why a command didn't do its work, for the person who typed it."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    chosen = parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderly.project.settings")
    try:
        return command(chosen.command)(chosen)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1


def command(name: str) -> Command:
    """The command's own module, loaded only when it is called for."""
    run: Command = import_module(f"orderly.cli.{name.replace('-', '_')}").run
    return run


def parser() -> argparse.ArgumentParser:
    orderly = argparse.ArgumentParser(prog="orderly", description="Front-desk and booking software for clinics.")
    commands = orderly.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, about: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=about, description=about)

    demo = add("demo", "Migrate, load the demo organisation when empty, and serve it on this machine.")
    demo.add_argument("--port", type=port, default=8000)
    serve = add("serve", "Serve screens and API.")
    serve.add_argument("--port", type=port, default=8000)
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (default %(default)s)")
    serve.add_argument("--processes", type=positive, default=1)
    serve.add_argument("--with-worker", action="store_true", help="run the worker too, also where there is a Redis")
    worker = add("worker", "Do what is owed after each change: run as many as you like.")
    worker.add_argument("--once", action="store_true", help="drain what is due and exit")
    add("migrate", "Bring the database's tables up to date.")
    seed = add("seed", "Fill an empty, migrated database with made-up clinics.")
    seed.add_argument("--clinics", type=positive, default=1)
    seed.add_argument("--providers", type=positive, default=5, help="in each clinic (default %(default)s)")
    seed.add_argument("--patients", type=positive, default=100, help="in each clinic (default %(default)s)")
    seed.add_argument("--history", type=whole, default=1000, help="appointments in total (default %(default)s)")
    seed.add_argument("--seed", type=int, default=1, help="the same gives the same (default %(default)s)")
    seed.add_argument("--today", type=date.fromisoformat, help="YYYY-MM-DD (default: today)")
    seed.add_argument("--json", action="store_true", help="print what was made as one JSON object")
    add("check-guards", "Check that the database itself refuses double bookings.")
    token = add("token", "Print a new API token that may do all its user may.")
    token.add_argument("email", help="whose")
    token.add_argument("--name", default="command line", help="what it is for (default %(default)s)")
    token.add_argument("--days", type=positive, default=90, help="until it expires (default %(default)s)")
    routes = add("routes", "List every URL, API operation and socket with the permission it needs.")
    routes.add_argument("--json", action="store_true")
    return orderly


def port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(f"{text} is not a port (1 to 65535)")
    return number


def whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is less than 0")
    return number


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number
