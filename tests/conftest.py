"""What every test shares: a database that behaves as in production, and passwords that are quick to make."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections
from django.utils import translation
from pytest_django import DjangoDbBlocker

from tests.kept import keep, kept_database
from tests.sealed import let_flushes_through


def pytest_configure() -> None:
    """A million rounds for each made-up user are a third of a second. The form stays the one servers understand."""
    PBKDF2PasswordHasher.iterations = 1
    settings.RATE_LIMITS = False  # tests of the limits turn them on
    settings.IDLE_MINUTES = 12 * 60  # who travels some hours ahead is still there
    # How long one example takes says how busy the machine is.
    hypothesis.settings.register_profile(
        "orderly", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("orderly")
    let_flushes_through()
    _spare_the_disk(settings.DATABASES["default"]["OPTIONS"])


def _spare_the_disk(options: dict[str, Any]) -> None:
    """Nobody pulls the plug on PostgreSQL: that the disk has what a test wrote needn't be waited for. On SQLite the
    waits stay, as clients meet in them.
    """
    if "options" in options:
        options["options"] += " -c synchronous_commit=off"


def pytest_collection_finish() -> None:
    """All that has been imported stays: to look for garbage in it again and again takes a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """A page asked for in another language leaves it active in this thread."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """A SQLite file is there before the migrations look for it, and goes with its folder."""
    return _on_sqlite()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory, kept_file: Path
) -> None:
    """On SQLite a file, one for each worker: the usual shared in-memory database knows neither timeouts nor WAL. What
    the migrations make of an empty one is kept, since making it takes longer than most folders of tests.
    """
    if _on_sqlite():
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connections.settings["default"]["TEST"]["NAME"] = str(file)
        if kept_file.exists():
            shutil.copyfile(kept_file, file)


@pytest.fixture(scope="session")
def kept_file(pytestconfig: pytest.Config) -> Path:
    """Where the migrated database of exactly this code lies, or will lie."""
    assert pytestconfig.cache is not None
    return kept_database(pytestconfig.cache.mkdir("database"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker, kept_file: Path) -> None:
    if _on_sqlite() and not kept_file.exists():
        with django_db_blocker.unblock():
            keep(kept_file)


def _on_sqlite() -> bool:
    return connections.settings["default"]["ENGINE"] == "orderly.core.sqlite"
