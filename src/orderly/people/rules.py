"""What makes an address, a name and a password acceptable; what an invitation's link is made of."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import salted_hmac

from orderly.core.edits import wrong
from orderly.core.text import is_clean
from orderly.engine.problems import Code, Problem
from orderly.people.models import User

LANGUAGES = frozenset(code for code, _ in settings.LANGUAGES)
LONGEST_NAME, LONGEST_EMAIL, LONGEST_PASSWORD = 200, 254, 200


def secret(invitation: UUID, nonce: str) -> str:
    """The part of an invitation's link that nobody can guess: 256 bits, made of the server's key, which is in no table,
    and the nonce, which is in no mail.
    """
    made = salted_hmac("orderly.people.invitation", f"{invitation} {nonce}", algorithm="sha256")
    return urlsafe_b64encode(made.digest()).decode().rstrip("=")


def email_problems(email: str) -> Iterator[Problem]:
    try:
        validate_email(email)
    except ValidationError:
        yield wrong("email", "email")
    if len(email) > LONGEST_EMAIL or not is_clean(email):
        yield wrong("email", "email")


def name_problems(name: str) -> Iterator[Problem]:
    if not is_clean(name):
        yield wrong("name", "characters")
    if len(name) > LONGEST_NAME:
        yield wrong("name", "too_long")


def language_problems(language: str) -> Iterator[Problem]:
    if language not in LANGUAGES:
        yield wrong("language", "unknown")


def password_problems(password: str, user: User) -> Iterator[Problem]:
    """What the validators in the settings have against a password for this user."""
    if not password:
        yield Problem(Code.MISSING, "password")
        return
    if len(password) > LONGEST_PASSWORD:  # hashing a megabyte takes its time
        yield wrong("password", "too_long")
        return
    try:
        validate_password(password, user)
    except ValidationError as refused:
        for error in refused.error_list:
            yield wrong("password", error.code or "", **_limit(error.params))


def _limit(params: Any) -> dict[str, int]:
    return {"limit": params["min_length"]} if params and "min_length" in params else {}
