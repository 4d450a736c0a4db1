"""Who may call: the bearer of a token, or somebody signed in on the site, whose writes need the CSRF token too."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from orderly.edge.actors import actor_of, secret_of
from orderly.edge.limits import WRONG_TOKEN, take
from orderly.journal.actor import Actor


class Bearer(AuthBase):
    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "An API token: `Authorization: Bearer ord_…`"

    def __call__(self, request: HttpRequest) -> Actor | None:
        if secret_of(request) is None:
            return None
        actor = actor_of(request)
        if actor.user is None:
            take(WRONG_TOKEN, request)  # a right one is never turned away for its neighbours' wrong ones
        return _known(actor)


class Session(AuthBase):
    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME
    openapi_description = "The site's session cookie; writes need the CSRF token in the X-CSRFToken header"

    def __call__(self, request: HttpRequest) -> Actor | None:
        actor = _known(actor_of(request))
        request.body  # noqa: B018 — before the CSRF check reads a form from the stream
        if check_csrf(request) is not None:
            raise HttpError(403, _("The CSRF token is missing or wrong."))
        return actor


def _known(actor: Actor) -> Any:
    if actor.user is None:
        raise AuthenticationError
    return actor
