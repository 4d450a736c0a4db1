"""From a user or a token to the Actor that verbs ask."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from orderly.journal.actor import Actor
from orderly.people.models import ApiToken, Membership, RoleOverride, User
from orderly.people.permissions import ALL, GIVEN, Role, defaults

USED_EVERY = timedelta(minutes=1)

Changes = dict[tuple[UUID, str], dict[str, bool]]
"""What a clinic has changed in a role's column of the table."""


def actor_for(user: User, *, address: str = "") -> Actor:
    """The actor a signed-in user is. The `patient` role gives nothing here: the portal has rules of its own."""
    return actors_for([user], address=address)[user.pk]


def actors_for(users: Collection[User], *, address: str = "") -> dict[UUID, Actor]:
    """The actors of many users, by the user: two queries however many they are."""
    roles: dict[UUID, dict[UUID, set[str]]] = {user.pk: defaultdict(set) for user in users}
    above = {user.pk for user in users if user.is_superuser}
    held = Membership.objects.filter(user__in=roles.keys() - above).exclude(role=Role.PATIENT)
    for user, clinic, role in held.values_list("user", "clinic", "role"):
        if clinic is None:
            above.add(user)
        else:
            roles[user][clinic].add(role)
    changed = changes_of({clinic for user in roles.keys() - above for clinic in roles[user]})
    return {
        user: Actor(user=user, address=address, everywhere=ALL)
        if user in above
        else Actor(user=user, address=address, rights=_rights(of_user, changed))
        for user, of_user in roles.items()
    }


def _rights(roles: Mapping[UUID, set[str]], changed: Changes) -> dict[UUID, frozenset[str]]:
    """Each role's defaults with the clinic's changes, several roles added up."""
    return {
        clinic: frozenset().union(*(applied(defaults(role), changed[clinic, role]) for role in held))
        for clinic, held in roles.items()
    }


def role_table(clinic: UUID) -> dict[str, frozenset[str]]:
    """What each role that a clinic can give may do there."""
    changed = changes_of([clinic])
    return {role: applied(defaults(role), changed[clinic, role]) for role in GIVEN}


def changes_of(clinics: Iterable[UUID]) -> Changes:
    changed: Changes = defaultdict(dict)
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
    token = _live([digest(secret)], now).first()
    if token is None:
        return None
    _note_use(token, now)
    return narrowed(actor_for(token.user, address=address), token.clinic_id, token.permissions)


def token_actors(digests: Collection[str], *, now: datetime) -> dict[str, Actor]:
    """The actors behind those of the tokens that are live, by digest: three queries however many they are."""
    tokens = list(_live(digests, now))
    actors = actors_for([token.user for token in tokens])
    return {token.digest: narrowed(actors[token.user_id], token.clinic_id, token.permissions) for token in tokens}


def note_use(digest: str, *, now: datetime) -> None:
    """Remember that a live token was used, for whoever doesn't come by `token_actor`."""
    for token in _live([digest], now):
        _note_use(token, now)


def _note_use(token: ApiToken, now: datetime) -> None:
    if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _live(digests: Collection[str], now: datetime) -> QuerySet[ApiToken]:
    unexpired = ApiToken.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), revoked_at__isnull=True)
    return unexpired.filter(digest__in=digests, user__is_active=True).select_related("user")


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
