"""What somebody does about their own account."""

from datetime import datetime

from orderly.core.database import writing
from orderly.core.edits import put, refuse, save
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.people.facts import PasswordResetAsked, SessionsEnded, UserChanged
from orderly.people.models import User
from orderly.people.rules import language_problems


def leave_everywhere(*, actor: Actor, now: datetime) -> User:
    """Sign oneself out everywhere, with the next request of each session. API tokens go on."""
    with writing():
        found = User.objects.select_for_update(no_key=True).get(pk=actor.person())
        found.epoch += 1
        found.save(update_fields=["epoch"])
        record(SessionsEnded(subject=found.pk), actor=actor, now=now)
    return found


def choose_language(language: str, *, actor: Actor, now: datetime) -> User:
    """From now on one's screens are in this language, on every machine; the same again changes nothing.

    Errors: Invalid `unknown` for a language that there are no screens in.
    """
    refuse(language_problems(language))
    with writing():
        found = User.objects.select_for_update(no_key=True).get(pk=actor.person())
        changes = put(found, {"language": language})
        if changes:
            save(found, changes)
            record(UserChanged(subject=found.pk, changes=dict.fromkeys(changes, (None, None))), actor=actor, now=now)
    return found


def ask_reset(email: str, *, actor: Actor, now: datetime) -> None:
    """A link for another password goes to the account of this address; nothing tells whether there is one."""
    with writing():
        for user in User.objects.filter(email__iexact=email, is_active=True):
            record(PasswordResetAsked(subject=user.pk), actor=actor, now=now)
