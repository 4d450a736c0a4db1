"""Databases to measure on: seeded once, kept until the seed or the tables change."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.children import Child

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "orderly"
FOLDER = ROOT / "var" / "bench"
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
PROVIDERS, PATIENTS = 50, 20_000


@dataclass(frozen=True, slots=True)
class Store:
    """A database, its one clinic as the seed tells it, and where it is kept."""

    url: str
    clinic: dict[str, Any]
    actor: str
    """Somebody of the front desk, by e-mail."""
    combined: str
    """A service that needs a provider, any of three chairs and any of two devices."""


def fingerprint() -> str:
    """Of the code that decides what is in a seeded database."""
    digest = hashlib.sha256()
    files = [*SOURCE.glob("seed/*.py"), *SOURCE.glob("*/migrations/*.py"), SOURCE / "core" / "constraints.py"]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def sqlite(history: int) -> Store:
    """The SQLite file with so much history, made if it isn't there."""
    file = FOLDER / f"{history}-{fingerprint()}.sqlite3"
    about = file.with_suffix(".json")
    if not about.exists():
        for old in FOLDER.glob(f"{history}-*"):
            old.unlink()
        FOLDER.mkdir(parents=True, exist_ok=True)
        _fill(f"sqlite:///{file}", history, about)
    return _store(f"sqlite:///{file}", about)


def postgres(server: str, history: int) -> Store:
    """The database orderly_bench_… on that server, made if it isn't there."""
    name = f"orderly_bench_{history}"
    about = FOLDER / f"postgres-{history}-{fingerprint()}.json"
    url = at(server, name)
    if not (about.exists() and _is_there(server, name)):
        FOLDER.mkdir(parents=True, exist_ok=True)
        with psycopg.connect(server, autocommit=True) as connection:
            _create(connection, name, "template0")
        _fill(url, history, about)
    return _store(url, about)


@contextmanager
def scratch(store: Store, server: str) -> Iterator[Store]:
    """A copy to write in, thrown away afterwards."""
    if store.url.startswith("sqlite"):
        original, copy = Path(store.url.removeprefix("sqlite:///")), FOLDER / "scratch.sqlite3"
        shutil.copy(original, copy)
        try:
            yield Store(f"sqlite:///{copy}", store.clinic, store.actor, store.combined)
        finally:
            for file in FOLDER.glob("scratch.sqlite3*"):
                file.unlink()
        return
    name = "orderly_bench_scratch"
    with psycopg.connect(server, autocommit=True) as connection:
        _create(connection, name, urlsplit(store.url).path[1:])
        try:
            yield Store(at(server, name), store.clinic, store.actor, store.combined)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def at(server: str, name: str) -> str:
    """Another database of the same server."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _is_there(server: str, name: str) -> bool:
    with psycopg.connect(server) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None


def _create(connection: "psycopg.Connection[Any]", name: str, template: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    connection.execute(create + sql.SQL(" ENCODING 'UTF8'") if template == "template0" else create)


def _fill(url: str, history: int, about: Path) -> None:
    print(f"Making a database with {history} appointments …", file=sys.stderr)
    env = {**os.environ, "ORDERLY_DATABASE_URL": url, "ORDERLY_SECRET_KEY": "only-for-measuring"}
    orderly = [sys.executable, "-m", "orderly.cli"]
    subprocess.run([*orderly, "migrate"], env=env, check=True, stdout=subprocess.DEVNULL)
    size = f"--clinics 1 --providers {PROVIDERS} --patients {PATIENTS} --history {history} --today {TODAY} --seed 1"
    made = subprocess.run(
        [*orderly, "seed", "--json", *size.split()], env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    with Child(url) as child:
        combined = child.call("bench.searches:add_combined", json.loads(made.stdout)["clinics"][0])
    about.write_text(json.dumps({**json.loads(made.stdout), "combined": combined}))


def _store(url: str, about: Path) -> Store:
    made = json.loads(about.read_text())
    desk = next(user["email"] for user in made["users"] if user["role"] == "front_desk")
    return Store(url, made["clinics"][0], desk, made["combined"])
