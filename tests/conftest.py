"""What every test shares: a database that behaves as in production, and passwords that are quick to make."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections
from django.utils import translation

from tests.sealed import let_flushes_through


def pytest_configure() -> None:
    """A million rounds for each made-up user are a third of a second. The form stays the one servers understand."""
    PBKDF2PasswordHasher.iterations = 1
    settings.RATE_LIMITS = False  # tests of the limits turn them on
    settings.IDLE_MINUTES = 12 * 60  # who travels some hours ahead is still there
    let_flushes_through()


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """A page asked for in another language leaves it active in this thread."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On SQLite a file, one for each worker: the usual shared in-memory database knows neither timeouts nor WAL."""
    default = connections.settings["default"]
    if default["ENGINE"] == "orderly.core.sqlite":
        default["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
