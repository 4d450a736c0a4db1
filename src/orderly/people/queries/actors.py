"""From a user or a token to the Actor that verbs ask."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from orderly.journal.actor import Actor
from orderly.people.models import ApiToken, Membership, RoleOverride, User
from orderly.people.permissions import ALL, GIVEN, Role, defaults

USED_EVERY = timedelta(minutes=1)


def actor_for(user: User, *, address: str = "") -> Actor:
    """The actor a signed-in user is. The `patient` role gives nothing here: the portal has rules of its own."""
    if user.is_superuser:
        return Actor(user=user.pk, address=address, everywhere=ALL)
    roles: dict[UUID, set[str]] = defaultdict(set)
    for clinic, role in Membership.objects.filter(user=user).exclude(role=Role.PATIENT).values_list("clinic", "role"):
        if clinic is None:
            return Actor(user=user.pk, address=address, everywhere=ALL)
        roles[clinic].add(role)
    return Actor(user=user.pk, address=address, rights=_rights(roles))


def _rights(roles: dict[UUID, set[str]]) -> dict[UUID, frozenset[str]]:
    """Each role's defaults with the clinic's changes, several roles added up."""
    changed = changes_of(roles)
    return {
        clinic: frozenset().union(*(applied(defaults(role), changed[clinic, role]) for role in held))
        for clinic, held in roles.items()
    }


def role_table(clinic: UUID) -> dict[str, frozenset[str]]:
    """What each role that a clinic can give may do there."""
    changed = changes_of([clinic])
    return {role: applied(defaults(role), changed[clinic, role]) for role in GIVEN}


def changes_of(clinics: Iterable[UUID]) -> dict[tuple[UUID, str], dict[str, bool]]:
    changed: dict[tuple[UUID, str], dict[str, bool]] = defaultdict(dict)
    for row in RoleOverride.objects.filter(clinic__in=clinics):
        changed[row.clinic_id, row.role][row.permission] = row.allowed
    return changed


def applied(permissions: frozenset[str], changes: dict[str, bool]) -> frozenset[str]:
    given = {permission for permission, allowed in changes.items() if allowed}
    taken = {permission for permission, allowed in changes.items() if not allowed}
    return (permissions | given) - taken


def digest(secret: str) -> str:
    """What is kept of a token. It has 256 random bits, so a plain hash can't be turned round."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_actor(secret: str, *, address: str, now: datetime) -> Actor | None:
    """The actor behind a live token, narrowed to its clinic and subset; None if there is none."""
    token = (
        ApiToken.objects.select_related("user")
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), digest=digest(secret), revoked_at__isnull=True)
        .first()
    )
    if token is None or not token.user.is_active:
        return None
    if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return narrowed(actor_for(token.user, address=address), token.clinic_id, token.permissions)


def narrowed(actor: Actor, clinic: UUID | None, permissions: Iterable[str] | None) -> Actor:
    """The actor in one clinic only (None: wherever they are), with no more than these rights (None: all of them)."""
    subset = ALL if permissions is None else frozenset(permissions)
    if clinic is None:
        rights = {place: held & subset for place, held in actor.rights.items()}
        return Actor(user=actor.user, address=actor.address, rights=rights, everywhere=actor.everywhere & subset)
    if not actor.belongs_to(clinic):
        return Actor(user=actor.user, address=actor.address)
    held = (actor.everywhere | actor.rights.get(clinic, frozenset())) & subset
    return Actor(user=actor.user, address=actor.address, rights={clinic: held})
