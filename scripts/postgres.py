"""Run a command with a PostgreSQL to test on:  python -m scripts.postgres -- COMMAND …

The command finds a fresh, empty UTF-8 database in ORDERLY_DATABASE_URL and
ORDERLY_TEST_POSTGRES_URL; it is dropped afterwards. The server is, in this order:

1. the one at ORDERLY_TEST_POSTGRES_URL, when that is set;
2. this machine's, as user postgres, through its socket or 127.0.0.1:5432;
3. a throw-away one, started from the PostgreSQL programs found here and stopped afterwards,
   installing Debian's package first when there are none and we may.

When none of this works it says what to install and fails.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from scripts.debian import install, may_install

OLDEST = 14
LOCAL = (
    "postgres://postgres@%2Fvar%2Frun%2Fpostgresql/postgres",
    "postgres://postgres@127.0.0.1:5432/postgres",
)
INSTALL = (
    f"Install PostgreSQL {OLDEST} or newer with its contrib modules (Debian: apt-get install postgresql; "
    "Fedora: dnf install postgresql-server postgresql-contrib; macOS: brew install postgresql), or set "
    "ORDERLY_TEST_POSTGRES_URL=postgres://user:password@host:port/database to a server where that user may "
    "create databases."
)


class Unusable(Exception):
    """Why a server can't be tested on."""


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--"]:
        arguments = arguments[1:]
    if not arguments:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with server() as url, database(url) as ours:
        environment = {**os.environ, "ORDERLY_DATABASE_URL": ours, "ORDERLY_TEST_POSTGRES_URL": ours}
        return subprocess.run(arguments, env=environment).returncode


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server on which we may create databases."""
    given = os.environ.get("ORDERLY_TEST_POSTGRES_URL")
    if given:
        try:
            check(given)
        except Unusable as reason:
            sys.exit(f"The PostgreSQL at ORDERLY_TEST_POSTGRES_URL can't be used: {reason}")
        yield given
        return
    for url in LOCAL:
        try:
            check(url)
        except Unusable:
            continue
        yield url
        return
    with throw_away_server(programs()) as url:
        yield url


def check(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=5, autocommit=True) as connection:
            version = connection.info.server_version // 10000
            may_create = connection.execute(
                "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            has_gist = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'btree_gist'").fetchone()
    except psycopg.Error as problem:
        raise Unusable(str(problem).strip()) from problem
    if version < OLDEST:
        raise Unusable(f"it is version {version}; Orderly needs {OLDEST} or newer.")
    if not may_create or not may_create[0]:
        raise Unusable("its user may not create databases (ALTER ROLE … CREATEDB).")
    if not has_gist:
        raise Unusable("the extension btree_gist is missing: install PostgreSQL's contrib package.")


@contextmanager
def database(url: str) -> Iterator[str]:
    """A fresh database on that server; Django's own test databases, test_<name>…, go with it."""
    name = f"orderly_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        create = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
        try:
            connection.execute(sql.SQL(create).format(sql.Identifier(name)))
        except psycopg.Error:  # the server's locale is tied to another encoding
            create += " LC_COLLATE 'C' LC_CTYPE 'C'"
            connection.execute(sql.SQL(create).format(sql.Identifier(name)))
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            left = connection.execute(
                "SELECT datname FROM pg_database WHERE datname = %s OR starts_with(datname, %s)",
                (name, f"test_{name}"),
            ).fetchall()
            for (leftover,) in left:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(leftover)))


def programs() -> Path:
    """The folder with initdb and pg_ctl, installed first when we may."""
    found = find_programs()
    if not found and may_install():
        install("Debian's PostgreSQL", "postgresql")
        found = find_programs()
    if not found:
        sys.exit(f"The tests need a PostgreSQL server, and there is none here. {INSTALL}")
    return found


def find_programs() -> Path | None:
    def version(folder: Path) -> int:
        return int(folder.parent.name) if folder.parent.name.isdigit() else 0

    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((folder for folder in folders if all((folder / p).exists() for p in ("initdb", "pg_ctl"))), None)


@contextmanager
def throw_away_server(programs: Path) -> Iterator[str]:
    """A server in a temporary folder, reachable only through a socket in it."""
    with tempfile.TemporaryDirectory(prefix="orderly-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        become: dict[str, object] = {}
        if os.geteuid() == 0:  # initdb and postgres refuse root
            account = unprivileged()
            os.chown(folder, account.pw_uid, account.pw_gid)
            become = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        data, log = folder / "data", folder / "log"

        def run(program: str, *arguments: str) -> None:
            command = [str(programs / program), "-D", str(data), *arguments]
            with tempfile.TemporaryFile() as output:  # not a pipe: the server would keep it open
                done = subprocess.run(command, cwd=folder, stdout=output, stderr=output, **become)  # type: ignore[call-overload]
                if done.returncode:
                    output.seek(0)
                    said = output.read().decode(errors="replace")
                    logged = log.read_text(errors="replace") if log.exists() else ""
                    sys.exit(f"Starting a throw-away PostgreSQL failed ({program}):\n{said}{logged}\n{INSTALL}")

        print(f"Starting a throw-away PostgreSQL from {programs} …", file=sys.stderr)
        run(
            "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"
        )  # fmt: skip
        settings = {
            "listen_addresses": "''",
            "unix_socket_directories": str(folder),
            "max_connections": "200",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        with (data / "postgresql.conf").open("a") as file:
            file.writelines(
                f"{key} = {value if value == chr(39) * 2 else repr(value)}\n" for key, value in settings.items()
            )
        run("pg_ctl", "start", "--wait", f"--log={log}")
        try:
            url = f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
            try:
                check(url)
            except Unusable as reason:
                sys.exit(f"The throw-away PostgreSQL from {programs} can't be used: {reason}")
            yield url
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")


def unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    sys.exit("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
