"""The addresses that machines ask: no session, no sign-in, no redirect, whatever host they call us."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from orderly.edge.guard import OPERATOR, PUBLIC, guard
from orderly.operations.metrics import exposition
from orderly.operations.readiness import OK, readiness


@guard(PUBLIC)
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive; nothing else is asked."""
    return _uncached(HttpResponse("ok\n", content_type="text/plain"))


@guard(PUBLIC)
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether requests should be sent here."""
    checks = readiness()
    ready = set(checks.values()) == {OK}
    return _uncached(JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503))


@guard(OPERATOR)
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus."""
    return _uncached(HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST))


def _uncached(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


PROBES: dict[str, Callable[..., HttpResponseBase]] = {"healthz": healthz, "readyz": readyz, "metrics": metrics}
