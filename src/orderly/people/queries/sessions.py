"""Whom a session signs in, asked without a request."""

from collections.abc import Collection
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from orderly.people.models import User
from orderly.people.stay import is_over


def session_users(keys: Collection[str], *, now: datetime) -> dict[str, User]:
    """Whom each of the sessions signs in at this moment: two queries however many they are.

    Those that have ended are left out, for whichever reason: signed out, expired, nobody there for too long, ended by
    an administrator, another password, the user deactivated.
    """
    kept = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    rows = kept.objects.filter(session_key__in=keys, expire_date__gt=now)
    decoded = {row.session_key: row.get_decoded() for row in rows}
    shown = {key: data for key, data in decoded.items() if not is_over(data, now=now)}
    named = {key: _named(data) for key, data in shown.items()}
    users = User.objects.filter(is_active=True).in_bulk([pk for pk in named.values() if pk])
    return {key: users[pk] for key, pk in named.items() if pk in users and _is_signed_in(users[pk], shown[key])}


def _named(data: dict[str, Any]) -> UUID | None:
    try:
        return UUID(data.get(SESSION_KEY))
    except (TypeError, ValueError):  # nobody, or not one of our ids
        return None


def _is_signed_in(user: User, data: dict[str, Any]) -> bool:
    valid = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(data.get(HASH_SESSION_KEY, ""), one) for one in valid)
