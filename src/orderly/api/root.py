"""The API as a whole: its operations, who may call, what it answers when it can't."""

import functools
import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, re_path
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from ninja.errors import HttpError
from ninja.parser import Parser

from orderly.api import (
    absences,
    appointment_export,
    appointment_figures,
    appointment_lists,
    audit,
    documents,
    history,
    holds,
    invitations,
    links,
    lists,
    packages,
    parties,
    patient_merging,
    people,
    plans,
    purchases,
    reference,
    reports,
    saved_filters,
    series,
    sessions,
    setup,
    slots,
    users,
    visits,
)
from orderly.api.auth import Bearer, Session
from orderly.api.refusals import handle, not_allowed, not_found
from orderly.api.schemas import Refusal
from orderly.edge.guard import PUBLIC

MOST_VALUES = 4_000
ROUTERS: tuple[Router, ...] = (
    slots.router,
    visits.router,
    holds.router,
    sessions.router,
    parties.router,
    absences.router,
    series.router,
    appointment_lists.router,  # and the verbs': one path, one router
    appointment_figures.router,
    appointment_export.router,
    documents.router,
    saved_filters.router,
    links.router,  # before the patients': an id is no word
    patient_merging.router,  # and the patients', and those of standing
    plans.router,
    history.router,
    audit.router,
    lists.router,
    packages.router,
    purchases.router,
    reference.router,
    reports.router,
    people.router,
    users.router,
    invitations.router,
    *setup.ROUTERS,
)


class Strict(Parser):
    """Reads JSON as its standard has it, whatever Content-Type says: no name twice, which programs read differently,
    and no NaN. Refuses a body of so many values that finding fault with each would take seconds.
    """

    def parse_body(self, request: HttpRequest) -> Any:
        if request.headers.get("Content-Encoding", "identity") != "identity":
            raise HttpError(415, _("Send the body as it is: compressed ones aren't read."))
        if request.body.count(b",") > MOST_VALUES:
            raise RequestDataTooBig
        return json.loads(request.body, object_pairs_hook=_once, parse_constant=_no_number)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is given twice")
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} isn't JSON")


class Api(NinjaAPI):
    """With the shape of refusals in the document, which no operation names as its answer."""

    def get_openapi_schema(self, **given: Any) -> Any:
        return self._document

    @functools.cached_property
    def _document(self) -> Any:
        schema = super().get_openapi_schema()
        shape = Refusal.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        schema["components"]["schemas"] |= {**shape.pop("$defs"), "Refusal": shape}
        return schema


api = Api(
    title="Orderly",
    version="1",
    description="Booking for clinics. Refusals are problem details (RFC 9457).",
    docs_url=None,
    urls_namespace="api",
    auth=[Bearer(), Session()],
    parser=Strict(),
)
handle(api)
for router in ROUTERS:
    api.add_router("", router)


def urls() -> tuple[list[URLPattern | URLResolver], str, str]:
    """For `path("api/v1/", …)`, with an answer of our own for what isn't there."""
    patterns, app, namespace = api.urls
    needs = _needs()
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        root = pattern.name == "api-root"  # only there so that ninja finds out where it is mounted
        view, says = (not_found, {}) if root else (pattern.callback, needs.get(str(pattern.pattern), {"GET": PUBLIC}))
        pattern.callback = _closed(view, says)
    nothing = _closed(not_found, {})
    nothing.csrf_exempt = True  # there is nothing to be forged, and 404 is the answer to programs too
    return [*patterns, re_path("", nothing)], app, namespace


def _needs() -> dict[str, dict[str, str]]:
    """The permissions of each path by method, as the operations declare them."""
    found: dict[str, dict[str, str]] = {}
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            of_path = found.setdefault(path.lstrip("/").replace("{", "<").replace("}", ">"), {})
            for operation in view.operations:
                declared: Any = operation.view_func
                of_path |= dict.fromkeys(operation.methods, declared.needs)
    return found


def _closed(view: Any, needs: dict[str, str]) -> Any:
    """Answering 401 itself, since the site's sign-in page is not for programs, and 405 in the API's own way. HEAD is
    GET without what it would show.
    """

    @functools.wraps(view, updated=())
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        head = request.method == "HEAD" and "GET" in needs
        if head:
            request.method = "GET"
        answer: HttpResponse = view(request, *args, **kwargs)
        if answer.status_code == 405:
            answer = not_allowed([*needs, *(["HEAD"] if "GET" in needs else [])])
        if head and answer.streaming:
            answer.streaming_content = ()  # type: ignore[attr-defined]
        elif head:
            answer.headers["Content-Length"] = str(len(answer.content))
            answer.content = b""
        return answer

    marked: Any = run
    marked.csrf_exempt = getattr(view, "csrf_exempt", False)  # ninja checks it itself, for sessions only
    marked.needs = needs
    return login_not_required(marked)
