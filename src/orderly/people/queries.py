"""From a user or a token to the Actor that verbs ask."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare

from orderly.journal.actor import Actor
from orderly.people.models import ApiToken, Membership, RoleOverride, User
from orderly.people.permissions import ALL, GIVEN, MANAGE, Role, defaults, lacking, rank

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
    changed = _changes(roles)
    return {
        clinic: frozenset().union(*(_apply(defaults(role), changed[clinic, role]) for role in held))
        for clinic, held in roles.items()
    }


def role_table(clinic: UUID) -> dict[str, frozenset[str]]:
    """What each role that a clinic can give may do there."""
    changed = _changes([clinic])
    return {role: _apply(defaults(role), changed[clinic, role]) for role in GIVEN}


def assignable(clinics: Iterable[UUID | None], *, actor: Actor) -> dict[UUID | None, frozenset[str]]:
    """The roles that the actor may give and take in each of these clinics (None: in the organisation), in one query.

    Never above the actor's own: what the role may do there, with the clinic's changes, the actor may too, except what
    the profession alone brings.
    """
    found: dict[UUID | None, frozenset[str]] = {
        None: frozenset({Role.SUPER_ADMIN.value} if actor.everywhere >= ALL else ())
    }
    managed = [clinic for clinic in set(clinics) if clinic is not None and actor.may(MANAGE, clinic)]
    changed = _changes(managed)
    for clinic in managed:
        held = actor.everywhere | actor.rights.get(clinic, frozenset())
        found[clinic] = frozenset(
            role.value for role in GIVEN if not lacking(rank(role, _apply(defaults(role), changed[clinic, role])), held)
        )
    return found


def administered(actor: Actor, clinic: UUID | None = None) -> QuerySet[User]:
    """The staff of one clinic; without one, of all whose users the actor manages: where that is the organisation, all
    users.
    """
    roles = Membership.objects.exclude(role=Role.PATIENT)
    if clinic is not None:
        roles = roles.filter(clinic=clinic)
    elif MANAGE in actor.everywhere:
        return User.objects.all()
    else:
        roles = roles.filter(clinic__in=list(actor.within(MANAGE).rights))
    return User.objects.filter(pk__in=roles.values("user"))


def is_below(user: User, may_give: Mapping[UUID | None, frozenset[str]]) -> bool:
    """Whether all of the user's clinics are among those of `assignable`, and no role of theirs is above the actor's."""
    if user.is_superuser and not may_give.get(None):
        return False
    return all(
        one.clinic_id in may_give and (one.role == Role.PATIENT or one.role in may_give[one.clinic_id])
        for one in user.memberships.all()
    )


def _changes(clinics: Iterable[UUID]) -> dict[tuple[UUID, str], dict[str, bool]]:
    changed: dict[tuple[UUID, str], dict[str, bool]] = defaultdict(dict)
    for row in RoleOverride.objects.filter(clinic__in=clinics):
        changed[row.clinic_id, row.role][row.permission] = row.allowed
    return changed


def _apply(permissions: frozenset[str], changes: dict[str, bool]) -> frozenset[str]:
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


def session_user(key: str) -> User | None:
    """Whom a session signs in at this moment: two queries. None once it has ended, for whichever reason: signed out,
    expired, ended by an administrator, another password, the user deactivated.
    """
    kept = import_module(settings.SESSION_ENGINE).SessionStore(key)
    try:
        user = User.objects.filter(pk=kept.get(SESSION_KEY), is_active=True).first()
    except ValidationError:  # not one of our ids
        return None
    if user is None:
        return None
    valid = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    shown = kept.get(HASH_SESSION_KEY, "")
    return user if any(constant_time_compare(shown, one) for one in valid) else None


def session_alive(key: str) -> bool:
    """Whether a session still signs somebody in, for connections that outlive the request which opened them."""
    return session_user(key) is not None


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
