"""Two databases in one process, so that the same code runs against one and the other turn by turn."""

from collections.abc import Callable
from typing import TypeVar

import dj_database_url
from django.db import DEFAULT_DB_ALIAS, connections

OTHER = "other"
Result = TypeVar("Result")


class Sides:
    """This process's database, and the one at `url` beside it."""

    def __init__(self, url: str) -> None:
        settings = dict(connections.settings[DEFAULT_DB_ALIAS])
        settings["NAME"] = dj_database_url.parse(url)["NAME"]
        connections.settings[OTHER] = settings
        self._here, self._there = connections[DEFAULT_DB_ALIAS], connections[OTHER]

    def there(self, work: Callable[[], Result]) -> Result:
        """The work, with everything in it asking the other database."""
        connections[DEFAULT_DB_ALIAS] = self._there
        try:
            return work()
        finally:
            connections[DEFAULT_DB_ALIAS] = self._here
