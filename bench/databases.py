"""Seeded databases, made once and kept until the seed or the tables change; and copies of them to write into."""

import hashlib
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.measures import Options
from bench.run import child

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"
SOURCES = ("src/orderly/seed/*.py", "src/orderly/*/migrations/*.py", "bench/fill.py", "bench/world.py")


def fingerprint() -> str:
    """Another one whenever the data would come out differently."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def size_name(history: int) -> str:
    """10k, 1M."""
    return f"{history // 1_000_000}M" if history % 1_000_000 == 0 else f"{history / 1000:g}k"


class Sqlite:
    """Files in var/bench/."""

    name = "SQLite"

    def seeded(self, history: int) -> str:
        FOLDER.mkdir(parents=True, exist_ok=True)
        path = FOLDER / f"{size_name(history)}-{fingerprint()}.sqlite3"
        if not path.exists():
            for old in FOLDER.glob(f"{size_name(history)}-*"):
                old.unlink()
            making = path.with_name(f"{path.name}-making")
            _remove(making)
            _fill(f"sqlite:///{making}", history, self.name)
            making.rename(path)
            _remove(making)
        return f"sqlite:///{path}"

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """A copy to write into, gone afterwards."""
        path = FOLDER / f"copy-{secrets.token_hex(4)}.sqlite3"
        shutil.copyfile(url.removeprefix("sqlite:///"), path)
        try:
            yield f"sqlite:///{path}"
        finally:
            _remove(path)


def _remove(path: Path) -> None:
    """A database with the files that SQLite and the queue of writers keep beside it."""
    for suffix in ("", "-wal", "-shm", "-queue"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


class Postgres:
    """Databases on the server at `url`. What a kept one was made from is in its comment, written last."""

    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._url = url

    def seeded(self, history: int) -> str:
        name = "orderly_bench" if history == 1_000_000 else f"orderly_bench_{size_name(history)}"
        if self._made_from(name) != fingerprint():
            self._drop(name)
            self._run("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
            _fill(self._at(name), history, self.name)
            self._run(f"COMMENT ON DATABASE {{}} IS '{fingerprint()}'", name)
        return self._at(name)

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """A copy to write into, gone afterwards."""
        name = f"orderly_bench_copy_{secrets.token_hex(4)}"
        original = urlsplit(url).path.lstrip("/")
        with psycopg.connect(self._url, autocommit=True) as connection:
            command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(command.format(sql.Identifier(name), sql.Identifier(original)))
        try:
            yield self._at(name)
        finally:
            self._drop(name)

    def _at(self, name: str) -> str:
        return urlsplit(self._url)._replace(path=f"/{name}").geturl()

    def _made_from(self, name: str) -> str | None:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        with psycopg.connect(self._url) as connection:
            row = connection.execute(query, [name]).fetchone()
        return row[0] if row else None

    def _drop(self, name: str) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _run(self, command: str, name: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(sql.SQL(command).format(sql.Identifier(name)))  # type: ignore[arg-type]


def _fill(url: str, history: int, where: str) -> None:
    print(f"Making the database of {size_name(history)} appointments on {where} (once) …", file=sys.stderr, flush=True)
    for _ in child("fill", Options(history=history), url):
        pass
