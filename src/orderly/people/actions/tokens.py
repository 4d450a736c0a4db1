"""Giving out and revoking API tokens."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from orderly.clinics.models import Clinic
from orderly.core.database import writing
from orderly.core.errors import Forbidden, NotFound, invalid
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.people.actions.users import whole_account
from orderly.people.facts import TokenCreated, TokenRevoked
from orderly.people.models import ApiToken, User
from orderly.people.permissions import ALL, MANAGE
from orderly.people.queries import actor_for, digest, narrowed

PREFIX = "ord_"  # so that secret scanners know one when they see it


def create_token(
    name: str,
    *,
    clinic: UUID | None,
    permissions: Iterable[str] | None,
    expires_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> tuple[ApiToken, str]:
    """A token for the actor's own use, and its secret, which is never to be had again.

    Errors: Invalid for an unknown permission or an expiry that has passed; Forbidden for rights the actor doesn't hold;
    NotFound for a clinic that isn't the actor's.
    """
    subset = None if permissions is None else sorted(set(permissions))
    _check_token(clinic, subset, expires_at, actor, now)
    secret = PREFIX + secrets.token_urlsafe(32)
    with writing():
        token = ApiToken.objects.create(
            user_id=actor.person(),
            clinic_id=clinic,
            name=name,
            digest=digest(secret),
            permissions=subset,
            created_at=now,
            expires_at=expires_at,
        )
        record(TokenCreated(subject=token.pk, clinic=clinic, ids={"user": str(actor.user)}), actor=actor, now=now)
    return token, secret


def _check_token(
    clinic: UUID | None, subset: list[str] | None, expires_at: datetime | None, actor: Actor, now: datetime
) -> None:
    if clinic is not None and not Clinic.objects.visible_to(actor).filter(pk=clinic).exists():
        raise NotFound("clinic")
    if expires_at is not None and expires_at <= now:
        raise invalid("expires_at", "past")
    for permission in subset or ():
        if permission not in ALL:
            raise invalid("permissions", "unknown")
        if not (actor.may(permission, clinic) if clinic else actor.may_anywhere(permission)):
            raise Forbidden(permission)
    _within(actor, clinic, subset)


def _within(actor: Actor, clinic: UUID | None, subset: list[str] | None) -> None:
    """Forbidden where the token would do more than its maker, who may be a token with less than its user's rights."""
    given = narrowed(actor_for(User.objects.get(pk=actor.person())), clinic, subset)
    beyond = set(given.everywhere - actor.everywhere)
    for place, held in given.rights.items():
        beyond |= held - actor.everywhere - actor.rights.get(place, frozenset())
    if beyond:
        raise Forbidden(min(beyond))


def revoke_token(token: UUID, *, actor: Actor, now: datetime) -> None:
    """The token stops working at once; once revoked, again changes nothing. NotFound unless it is the actor's own."""
    with writing():
        found = ApiToken.objects.filter(pk=token, user_id=actor.person()).first()
        if found is None:
            raise NotFound
        _revoke(found, actor, now)


def revoke_token_of(user: UUID, token: UUID, *, actor: Actor, now: datetime) -> None:
    """For administrators: somebody else's token stops working.

    Errors: NotFound, Forbidden. One for a clinic is for those who may manage its users; one for all of the user's
    clinics, for those who may do that in all of them (see `users.whole_account`).
    """
    with writing():
        found = ApiToken.objects.filter(pk=token, user=user).first()
        if found is None:
            raise NotFound
        if found.clinic_id is None:
            whole_account(user, actor)
        else:
            actor.require(MANAGE, found.clinic_id)
        _revoke(found, actor, now)


def _revoke(token: ApiToken, actor: Actor, now: datetime) -> None:
    if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now):
        fact = TokenRevoked(subject=token.pk, clinic=token.clinic_id, ids={"user": str(token.user_id)})
        record(fact, actor=actor, now=now)
