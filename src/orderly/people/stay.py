"""How long a sign-in lasts: so long as somebody is there, and never more than a working day."""

from collections.abc import Mapping, MutableMapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

BEGUN: Final = "begun"
SEEN: Final = "seen"
NOTED_EVERY: Final = timedelta(minutes=1)  # each note is a write


def begin(session: MutableMapping[str, Any], *, now: datetime) -> None:
    """Note the beginning of a sign-in that has none yet."""
    session[BEGUN] = session[SEEN] = int(now.timestamp())


def is_over(session: Mapping[str, Any], *, now: datetime) -> bool:
    """Whether nobody has been there for `IDLE_MINUTES`, or it has lasted for SESSION_COOKIE_AGE seconds."""
    begun, seen = session.get(BEGUN), session.get(SEEN)
    if begun is None or seen is None:
        return False
    at = now.timestamp()
    return at - begun >= settings.SESSION_COOKIE_AGE or at - seen >= settings.IDLE_MINUTES * 60


def note(session: MutableMapping[str, Any], *, now: datetime) -> None:
    """Somebody is there."""
    if now.timestamp() - session[SEEN] >= NOTED_EVERY.total_seconds():
        session[SEEN] = int(now.timestamp())
