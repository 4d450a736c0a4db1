"""Invitations: those of a clinic, and the one behind a link."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare

from orderly.journal.actor import Actor
from orderly.people.models import Invitation
from orderly.people.permissions import MANAGE
from orderly.people.queries.actors import actor_for
from orderly.people.queries.team import assignable
from orderly.people.rules import secret


def invitations_of(actor: Actor, clinic: UUID | None = None) -> QuerySet[Invitation]:
    """Of one clinic, or of all whose users the actor manages."""
    rows = Invitation.objects.select_related("invited_by", "clinic").defer("clinic__logo")
    if clinic is not None:
        return rows.filter(clinic=clinic)
    if MANAGE in actor.everywhere:
        return rows
    return rows.filter(clinic__in=list(actor.within(MANAGE).rights))


def pending(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Those that nobody has accepted or revoked, the expired among them: they can be sent again."""
    return rows.filter(accepted_at__isnull=True, revoked_at__isnull=True)


def open_invitation(invitation: UUID, shown: str, *, now: datetime) -> Invitation | None:
    """The invitation behind a link, while it stands. It ends by being accepted, revoked, sent again or too old, and
    with the right of whoever gave it: an administrator who had to go leaves no doors open.
    """
    rows = Invitation.objects.select_related("invited_by", "clinic").defer("clinic__logo")
    found = pending(rows).filter(pk=invitation, expires_at__gt=now).first()
    if found is None or not constant_time_compare(shown, secret(found.pk, found.nonce)):
        return None
    by = found.invited_by
    may_give = assignable([found.clinic_id], actor=actor_for(by)) if by.is_active else {}
    return found if found.role in may_give.get(found.clinic_id, ()) else None
