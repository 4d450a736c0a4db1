"""The pages for what went wrong. They need neither a session nor a database, in case one of those is what did."""

import logging
import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from orderly.core.errors import TooOften
from orderly.edge.tracing import reference_of
from orderly.edge.wording import words
from orderly.web.answers import is_piece

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, _("That request can't be read"), _("Go back, load the page again and try once more."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        403,
        _("You may not do this here"),
        _("Your role in this clinic doesn't include it. A clinic administrator can change that."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, _("There is nothing here"), _("It doesn't exist, or it belongs to another clinic."))


def too_often(request: HttpRequest, error: TooOften) -> HttpResponse:
    page = _page(request, 429, _("One moment, please"), " ".join(words(problem) for problem in error.problems))
    page.headers["Retry-After"] = str(error.wait)
    return page


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request, 403, _("This page is out of date"), _("It was opened before the last sign-in. Load it again.")
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """An unexpected error: the reader gets a number to read out, the log what happened under the same number."""
    reference = reference_of(request)
    log.error("unexpected error %s", reference, exc_info=sys.exc_info())
    return _page(
        request,
        500,
        _("Something went wrong"),
        _("Nothing was half-written. If it happens again, tell your administrator this number:"),
        reference=reference,
    )


def _page(request: HttpRequest, status: int, title: str, text: str, **more: Any) -> HttpResponse:
    context = {"title": title, "text": text, "status": status, **more}
    if is_piece(request):
        return HttpResponse(render_to_string("errors/_part.html", context), status=status)
    return HttpResponse(render_to_string("errors/page.html", context), status=status)
