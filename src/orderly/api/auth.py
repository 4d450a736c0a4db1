"""Who may call: the bearer of a token, or somebody signed in on the site, whose writes need the CSRF token too."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError
from ninja.security import HttpBearer
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from orderly.appointments.actions.screens import PREFIX
from orderly.appointments.actions.visits import MANAGE
from orderly.appointments.queries.screens import display_of
from orderly.edge.actors import act_as, actor_of, secret_of
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


class DisplayToken(HttpBearer):
    """For the one operation that a display in a waiting room asks: the secret of its address does too."""

    openapi_description = "The secret of a display: `Authorization: Bearer scr_…`"

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        screen = display_of(token) if token.startswith(PREFIX) else None
        return act_as(request, Actor(user=None, rights={screen.clinic_id: frozenset({MANAGE})})) if screen else None


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
