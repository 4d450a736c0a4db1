"""Asking people to take a role, and taking it. Accounts are made in no other way on the site."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from orderly.core.database import insert_unless_taken, writing
from orderly.core.edits import refuse, save, wrong
from orderly.core.errors import Conflict, Forbidden, NotFound, invalid
from orderly.core.text import trimmed
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.people.facts import InvitationAccepted, InvitationResent, InvitationRevoked, RolesChanged, UserInvited
from orderly.people.models import Invitation, Membership, User
from orderly.people.permissions import ALL, GIVEN, MANAGE, Role
from orderly.people.queries import assignable
from orderly.people.queries.invitations import open_invitation, pending
from orderly.people.rules import email_problems, language_problems, name_problems, password_problems

LASTS = timedelta(days=7)


def invite(email: str, role: str, *, clinic: UUID | None, language: str, actor: Actor, now: datetime) -> Invitation:
    """Ask whoever reads this address to take a role (super_admin: of the organisation, `clinic` None). The worker sends
    the mail. An open invitation of the same address there is replaced.

    The answer is the same whether the address has an account or not, unless they are in this clinic already. The link
    goes by mail alone: an administrator who had it could make the account in the other's name.
    What is checked here may change before it is written; `open_invitation` asks about the inviter again, and taking a
    role that is held already changes nothing.
    Errors: NotFound, Forbidden (`users:manage`; a role above the actor's own); Invalid.
    """
    address = User.objects.normalize_email(email.strip())
    _check_role(role, clinic, actor)
    refuse([*email_problems(address), *language_problems(language)])
    if Membership.objects.filter(user__email__iexact=address, clinic=clinic, role=role).exists():
        raise invalid("email", "member")
    with writing():
        close_all(address, {clinic}, actor=actor, now=now)
        made = Invitation.objects.create(
            clinic_id=clinic,
            role=role,
            email=address,
            language=language,
            nonce=secrets.token_urlsafe(32),
            invited_by_id=actor.person(),
            created_at=now,
            expires_at=now + LASTS,
        )
        fact = UserInvited(subject=made.pk, clinic=clinic, ids={"round": 1}, changes={"role": (None, role)})
        record(fact, actor=actor, now=now)
    return made


def resend(invitation: UUID, *, actor: Actor, now: datetime) -> Invitation:
    """Send the mail again, with a new link that lasts as long as a first one; the old link is dead. From now on it is
    the actor's invitation.

    Errors: NotFound; Forbidden as for inviting; Conflict `bad_transition` where it was accepted or revoked.
    """
    with writing():
        found = _administered(invitation, actor)
        found.nonce, found.round, found.sent_at = secrets.token_urlsafe(32), found.round + 1, None
        found.invited_by_id, found.expires_at = actor.person(), now + LASTS
        found.save()
        fact = InvitationResent(subject=found.pk, clinic=found.clinic_id, ids={"round": found.round})
        record(fact, actor=actor, now=now)
    return found


def revoke(invitation: UUID, *, actor: Actor, now: datetime) -> Invitation:
    """The link is dead at once. Errors: as for `resend`."""
    with writing():
        found = _administered(invitation, actor)
        _end(found, actor, now)
    return found


def join(invitation: UUID, shown: str, *, name: str, password: str, address: str, now: datetime) -> User:
    """Make the account that the link's invitation asks for, with its role; `shown` is the link's secret.

    Errors: NotFound for a link that isn't valid (any more); Invalid for the name or the password; Conflict `taken`
    where the address has an account: its owner signs in and calls `take_up`.
    """
    name = trimmed(name)
    with writing():
        found = _opened(invitation, shown, now)
        user = User(email=found.email, name=name, language=found.language)
        refuse([*name_problems(name), *password_problems(password, user)])
        if not name:
            raise invalid("name", "name")
        user.set_password(password)
        if account_of(found) is not None or not insert_unless_taken(user):
            raise Conflict(wrong("email", "taken"))
        _take(found, user, Actor(user=user.pk, address=address), now, new=True)
    return user


def take_up(invitation: UUID, shown: str, *, actor: Actor, now: datetime) -> User:
    """Somebody who is signed in takes the role. Errors: NotFound for a link that isn't valid (any more); Forbidden
    where it was meant for another address.
    """
    with writing():
        user = User.objects.select_for_update(no_key=True).filter(pk=actor.person()).first()  # first, as in `users`
        found = _opened(invitation, shown, now)
        if user is None or user != account_of(found):
            raise Forbidden("signed-in")
        _take(found, user, actor, now, new=False)
    return user


def close_all(email: str, clinics: Collection[UUID | None], *, actor: Actor, now: datetime) -> None:
    """Revoke what this address was asked to in these clinics (None: in the organisation). The caller has asked whether
    the actor may.
    """
    there = Q(clinic__in=[one for one in clinics if one is not None])
    if None in clinics:
        there |= Q(clinic__isnull=True)
    with writing():
        rows = pending(Invitation.objects.filter(there, email__iexact=email)).order_by("pk")
        for one in rows.select_for_update(no_key=True):
            _end(one, actor, now)


def account_of(invitation: Invitation) -> User | None:
    """The account that the address of an invitation has; only for whoever shows its link."""
    return User.objects.filter(email__iexact=invitation.email).first()


def _check_role(role: str, clinic: UUID | None, actor: Actor) -> None:
    if clinic is not None:
        actor.require(MANAGE, clinic)
    elif not actor.everywhere >= ALL:
        raise Forbidden(MANAGE)
    if role not in ({Role.SUPER_ADMIN.value} if clinic is None else {one.value for one in GIVEN}):
        raise invalid("role", "unknown")
    if role not in assignable([clinic], actor=actor)[clinic]:
        raise Forbidden(MANAGE)


def _administered(invitation: UUID, actor: Actor) -> Invitation:
    found = Invitation.objects.select_for_update(no_key=True).filter(pk=invitation).first()
    if found is None or (found.clinic_id is None and MANAGE not in actor.everywhere):
        raise NotFound
    _check_role(found.role, found.clinic_id, actor)
    if found.accepted_at or found.revoked_at:
        raise Conflict(wrong("invitation", "closed"))
    return found


def _opened(invitation: UUID, shown: str, now: datetime) -> Invitation:
    """Locked first, so that of two who press the button one finds it used."""
    list(Invitation.objects.select_for_update(no_key=True).filter(pk=invitation))
    found = open_invitation(invitation, shown, now=now)
    if found is None:
        raise NotFound
    return found


def _end(invitation: Invitation, actor: Actor, now: datetime) -> None:
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    record(InvitationRevoked(subject=invitation.pk, clinic=invitation.clinic_id), actor=actor, now=now)


def _take(invitation: Invitation, user: User, actor: Actor, now: datetime, *, new: bool) -> None:
    """`user` is locked, or new."""
    clinic, role = invitation.clinic_id, invitation.role
    held = set(Membership.objects.filter(user=user, clinic=clinic).values_list("role", flat=True))
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    ids = {"user": str(user.pk), "new": new}
    record(InvitationAccepted(subject=invitation.pk, clinic=clinic, ids=ids), actor=actor, now=now)
    if insert_unless_taken(Membership(user=user, clinic_id=clinic, role=role)):
        save(user)
        changes = {"roles": (sorted(held), sorted(held | {role}))}
        record(RolesChanged(subject=user.pk, clinic=clinic, changes=changes), actor=actor, now=now)
