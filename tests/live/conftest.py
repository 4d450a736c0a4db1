from collections.abc import Iterator

import pytest

from tests.live.servers import Server, one_server


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Server]:
    """Alive for all tests of a module, while each begins with an empty database."""
    with one_server() as started:
        yield started
