"""Two databases in one process, so that the same code runs against one and the other turn by turn."""

from collections.abc import Iterator
from contextlib import contextmanager

import dj_database_url
from django.db import DEFAULT_DB_ALIAS, connections

OTHER = "other"


class Sides:
    """This process's database, and the one at `url` beside it."""

    def __init__(self, url: str) -> None:
        settings = dict(connections.settings[DEFAULT_DB_ALIAS])
        settings["NAME"] = dj_database_url.parse(url)["NAME"]
        connections.settings[OTHER] = settings
        self._own = connections[DEFAULT_DB_ALIAS]
        self._other = connections[OTHER]

    @contextmanager
    def other(self) -> Iterator[None]:
        """While this lasts, everything asks the other database."""
        connections[DEFAULT_DB_ALIAS] = self._other
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = self._own
