"""How often somebody may ask. All limits are in this table; what counts against one says so where it is done.

Counted in Redis where there is one, so that several processes count together, else in this process alone.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from orderly.core import clock
from orderly.core.errors import TooOften
from orderly.core.shared import PATIENCE, shared
from orderly.edge.actors import actor_of, address_of

ONE_SITE = 64  # bits of an IPv6 address: whoever has one has all that begin so
SAFE = ("GET", "HEAD", "OPTIONS")

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in any minute from one address; with `each`, so many for each user there."""

    name: str
    per_minute: int
    each: bool = False


SIGN_IN: Final = Limit("sign-in", 10)
PUBLIC_WRITE: Final = Limit("public-write", 10)
WRONG_TOKEN: Final = Limit("wrong-token", 10)
REGISTRATION: Final = Limit("registration", 10, each=True)
INVITATION: Final = Limit("invitation", 10, each=True)  # each is a mail to whatever address
# What displays and waiting patients ask again and again, from one clinic's address; and what a kiosk is told there.
SCREEN: Final = Limit("screen", 300)
KIOSK: Final = Limit("kiosk", 30)
SEARCH: Final = Limit("search", 120, each=True)


def take(limit: Limit, request: HttpRequest) -> None:
    """Count one. Raises TooOften, and counts nothing, where that would be one too many."""
    if not settings.RATE_LIMITS:
        return
    user = str(actor_of(request).user or "") if limit.each else ""
    wait = _counted(limit, site_of(address_of(request)), user)
    if wait is not None:
        raise TooOften(wait)


def limited(limit: Limit) -> Callable[[View], View]:
    """Counts what a view is sent; looking at it is free."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in SAFE:
                take(limit, request)
            return view(request, *args, **kwargs)

        return counted

    return decorate


def site_of(address: str) -> str:
    """Addresses that count as one: an IPv6 network, an IPv4 address however it is written."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((found, ONE_SITE), strict=False))


def _counted(limit: Limit, *who: str) -> int | None:
    """Seconds to wait; None where there is no need to."""
    url = settings.REDIS_URL
    if not url:
        return _ask(_own(), limit, *who)
    return shared(lambda: _ask(_common(url), limit, *who), lambda: _ask(_own(), limit, *who))


def _ask(counters: MovingWindowRateLimiter, limit: Limit, *who: str) -> int | None:
    item = RateLimitItemPerMinute(limit.per_minute, namespace="orderly")
    if counters.hit(item, limit.name, *who):
        return None
    left = counters.get_window_stats(item, limit.name, *who).reset_time - clock.now().timestamp()
    return max(1, math.floor(left) + 1)  # at the full minute the window still holds it


@cache
def _own() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


@cache
def _common(url: str) -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(storage_from_string(url, **PATIENCE))
