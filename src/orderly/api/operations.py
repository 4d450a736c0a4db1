"""How an operation is declared: its permission, its status and its refusals stand next to the function itself.

    @writes(router, "POST", "holds", needs="booking:create_appointment", status=201)
    def hold(request: HttpRequest, body: HoldIn) -> HoldOut:
        "Hold a time while the form is filled in."

The function answers a model (None for no content), or a whole HttpResponse; refusals are raised.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import getdoc
from typing import Any, get_type_hints

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from ninja import Router
from ninja.constants import NOT_SET
from pydantic import BaseModel

from orderly.core.errors import Invalid
from orderly.edge.actors import actor_of, now_of
from orderly.edge.idempotency import HEADER, Answer, digest_of, key_of, once
from orderly.edge.limits import SEARCH, Limit, take
from orderly.edge.readlog import require_look
from orderly.edge.versions import etag, is_known, try_each
from orderly.engine.problems import Code, Problem

JSON = "application/json"
LONGEST_NAME = 100
View = Callable[..., Any]

IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "The same key with the same request gets the same answer, for a day.",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag that was read; if there is another version by now: 412.",
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "An ETag one has; while that is still the version: 304 without a body.",
}
ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The version, for If-Match."}}
REFUSED = {
    400: "The request can't be read, or asks for more than one answer may hold.",
    401: "No valid token, and not signed in.",
    403: "In one's own clinic, without the right; or a session without the CSRF token.",
    404: "Not there, or not one's own.",
    409: "A rule, the state of things or another booking stands against it.",
    412: "Somebody changed it since it was read (If-Match, or the version in the body).",
    413: "The request is too large.",
    415: "The body is compressed.",
    422: "A field is wrong or missing.",
    429: "Too often; Retry-After says in how many seconds to come back.",
}
ALWAYS = {400, 401, 403, 404, 409, 422, 429}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What is said of an operation. `versioned` ones heed If-Match, `dated` ones versions in their body; `hide` gives
    the answer without what must not be stored for a repetition; `limit` is how often it may be asked; `auth` who else
    may ask than everywhere.
    """

    router: Router
    method: str
    path: str
    needs: str
    status: int = 200
    writing: bool = False
    versioned: bool = False
    dated: bool = False
    hide: Callable[[Any], Any] | None = None
    answers: Any = None
    shows: str = ""
    limit: Limit | None = None
    auth: Any = NOT_SET

    def __call__(self, view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, **values: Any) -> HttpResponseBase:
            limit = self.limit or (SEARCH if request.GET.get("q") else None)  # whichever list is searched
            if limit is not None:
                take(limit, request)
            _only(request, known)
            return self._write(request, view, values) if self.writing else self._read(request, view, values)

        marked: Any = run
        marked.needs = self.needs
        model = self.answers or get_type_hints(view)["return"]
        self.router.api_operation(
            [self.method],
            self.path,
            operation_id=view.__name__,
            summary=(getdoc(view) or "").split("\n")[0].rstrip("."),
            description=getdoc(view),
            response={self.status: model if _is_model(model) else None},
            openapi_extra=self._documents(model),
            auth=self.auth,
            by_alias=True,  # as it is written
        )(run)
        known = _query_names(marked._ninja_operation)
        return view

    def _read(self, request: HttpRequest, view: View, values: dict[str, Any]) -> HttpResponseBase:
        made = view(request, **values)
        response = made if isinstance(made, HttpResponseBase) else _response(_answer(made, self.status))
        if self.shows:
            require_look(request, response.status_code)
        if "ETag" in response and is_known(request, response["ETag"]):
            return HttpResponseNotModified(headers={"ETag": response["ETag"]})
        return response

    def _write(self, request: HttpRequest, view: View, values: dict[str, Any]) -> HttpResponse:
        def write() -> Answer:
            made = try_each(request, lambda: view(request, **values)) if self.versioned else view(request, **values)
            return _answer(made, self.status, keep=self.hide(made) if self.hide else None)

        user, now = actor_of(request).person(), now_of(request)
        return _response(once(key_of(request), digest_of(request), write, user=user, now=now))

    def _documents(self, model: Any) -> dict[str, Any]:
        refused = (
            ALWAYS
            | ({412} if self.versioned or self.dated else set())
            | ({413, 415} if self.method != "GET" else set())
        )
        responses: dict[int, Any] = {status: _refused(status) for status in sorted(refused)}
        if _is_model(model) and ("version" in model.model_fields or hasattr(model, "version")):
            responses[self.status] = {"headers": ETAG}
            if self.method == "GET":
                responses[304] = {"description": "Still the version of If-None-Match.", "headers": ETAG}
        if kinds := (model,) if isinstance(model, str) else model if isinstance(model, tuple) else ():
            file = {"schema": {"type": "string", "format": "binary"}}
            responses[self.status] = {"content": dict.fromkeys(kinds, file)}
        extra: dict[str, Any] = {"responses": responses}
        if self.writing:
            extra["parameters"] = [IDEMPOTENCY_KEY, *([IF_MATCH] if self.versioned else [])]
        elif 304 in responses:
            extra["parameters"] = [IF_NONE_MATCH]
        return extra


def reads(router: Router, path: str, *, needs: str, method: str = "GET", **said: Any) -> Declared:
    """An operation that changes nothing. `answers` is what a whole HttpResponse holds: a model, or media types;
    `shows` what must be logged as looked at.
    """
    return Declared(router=router, method=method, path=path, needs=needs, **said)


def writes(router: Router, method: str, path: str, *, needs: str, **said: Any) -> Declared:
    """An operation that changes something, once for each Idempotency-Key."""
    return Declared(router=router, method=method, path=path, needs=needs, writing=True, **said)


def _is_model(answer: Any) -> bool:
    return isinstance(answer, type) and issubclass(answer, BaseModel)


def _refused(status: int) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    return {"description": REFUSED[status], "content": content}


def _query_names(operation: Any) -> frozenset[str]:
    return frozenset(
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.__ninja_flatten_map__
    )


def _only(request: HttpRequest, known: frozenset[str]) -> None:
    """A query parameter that means nothing here is a mistake; passing over it would answer another question."""
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        reason = (("reason", "unknown_field"),)
        raise Invalid(*(Problem(Code.INVALID, name[:LONGEST_NAME], params=reason) for name in unknown))


def _answer(made: BaseModel | None, status: int, *, keep: BaseModel | None = None) -> Answer:
    if made is None:
        return Answer(204, "")
    version = getattr(made, "version", None)
    return Answer(
        status,
        made.model_dump_json(),
        etag(version) if version is not None else "",
        keep.model_dump_json() if keep is not None else None,
    )


def _response(answer: Answer) -> HttpResponse:
    headers = {"ETag": answer.etag} if answer.etag else None
    content_type = JSON if answer.body else None
    response = HttpResponse(answer.body, status=answer.status, content_type=content_type, headers=headers)
    if not answer.body:
        del response["Content-Type"]
    return response
