"""A migrated SQLite database without a row of any test, kept from one run to the next."""

import hashlib
import os
import sqlite3
from pathlib import Path

import django
from django.db import connection

import orderly

SOURCE = Path(orderly.__file__).parent


def kept_database(folder: Path) -> Path:
    """Named after all that it could depend on: after any change of the code there is none yet."""
    digest = hashlib.sha256(f"{django.get_version()} {sqlite3.sqlite_version}".encode())
    for file in sorted(SOURCE.rglob("*.py")):
        digest.update(str(file.relative_to(SOURCE)).encode() + file.read_bytes())
    return folder / f"{digest.hexdigest()[:32]}.sqlite3"


def keep(target: Path) -> None:
    """A copy of the database that we are connected to, instead of those of older code. Whole or not at all."""
    for older in set(target.parent.glob("*.sqlite3")) - {target}:
        older.unlink(missing_ok=True)
    half = target.with_suffix(f".{os.getpid()}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(half)])
    half.replace(target)
