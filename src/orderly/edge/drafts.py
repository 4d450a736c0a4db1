"""The booking form that somebody has open, as far as it is filled in: for when their sign-in ends before it is sent."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from orderly.core.database import writing
from orderly.edge.models import Draft
from orderly.journal.actor import Actor

KEPT_FOR: Final = timedelta(hours=1)  # afterwards neither the time nor the patient is waiting any more


def keep(form: UUID, clinic: UUID, typed: str, *, actor: Actor, now: datetime) -> None:
    """Keep what stands in the form of that token, as a browser would send it. One for each user: the last."""
    draft = Draft(user_id=actor.person(), form=form, clinic_id=clinic, typed=typed, kept_at=now)
    said = ["form", "clinic", "typed", "kept_at"]
    with writing():
        Draft.objects.bulk_create([draft], update_conflicts=True, unique_fields=["user"], update_fields=said)


def kept(*, actor: Actor, now: datetime) -> Draft | None:
    """One's own."""
    return Draft.objects.filter(user=actor.person(), kept_at__gt=now - KEPT_FOR).first()


def drop(form: UUID | None, *, actor: Actor) -> None:
    """It was sent, or closed."""
    if form is not None:
        with writing():
            Draft.objects.filter(user=actor.person(), form=form).delete()


def tidy(now: datetime) -> int:
    """Forget what nobody came back to. Returns how many."""
    return Draft.objects.filter(kept_at__lte=now - KEPT_FOR).delete()[0]
