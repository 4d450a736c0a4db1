"""The `orderly` command: what it prints, and what it refuses."""

import json
import socket
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.management.commands import collectstatic
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from orderly.appointments.models import Appointment
from orderly.cli import demo, serve, static
from orderly.cli.main import Refusal, main, parser
from orderly.core import clock
from orderly.edge.routes import routes
from orderly.live.audiences import SOCKETS
from orderly.people.queries import token_actor
from tests.factories import make_user


def said(output: pytest.CaptureFixture[str]) -> str:
    captured = output.readouterr()
    return captured.out + captured.err


@pytest.mark.django_db
def test_seed_prints_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = "seed --clinics 1 --providers 2 --patients 9 --history 50 --seed 3 --today 2026-03-02 --json"
    assert main(arguments.split()) == 0
    made = json.loads(capsys.readouterr().out)
    assert (list(made), len(made["clinics"]), len(made["users"])) == (["clinics", "users"], 1, 7)
    assert {key: type(value) for key, value in made["clinics"][0].items()} == {
        **dict.fromkeys(("id", "name", "timezone", "currency"), str),
        **dict.fromkeys(("providers", "services", "resources", "patients", "packages", "purchases"), list),
    }
    assert {tuple(user) for user in made["users"]} == {("email", "password", "role", "clinic", "token")}
    assert Appointment.objects.count() == 50


@pytest.mark.django_db
def test_seed_fills_only_an_empty_database(capsys: pytest.CaptureFixture[str]) -> None:
    small = ["seed", "--providers", "1", "--patients", "1", "--history", "0"]
    assert [main(small), main(small)] == [0, 1]
    assert said(capsys).endswith("The database isn't empty; nothing was written. Seed a new one.\n")


@pytest.mark.django_db
def test_guards_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    """APT-3"""
    assert main(["check-guards"]) == 0
    guard = "reservation_no_overlap"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {guard}_update")
        else:
            cursor.execute(f"ALTER TABLE calendars_reservation DROP CONSTRAINT {guard}")
    for command in (["check-guards"], ["worker", "--once"], ["serve", "--port", "1"]):
        assert main(command) == 1
        assert f"guards against double booking or a changed journal: {guard}." in said(capsys)


@pytest.mark.django_db
def test_tables_older_than_the_program_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    MigrationRecorder.Migration.objects.filter(app="journal").delete()
    for command in (["check-guards"], ["worker"], ["serve"], ["seed"]):
        assert main(command) == 1
        assert "Run: orderly migrate" in said(capsys)


@pytest.mark.django_db
def test_a_worker_told_to_work_once_comes_to_an_end() -> None:
    assert main(["worker", "--once"]) == 0


def test_routes_are_listed_with_the_permission_each_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["routes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [asdict(route) for route in sorted([*routes(), *SOCKETS])]
    assert main(["routes"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(routes()) + len(SOCKETS)


def test_a_port_that_is_taken_is_told() -> None:
    with serve.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refusal, match=f"Port {port} of 127.0.0.1 can't be used: .* Choose another with --port."):
            serve.listen("127.0.0.1", port)
    with serve.listen("127.0.0.1", port) as free:
        assert free.family == socket.AF_INET


@pytest.mark.parametrize(
    "line", ["", "dance", "serve --port 0", "serve --port 99999", "seed --clinics 0", "seed --today 32.1.2026"]
)
def test_nonsense_is_refused_with_the_usage(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(line.split())
    assert (refused.value.code, "usage: orderly" in said(capsys)) == (2, True)


def test_what_is_taken_for_granted() -> None:
    def given(line: str) -> dict[str, object]:
        return vars(parser().parse_args(line.split()))

    assert given("serve") == {
        "command": "serve",
        "port": 8000,
        "host": "127.0.0.1",
        "processes": 1,
        "with_worker": False,
    }
    assert given("demo") == {"command": "demo", "port": 8000}
    assert given("worker") == {"command": "worker", "once": False}
    assert given("seed --today 2026-03-02")["today"] == date(2026, 3, 2)


def test_the_demo_keeps_its_secret_to_itself(tmp_path: Path) -> None:
    kept = tmp_path / "var" / "secret"
    secret = demo._secret(kept)
    assert (len(secret) > 50, demo._secret(kept), kept.stat().st_mode & 0o777) == (True, secret, 0o600)


def test_static_files_are_gathered_only_when_they_have_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "STATIC_ROOT", tmp_path / "static")
    monkeypatch.setattr(collectstatic, "staticfiles_storage", StaticFilesStorage(location=tmp_path / "static"))
    static.collect()
    gathered = tmp_path / "static" / "vendor" / "htmx" / "htmx.min.js"
    assert gathered.is_file()
    gathered.unlink()
    static.collect()
    assert not gathered.exists()
    (tmp_path / "static" / static.STAMP).write_text("another")
    static.collect()
    assert gathered.is_file()


@pytest.mark.django_db
def test_a_token_for_somebody(capsys: pytest.CaptureFixture[str]) -> None:
    """ACC-6"""
    user = make_user(None)
    assert main(["token", user.email.upper(), "--days", "1"]) == 0
    actor = token_actor(capsys.readouterr().out.strip(), address="", now=clock.now())
    assert actor is not None
    assert actor.user == user.pk
    assert main(["token", "nobody@example.org"]) == 1
    assert said(capsys) == "Nobody active signs in as nobody@example.org.\n"
