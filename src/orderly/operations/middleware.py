"""What happens around every request: probes are answered at the door, the rest is numbered, logged and counted."""

import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

from orderly.core.logs import within
from orderly.edge.tracing import HEADER, reference_of
from orderly.operations.metrics import count
from orderly.operations.views import PROBES

log = logging.getLogger("orderly.requests")

Next = Callable[[HttpRequest], Any]
NOWHERE = "nothing there"


class Probes:
    """First of all: a load balancer calls by address, not by name, and neither host names nor a session concern it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.probes = {f"/{name}": view for name, view in PROBES.items()}

    def __call__(self, request: HttpRequest) -> Any:
        probe = self.probes.get(request.path_info)
        return probe(request) if probe else self.get_response(request)


class Observed:
    """Numbers the request and writes one line about it: never its address, which may hold what somebody typed."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started, reference = time.perf_counter(), reference_of(request)
        with within(reference):
            response: HttpResponse = self.get_response(request)
            response.headers[HEADER] = reference
            _note(request, response.status_code, time.perf_counter() - started)
        return response


def route_of(request: HttpRequest) -> str:
    """The template of the address, `calendar/<uuid:clinic>/`; what leads nowhere is all one."""
    match = request.resolver_match
    return f"/{match.route}" if match else NOWHERE


def _note(request: HttpRequest, status: int, seconds: float) -> None:
    """Counted, and logged."""
    route = route_of(request)
    count(str(request.method), route, status, seconds)
    about = {
        "method": request.method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "user": _user(request),
        "clinic": _clinic(request),
    }
    log.info("%(method)s %(route)s %(status)s in %(ms)s ms", about, extra=about)


def _user(request: HttpRequest) -> UUID | None:
    """Who it was, if that has been found out: looking now would be a query."""
    actor, user = getattr(request, "_actor", None), request.__dict__.get("_cached_user")
    return actor.user if actor else getattr(user, "pk", None)


def _clinic(request: HttpRequest) -> UUID | None:
    """The clinic that the address names."""
    named = request.resolver_match.kwargs.get("clinic") if request.resolver_match else None
    try:
        return UUID(str(named or request.GET.get("clinic", "")))
    except (ValueError, SuspiciousOperation):  # too many fields to read
        return None
