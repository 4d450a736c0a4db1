"""Giving out and revoking API tokens; changing what a role may do in a clinic."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from orderly.clinics.models import Clinic
from orderly.core.database import writing
from orderly.core.errors import Forbidden, NotFound, invalid
from orderly.journal.actions import record
from orderly.journal.actor import OWN, Actor
from orderly.people.facts import RightsChanged, TokenCreated, TokenRevoked
from orderly.people.models import ApiToken, RoleOverride
from orderly.people.permissions import ALL, Role, defaults
from orderly.people.queries import digest

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


def revoke_token(token: UUID, *, actor: Actor, now: datetime) -> None:
    """The token stops working at once; once revoked, again changes nothing. NotFound unless it is the actor's own."""
    with writing():
        found = ApiToken.objects.filter(pk=token, user_id=actor.person()).first()
        if found is None:
            raise NotFound
        if ApiToken.objects.filter(pk=token, revoked_at__isnull=True).update(revoked_at=now):
            record(TokenRevoked(subject=token, clinic=found.clinic_id), actor=actor, now=now)


def allow(role: str, permission: str, allowed: bool, *, clinic: UUID, actor: Actor, now: datetime) -> None:
    """Change one cell of the permission table for a clinic.

    Errors: NotFound, Forbidden (`users:manage`; and nobody can give what they don't hold, nor
    take this from the clinic's administrators), Invalid for an unknown
    role or permission.
    """
    actor.require("users:manage", clinic)
    if role not in Role.values or role in (Role.SUPER_ADMIN, Role.PATIENT):
        raise invalid("role", "unknown")
    if permission not in ALL:
        raise invalid("permission", "unknown")
    if not allowed and (role, permission) == (Role.CLINIC_ADMIN, "users:manage"):
        raise Forbidden(permission)  # nobody in the clinic could give it back
    if allowed and not (actor.may(permission, clinic) or actor.may(permission.removesuffix(OWN), clinic)):
        raise Forbidden(permission)
    with writing():
        if not Clinic.objects.filter(pk=clinic).exists():
            raise NotFound
        cell = RoleOverride.objects.filter(clinic=clinic, role=role, permission=permission)
        before = cell.values_list("allowed", flat=True).first()
        RoleOverride.objects.update_or_create(
            clinic_id=clinic, role=role, permission=permission, defaults={"allowed": allowed}
        )
        old = permission in defaults(role) if before is None else before
        change = {f"{role} {permission}": (old, allowed)}
        record(RightsChanged(subject=clinic, clinic=clinic, changes=change), actor=actor, now=now)
