"""Those who sign in, for the administrators of their clinics."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from orderly.api.operations import reads, writes
from orderly.api.paging import Paged, piece
from orderly.api.people import TokenOut, shown_token
from orderly.api.schemas import In, Nothing, Out, Page
from orderly.api.types import Id, Text, moment
from orderly.core.errors import Forbidden, NotFound
from orderly.edge.actors import actor_of, now_of
from orderly.edge.scope import clinic_for
from orderly.edge.versions import expected_version
from orderly.journal.actor import Actor
from orderly.people.actions import revoke_token_of, users
from orderly.people.models import ApiToken, User
from orderly.people.permissions import MANAGE
from orderly.people.queries import Member, administered, members

router = Router(tags=["users"])
ONE = "users/{uuid:user}"
Word = Annotated[str, Text(20)]


class RoleHeld(Out):
    """`clinic` is null for a role in the organisation."""

    clinic: UUID | None
    role: str


class UserOut(Out):
    """`roles` are those in the clinics that the reader administers; `manageable`: the reader may change the account
    itself, because the user belongs to no other clinic and isn't above them.
    """

    id: UUID
    email: str
    name: str
    language: str
    active: bool
    last_login: str | None
    second_factor: bool
    roles: list[RoleHeld]
    manageable: bool
    version: int


class UsersQuery(Paged):
    clinic: Id | None = Field(None, description="default: every clinic where one administers users")
    q: Annotated[str, Text(100)] = Field("", description="part of the name or of the e-mail address")
    active: bool | None = None


class UserIn(In):
    name: Annotated[str, Text(200)] | None = None
    language: Word | None = None


class RolesIn(In):
    clinic: Id | None = Field(description="null: super_admin of the organisation")
    roles: list[Word] = Field(max_length=10)


@reads(router, "users", needs=MANAGE)
def list_users(request: HttpRequest, asked: Query[UsersQuery]) -> Page[UserOut]:
    """Who belongs to a clinic, by name."""
    actor = actor_of(request)
    rows = _administered(actor, asked.clinic)
    if asked.q:
        rows = rows.filter(Q(name__icontains=asked.q) | Q(email__icontains=asked.q))
    if asked.active is not None:
        rows = rows.filter(is_active=asked.active)
    found, rest = piece(rows, ("name", "id"), asked, name="users")
    return Page[UserOut](items=_shown(found, actor), next=rest)


@reads(router, ONE, needs=MANAGE)
def get_user(request: HttpRequest, user: UUID) -> UserOut:
    """One user."""
    return _one(user, actor_of(request))


@writes(router, "PATCH", ONE, needs=MANAGE, versioned=True)
def change_user(request: HttpRequest, user: UUID, body: UserIn) -> UserOut:
    """Correct a name or a language."""
    actor, version = actor_of(request), expected_version(request)
    users.change_user(user, name=body.name, language=body.language, actor=actor, now=now_of(request), version=version)
    return _one(user, actor)


@writes(router, "PUT", f"{ONE}/roles", needs=MANAGE, versioned=True)
def set_user_roles(request: HttpRequest, user: UUID, body: RolesIn) -> UserOut:
    """Say what somebody is in a clinic: all roles they are to have there, none to take them out of it.

    Nobody gives a role that may do more there than they may themselves, nor takes one from somebody above them.
    """
    actor, version = actor_of(request), expected_version(request)
    changed = users.set_roles(user, body.clinic, body.roles, actor=actor, now=now_of(request), version=version)
    return _of(changed.pk, actor)


@writes(router, "POST", f"{ONE}/deactivate", needs=MANAGE, versioned=True)
def deactivate_user(request: HttpRequest, user: UUID, body: Nothing) -> UserOut:
    """They are out at once and can't sign in; their API tokens are revoked."""
    actor, version = actor_of(request), expected_version(request)
    users.deactivate(user, actor=actor, now=now_of(request), version=version)
    return _one(user, actor)


@writes(router, "POST", f"{ONE}/reactivate", needs=MANAGE, versioned=True)
def reactivate_user(request: HttpRequest, user: UUID, body: Nothing) -> UserOut:
    """They can sign in again. Sessions and tokens stay ended."""
    actor, version = actor_of(request), expected_version(request)
    users.reactivate(user, actor=actor, now=now_of(request), version=version)
    return _one(user, actor)


@writes(router, "POST", f"{ONE}/end-sessions", needs=MANAGE)
def end_user_sessions(request: HttpRequest, user: UUID, body: Nothing) -> UserOut:
    """Sign them out everywhere. API tokens go on."""
    actor = actor_of(request)
    users.end_sessions(user, actor=actor, now=now_of(request))
    return _one(user, actor)


@writes(router, "POST", f"{ONE}/reset-second-factor", needs=MANAGE)
def reset_user_second_factor(request: HttpRequest, user: UUID, body: Nothing) -> UserOut:
    """Take away their second factor, so that they can set up another."""
    actor = actor_of(request)
    users.reset_second_factor(user, actor=actor, now=now_of(request))
    return _one(user, actor)


@reads(router, f"{ONE}/tokens", needs=MANAGE)
def list_user_tokens(request: HttpRequest, user: UUID, paged: Query[Paged]) -> Page[TokenOut]:
    """Somebody's tokens that work in the clinics one administers, newest first."""
    actor = actor_of(request)
    _one(user, actor)
    rows = ApiToken.objects.filter(user=user, revoked_at__isnull=True)
    if MANAGE not in actor.everywhere:
        rows = rows.filter(Q(clinic__isnull=True) | Q(clinic__in=list(actor.within(MANAGE).rights)))
    found, rest = piece(rows, ("-id",), paged, name="user-tokens")
    return Page[TokenOut](items=[shown_token(row) for row in found], next=rest)


@writes(router, "DELETE", f"{ONE}/tokens/{{uuid:token}}", needs=MANAGE, status=204)
def revoke_user_token(request: HttpRequest, user: UUID, token: UUID) -> None:
    """Revoke somebody's token. One that works in clinics one doesn't administer is theirs to keep."""
    actor = actor_of(request)
    _one(user, actor)
    revoke_token_of(user, token, actor=actor, now=now_of(request))


def _administered(actor: Actor, clinic: UUID | None) -> QuerySet[User]:
    if clinic is not None:
        return administered(actor, clinic_for(actor, MANAGE, clinic).pk)
    if not actor.may_anywhere(MANAGE):
        raise Forbidden(MANAGE)
    return administered(actor)


def _one(user: UUID, actor: Actor) -> UserOut:
    """NotFound for somebody of none of the actor's clinics; Forbidden where the actor administers none of theirs."""
    if not User.objects.visible_to(actor).filter(pk=user).exists():
        raise NotFound
    if not administered(actor).filter(pk=user).exists():
        raise Forbidden(MANAGE)
    return _of(user, actor)


def _of(user: UUID, actor: Actor) -> UserOut:
    """After a change, also of somebody who is in none of the actor's clinics any more."""
    [shown] = _shown(User.objects.filter(pk=user), actor)
    return shown


def _shown(found: Iterable[User], actor: Actor) -> list[UserOut]:
    return [_user(one) for one in members(found, actor=actor)]


def _user(member: Member) -> UserOut:
    user = member.user
    return UserOut(
        id=user.pk,
        email=user.email,
        name=user.name,
        language=user.language,
        active=user.is_active,
        last_login=moment("UTC", user.last_login),
        second_factor=member.second_factor,
        roles=[RoleHeld(clinic=one.clinic_id, role=one.role) for one in member.roles],
        manageable=member.manageable,
        version=user.version,
    )
