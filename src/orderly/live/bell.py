"""Says that there is something new in the journal, so that nobody has to wait for the next look.

A ring carries nothing: one too many costs a look, and one that is lost is made good by the look that comes anyway.
"""

import logging
import threading
from collections.abc import Callable
from functools import cache

from django.conf import settings
from redis import Redis, RedisError

CHANNEL = "orderly:live"
TIMEOUT, QUIET, PAUSE = 1.0, 10.0, 1.0  # seconds: for an answer, without a message, until the next try
log = logging.getLogger(__name__)

_near: set[threading.Event] = set()


def hang_up(rung: threading.Event) -> None:
    """Have `rung` set whenever the bell rings: in this process, and where there is a Redis in any."""
    _near.add(rung)
    if settings.REDIS_URL:
        _listener()


def take_down(rung: threading.Event) -> None:
    """Have it set no more."""
    _near.discard(rung)


def ring() -> None:
    """Never fails, and never waits for Redis."""
    _ring_near()
    if settings.REDIS_URL:
        _ringer().set()


def _ring_near() -> None:
    for rung in tuple(_near):
        rung.set()


@cache
def _ringer() -> threading.Event:
    """What makes the bell ring in the other processes. Rings that come together are one."""
    due, redis = threading.Event(), _redis()

    def step() -> None:
        due.wait()
        due.clear()
        redis.publish(CHANNEL, b"")

    threading.Thread(target=_patiently, args=(step,), name="live-ringer", daemon=True).start()
    return due


@cache
def _listener() -> threading.Thread:
    """Rings the bell here when it rings elsewhere."""
    heard = _redis().pubsub(ignore_subscribe_messages=True)

    def step() -> None:
        try:
            if not heard.subscribed:
                heard.subscribe(CHANNEL)
            if heard.get_message(timeout=QUIET):
                _ring_near()
        except (RedisError, OSError):
            heard.reset()
            raise

    thread = threading.Thread(target=_patiently, args=(step,), name="live-listener", daemon=True)
    thread.start()
    return thread


def _redis() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT, health_check_interval=int(QUIET)
    )


def _patiently(step: Callable[[], None]) -> None:
    """Again and again, with a pause while there is no Redis; each outage is told once."""
    pause, lost = threading.Event(), False
    while True:
        try:
            step()
        except (RedisError, OSError) as error:
            if not lost:
                log.warning("Redis is away, live events may come a moment later: %s", error)
            lost = True
            pause.wait(PAUSE)
        else:
            if lost:
                log.info("Redis is back")
            lost = False
