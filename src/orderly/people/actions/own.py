"""What somebody does about their own account."""

from datetime import datetime

from orderly.core.database import writing
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.people.facts import PasswordResetAsked, SessionsEnded
from orderly.people.models import User


def leave_everywhere(*, actor: Actor, now: datetime) -> User:
    """Sign oneself out everywhere, with the next request of each session. API tokens go on."""
    with writing():
        found = User.objects.select_for_update(no_key=True).get(pk=actor.person())
        found.epoch += 1
        found.save(update_fields=["epoch"])
        record(SessionsEnded(subject=found.pk), actor=actor, now=now)
    return found


def ask_reset(email: str, *, actor: Actor, now: datetime) -> None:
    """A link for another password goes to the account of this address; nothing tells whether there is one."""
    with writing():
        for user in User.objects.filter(email__iexact=email, is_active=True):
            record(PasswordResetAsked(subject=user.pk), actor=actor, now=now)
