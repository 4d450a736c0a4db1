from collections.abc import Iterator

import pytest

from orderly.journal.models import Entry
from tests.live.servers import Server, one_server, wait_until


@pytest.fixture(scope="module")
def running(django_db_setup: None) -> Iterator[Server]:
    """Alive for all tests of a module, while each begins with an empty database."""
    with one_server() as started:
        yield started


@pytest.fixture
def server(running: Server, transactional_db: None) -> Iterator[Server]:
    """Its worker has done all it has to before the tables are emptied under it."""
    yield running
    wait_until(numbered)


def numbered() -> bool:
    return not Entry.objects.filter(position=None).exists()
