"""ETags: the version of a thing, as HTTP writes it."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from django.http import HttpRequest

from orderly.core.errors import Stale

VERSION = re.compile(r'(?:W/)?"v([0-9]{1,9})"', re.ASCII)
TAG = re.compile(r'"[^"]*"')
ANY = "*"
MOST = 10  # of those named
TRIED = "_version_tried"
T = TypeVar("T")


def etag(version: int) -> str:
    return f'"v{version}"'


def expected_version(request: HttpRequest) -> int | None:
    """The version that If-Match asks for, None where any will do; of several, the one that is being tried."""
    asked = getattr(request, TRIED, None) or _listed(request, "If-Match")[0]
    return None if asked == ANY else int(asked)


def try_each(request: HttpRequest, write: Callable[[], T]) -> T:
    """What `write` answers for the first of the versions in If-Match that isn't stale. Nearly always there is one."""
    for asked in _listed(request, "If-Match")[:MOST]:
        setattr(request, TRIED, asked)
        with suppress(Stale):
            return write()
    raise Stale


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether If-None-Match says that the client has this version already."""
    known = request.headers.get("If-None-Match")
    return known is not None and (known.strip() == ANY or tag.removeprefix("W/") in TAG.findall(known))


def _listed(request: HttpRequest, header: str) -> list[str]:
    """The versions named, or `ANY`. What we never gave out can't match: without another, Stale.

    A tag that a proxy has made weak counts like the strong one: it names the same version.
    """
    said = request.headers.get(header, ANY).strip()
    found = [ANY] if said == ANY else [one[1] for tag in said.split(",") if (one := VERSION.fullmatch(tag.strip()))]
    if not found:
        raise Stale
    return found
