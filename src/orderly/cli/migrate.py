"""`orderly migrate`"""

import argparse

from orderly.cli.checks import start_django


def run(chosen: argparse.Namespace) -> int:
    start_django()
    migrate(verbosity=1)
    return 0


def migrate(verbosity: int) -> None:
    """Bring the tables up to date, making the folder of a SQLite file first."""
    from pathlib import Path

    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=verbosity, interactive=False)
