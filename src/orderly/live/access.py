"""Who is at a socket, and what they may hear: asked when it opens, and again and again while it is open."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host

from orderly.clinics.models import Clinic
from orderly.edge.actors import BEARER
from orderly.journal.actor import Actor
from orderly.live.audiences import PERMISSION, Audience, Kind
from orderly.live.codes import Code
from orderly.people.queries import actors_for, digest, session_users, token_actors
from orderly.resources.models import Provider

Verdict = frozenset[UUID] | Code
"""The clinics of which somebody may hear; or why they may not."""


@dataclass(frozen=True, slots=True)
class Key:
    """What was shown at the door: a token, of which only the hash is kept, or the key of a session, or neither."""

    token: str = field(default="", repr=False)
    session: str = field(default="", repr=False)


def headers_of(scope: Mapping[str, Any]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def key_of(headers: Mapping[str, str]) -> Key:
    """The token if there is one: a bad one isn't mended by a cookie."""
    shown = headers.get("authorization", "")
    if shown.lower().startswith(BEARER):
        return Key(token=digest(shown[len(BEARER) :].strip()))
    return Key(session=parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, ""))


def from_elsewhere(key: Key, headers: Mapping[str, str]) -> bool:
    """Whether a page of another site uses the session of somebody who is signed in here.

    Browsers send the cookie along whichever page opens the socket, and always say which page that is.
    """
    return bool(key.session) and not _is_ours(headers.get("origin", ""), headers.get("host", ""))


def _is_ours(origin: str, host: str) -> bool:
    """Whether a page's origin is the very host that was asked, which must be one that is served."""
    schemes = ("https",) if settings.SECURE else ("http", "https")
    if origin.lower() not in {f"{scheme}://{host.lower()}" for scheme in schemes}:
        return origin.lower() == _origin(settings.PUBLIC_URL)
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def judge(pairs: Collection[tuple[Key, Audience]], *, now: datetime) -> dict[tuple[Key, Audience], Verdict]:
    """What each may hear at this moment: nine queries at most, however many they are."""
    actors = _actors({key for key, _ in pairs}, now)
    places = _places({audience for _, audience in pairs})
    return {(key, audience): _verdict(actors.get(key), places[audience]) for key, audience in pairs}


def _actors(keys: Collection[Key], now: datetime) -> dict[Key, Actor]:
    """Those who are signed in."""
    by_token = token_actors([key.token for key in keys if key.token], now=now)
    users = session_users([key.session for key in keys if key.session], now=now)
    by_user = actors_for(users.values())
    return {Key(token=token): actor for token, actor in by_token.items()} | {
        Key(session=session): by_user[user.pk] for session, user in users.items()
    }


def _places(audiences: Iterable[Audience]) -> Mapping[Audience, set[UUID]]:
    """The clinics that each is about: itself, or all in which the provider works."""
    wanted: dict[Kind, list[UUID]] = defaultdict(list)
    for audience in audiences:
        wanted[audience.kind].append(audience.id)
    found: dict[Audience, set[UUID]] = defaultdict(set)
    if wanted[Kind.CLINIC]:
        for clinic in Clinic.objects.filter(pk__in=wanted[Kind.CLINIC]).values_list("pk", flat=True):
            found[Audience(Kind.CLINIC, clinic)].add(clinic)
    if wanted[Kind.PROVIDER]:
        works = Provider.clinics.through.objects.filter(provider__in=wanted[Kind.PROVIDER])
        for provider, clinic in works.values_list("provider", "clinic"):
            found[Audience(Kind.PROVIDER, provider)].add(clinic)
    return found


def _verdict(actor: Actor | None, places: Iterable[UUID]) -> Verdict:
    if actor is None:
        return Code.SIGNED_OUT
    own = [clinic for clinic in places if actor.belongs_to(clinic)]
    if not own:
        return Code.NOT_FOUND
    return frozenset(clinic for clinic in own if actor.may(PERMISSION, clinic)) or Code.FORBIDDEN
