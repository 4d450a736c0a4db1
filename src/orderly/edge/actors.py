"""Who is asking, and when: read once for each request, kept on it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from orderly.core import clock
from orderly.journal.actor import Actor
from orderly.people.queries import actor_for, token_actor

LONGEST_ADDRESS = 45
BEARER = "bearer "
ACTOR = "_actor"


def now_of(request: HttpRequest) -> datetime:
    """The instant of this request; the clock is read once, so that everything in it happens at the same time."""
    return _kept(request, "_now", clock.now)


def address_of(request: HttpRequest) -> str:
    """Where the request came from. The server puts a trusted proxy's client here."""
    return str(request.META.get("REMOTE_ADDR") or "")[:LONGEST_ADDRESS]


def actor_of(request: HttpRequest) -> Actor:
    """The bearer of the token if one is shown, else the signed-in user, else somebody without any right."""
    return _kept(request, ACTOR, lambda: token_actor_of(request) or session_actor_of(request) or _nobody(request))


def act_as(request: HttpRequest, actor: Actor) -> Actor:
    """Who asks is somebody else than a user: a screen of the clinic's."""
    _keep(request, ACTOR, actor)
    return actor


def secret_of(request: HttpRequest) -> str | None:
    """The token shown in the Authorization header, if it is of the kind we give out."""
    header = request.headers.get("Authorization", "")
    return header[len(BEARER) :].strip() if header.lower().startswith(BEARER) else None


def token_actor_of(request: HttpRequest) -> Actor | None:
    secret = secret_of(request)
    return token_actor(secret, address=address_of(request), now=now_of(request)) if secret else None


def session_actor_of(request: HttpRequest) -> Actor | None:
    """None for the signed-out, and for a request that shows a token: a bad one isn't mended by a cookie."""
    user = request.user
    if secret_of(request) is not None or not user.is_authenticated:
        return None
    return actor_for(user, address=address_of(request))


def _nobody(request: HttpRequest) -> Actor:
    return Actor(user=None, address=address_of(request))


def _kept(request: HttpRequest, name: str, make: Any) -> Any:
    if not hasattr(request, name):
        _keep(request, name, make())
    return getattr(request, name)


def _keep(request: HttpRequest, name: str, value: Any) -> None:
    setattr(request, name, value)
