"""Who administers whom, and what they may give."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from orderly.journal.actor import Actor
from orderly.people.models import Membership, User
from orderly.people.permissions import ALL, GIVEN, MANAGE, Role, defaults, lacking, rank
from orderly.people.queries.actors import applied, changes_of


@dataclass(frozen=True, slots=True)
class Member:
    """A user as an administrator sees them: `roles` in the clinics that the administrator manages; `manageable` if the
    account itself is theirs to change.
    """

    user: User
    roles: tuple[Membership, ...]
    second_factor: bool
    manageable: bool


def members(users: Iterable[User], *, actor: Actor) -> list[Member]:
    """Three queries, however many."""
    ids = [one.pk for one in users]
    rows = User.objects.prefetch_related("memberships").in_bulk(ids)
    secured = set(Authenticator.objects.filter(user__in=ids).values_list("user", flat=True))
    may_give = assignable({held.clinic_id for row in rows.values() for held in row.memberships.all()}, actor=actor)
    return [_member(rows[pk], pk in secured, may_give, actor) for pk in ids]


def _member(user: User, secured: bool, may_give: Mapping[UUID | None, frozenset[str]], actor: Actor) -> Member:
    seen = (one for one in user.memberships.all() if one.clinic_id in may_give and (one.clinic_id or actor.everywhere))
    roles = tuple(sorted(seen, key=lambda one: (str(one.clinic_id), one.role)))
    return Member(user, roles, secured, is_below(user, may_give))


def assignable(clinics: Iterable[UUID | None], *, actor: Actor) -> dict[UUID | None, frozenset[str]]:
    """The roles that the actor may give and take in each of these clinics (None: in the organisation), in one query.

    Never above the actor's own: what the role may do there, with the clinic's changes, the actor may too, except what
    the profession alone brings.
    """
    found: dict[UUID | None, frozenset[str]] = {
        None: frozenset({Role.SUPER_ADMIN.value} if actor.everywhere >= ALL else ())
    }
    managed = [clinic for clinic in set(clinics) if clinic is not None and actor.may(MANAGE, clinic)]
    changed = changes_of(managed)
    for clinic in managed:
        held = actor.everywhere | actor.rights.get(clinic, frozenset())
        found[clinic] = frozenset(
            role.value
            for role in GIVEN
            if not lacking(rank(role, applied(defaults(role), changed[clinic, role])), held)
        )
    return found


def administered(actor: Actor, clinic: UUID | None = None) -> QuerySet[User]:
    """The staff of one clinic; without one, of all whose users the actor manages: where that is the organisation, all
    users.
    """
    if clinic is None and MANAGE in actor.everywhere:
        return User.objects.all()
    clinics = list(actor.within(MANAGE).rights) if clinic is None else [clinic]
    return User.objects.filter(pk__in=staff_of(clinics))


def staff_of(clinics: Iterable[UUID]) -> QuerySet[Membership, Any]:
    """The users who work in one of the clinics, for a subquery: who is only treated there isn't staff."""
    return Membership.objects.filter(clinic__in=clinics).exclude(role=Role.PATIENT).values("user")


def is_below(user: User, may_give: Mapping[UUID | None, frozenset[str]]) -> bool:
    """Whether all of the user's clinics are among those of `assignable`, and no role of theirs is above the actor's."""
    if user.is_superuser and not may_give.get(None):
        return False
    return all(
        one.clinic_id in may_give and (one.role == Role.PATIENT or one.role in may_give[one.clinic_id])
        for one in user.memberships.all()
    )
