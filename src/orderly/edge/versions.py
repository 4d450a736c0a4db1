"""ETags: the version of a thing, as HTTP writes it."""

import re

from django.http import HttpRequest

from orderly.core.errors import Stale

VERSION = re.compile(r'(?:W/)?"v([0-9]{1,9})"')


def etag(version: int) -> str:
    return f'"v{version}"'


def expected_version(request: HttpRequest) -> int | None:
    """The version that If-Match asks for; None where any will do. One that we never gave out can't match: Stale."""
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    found = VERSION.fullmatch(header)
    if found is None:
        raise Stale
    return int(found[1])
