"""The number of a request: in its answer, in each line of the log about it, and on the page if something breaks."""

import re
from typing import Any, Final

from django.http import HttpRequest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from orderly.core.ids import spoken

HEADER: Final = "X-Request-ID"
LENGTH = 12
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
KEY = "orderly.request"


def reference_of(request: HttpRequest) -> str:
    """The number of this request: what a trusted proxy called it, else one that can be read out on the telephone."""
    if not hasattr(request, "_reference"):
        request._reference = getattr(request, "scope", {}).get(KEY) or spoken(LENGTH)  # type: ignore[attr-defined]
    return str(request._reference)  # type: ignore[attr-defined]


class TrustedProxies(ProxyHeadersMiddleware):
    """Believes the named proxies about the client's address and TLS, and about the request's number; nobody else."""

    def __init__(self, application: Any, trusted: str) -> None:
        super().__init__(application, trusted_hosts=trusted)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        client = scope.get("client")
        if client and client[0] in self.trusted_hosts:
            name = HEADER.lower().encode()
            given = next((value.decode("latin1") for key, value in scope.get("headers", ()) if key == name), "")
            if GIVEN.fullmatch(given):
                scope[KEY] = given
        await super().__call__(scope, receive, send)
