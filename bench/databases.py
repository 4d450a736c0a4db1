"""Seeded databases, made once and kept until the seed or the tables change; and copies of them to write into."""

import hashlib
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.measures import Options
from bench.run import child

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"
FILLING = 3600.0  # seconds at most
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


class Store(Protocol):
    """Where databases are made."""

    name: str

    def seeded(self, history: int) -> str:
        """The URL of the database with so many appointments, made first when it isn't there. Not to be written into."""

    def copy(self, url: str) -> AbstractContextManager[str]:
        """A copy to write into, gone afterwards."""

    def empty(self) -> AbstractContextManager[str]:
        """A database with tables and nothing in them, gone afterwards."""


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
        path = FOLDER / f"copy-{secrets.token_hex(4)}.sqlite3"
        shutil.copyfile(url.removeprefix("sqlite:///"), path)
        try:
            yield f"sqlite:///{path}"
        finally:
            _remove(path)

    @contextmanager
    def empty(self) -> Iterator[str]:
        path = FOLDER / f"empty-{secrets.token_hex(4)}.sqlite3"
        try:
            yield migrated(f"sqlite:///{path}")
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
            self._run("CREATE DATABASE {} TEMPLATE {}", name, "template0")
            _fill(self._at(name), history, self.name)
            self._run(f"COMMENT ON DATABASE {{}} IS '{fingerprint()}'", name)
        return self._at(name)

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        with self._made_like(urlsplit(url).path.lstrip("/")) as copy:
            yield copy

    @contextmanager
    def empty(self) -> Iterator[str]:
        with self._made_like("template0") as url:
            yield migrated(url)

    @contextmanager
    def _made_like(self, original: str) -> Iterator[str]:
        name = f"orderly_bench_{secrets.token_hex(4)}"
        try:
            self._run("CREATE DATABASE {} TEMPLATE {}", name, original)
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

    def _run(self, command: str, *names: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))


def _fill(url: str, history: int, where: str) -> None:
    print(f"Making the database of {size_name(history)} appointments on {where} (once) …", file=sys.stderr, flush=True)
    migrated(url)
    list(child("fill", Options(history=history), url, longest=FILLING))


def migrated(url: str) -> str:
    """The same URL, once its database has the tables."""
    list(child("migrate", Options(), url))
    return url
