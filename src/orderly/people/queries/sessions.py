"""Whom a session signs in, asked without a request."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare

from orderly.people.models import User


def session_user(key: str) -> User | None:
    """Whom a session signs in at this moment: two queries. None once it has ended, for whichever reason: signed out,
    expired, ended by an administrator, another password, the user deactivated.
    """
    kept = import_module(settings.SESSION_ENGINE).SessionStore(key)
    try:
        user = User.objects.filter(pk=kept.get(SESSION_KEY), is_active=True).first()
    except ValidationError:  # not one of our ids
        return None
    if user is None:
        return None
    valid = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    shown = kept.get(HASH_SESSION_KEY, "")
    return user if any(constant_time_compare(shown, one) for one in valid) else None


def session_alive(key: str) -> bool:
    """Whether a session still signs somebody in, for connections that outlive the request which opened them."""
    return session_user(key) is not None
