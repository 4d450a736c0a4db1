"""Every address there is, with the permission it needs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from orderly.edge.guard import PUBLIC, SIGNED_IN

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
GROUP = re.compile(r"\(\?P(<\w+>)(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """`path` with its parameters in braces; `permission` is one of the table's, or "signed-in", or "public"."""

    path: str
    method: str
    permission: str


def routes() -> list[Route]:
    """All routes of the site, sorted."""
    return sorted(set(_walk(get_resolver().url_patterns, "/")))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + _readable(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield from (Route(path, method, needs) for method, needs in _needs(pattern.callback).items())


def _readable(pattern: str) -> str:
    """A path or a regular expression, with its parameters in braces."""
    return PARAMETER.sub(r"{\1}", GROUP.sub(r"\1", pattern)).removeprefix("^").removesuffix("$")


def _needs(view: Any) -> dict[str, str]:
    """What a view says of itself; of a library's view only whether it wants a sign-in is known."""
    declared = getattr(view, "needs", None)
    if declared is not None:
        return dict(declared)
    needs = SIGNED_IN if getattr(view, "login_required", True) else PUBLIC
    methods = getattr(getattr(view, "view_class", None), "http_method_names", ("get", "post"))
    return {method.upper(): needs for method in methods if method in ("get", "post")}
