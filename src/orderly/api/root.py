"""The API as a whole: its operations, who may call, what it answers when it can't."""

import functools
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, re_path
from ninja import NinjaAPI, Router
from ninja.parser import Parser

from orderly.api import (
    appointment_export,
    appointment_figures,
    appointment_lists,
    audit,
    history,
    holds,
    invitations,
    links,
    patients,
    people,
    reference,
    saved_filters,
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
    appointment_lists.router,  # and the verbs': one path, one router
    appointment_figures.router,
    appointment_export.router,
    saved_filters.router,
    links.router,  # before the patients': an id is no word
    patients.router,
    history.router,
    audit.router,
    reference.router,
    people.router,
    users.router,
    invitations.router,
    *setup.ROUTERS,
)


class Bounded(Parser):
    """Refuses a body of so many values that finding fault with each would take seconds."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.body.count(b",") > MOST_VALUES:
            raise RequestDataTooBig
        return super().parse_body(request)


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
    parser=Bounded(),
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
    return [*patterns, re_path("", _closed(not_found, {}))], app, namespace


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
    """Answering 401 itself, since the site's sign-in page is not for programs, and 405 in the API's own way."""

    @functools.wraps(view, updated=())
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = view(request, *args, **kwargs)
        if answer.status_code == 405:
            answer = not_allowed(answer["Allow"])
        answer.headers["Cache-Control"] = "no-store"
        return answer

    marked: Any = run
    marked.csrf_exempt = getattr(view, "csrf_exempt", False)  # ninja checks it itself, for sessions only
    marked.needs = needs
    return login_not_required(marked)
