"""What processes count together in Redis. While it can't be reached each goes on alone; nothing fails for it."""

import logging
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from orderly.core import clock

REST: Final = 10  # seconds without asking again, once it has failed
PATIENCE: Final[dict[str, Any]] = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "retry": Retry(NoBackoff(), 0),  # the library's own would keep a request waiting for seconds
}

T = TypeVar("T")
log = logging.getLogger(__name__)
_failed_at: list[float] = []  # the last time, if ever


def shared(ask: Callable[[], T], alone: Callable[[], T]) -> T:
    """What Redis answers to `ask`; while it can't be reached, what `alone` does."""
    now = clock.now().timestamp()
    if _failed_at and 0 <= now - _failed_at[-1] < REST:
        return alone()
    try:
        answer = ask()
    except RedisError as error:
        if not _failed_at:  # said once, for as long as it lasts
            log.warning("Redis can't be reached; until it can, each process counts alone: %s", error)
        _failed_at[:] = [now]
        return alone()
    if _failed_at:
        _failed_at.clear()
        log.warning("Redis can be reached again")
    return answer


class SharedCache(RedisCache):
    """Django's cache in Redis, in this process while Redis is away."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": PATIENCE})
        self._alone = LocMemCache("alone", {})

    def add(self, *given: Any, **more: Any) -> bool:
        return shared(lambda: RedisCache.add(self, *given, **more), lambda: self._alone.add(*given, **more))

    def get(self, *given: Any, **more: Any) -> Any:
        return shared(lambda: RedisCache.get(self, *given, **more), lambda: self._alone.get(*given, **more))

    def set(self, *given: Any, **more: Any) -> None:
        shared(lambda: RedisCache.set(self, *given, **more), lambda: self._alone.set(*given, **more))

    def delete(self, *given: Any, **more: Any) -> bool:
        return shared(lambda: RedisCache.delete(self, *given, **more), lambda: self._alone.delete(*given, **more))
