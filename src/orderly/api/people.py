"""Oneself, one's tokens, and what roles may do in a clinic."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.errors import HttpError
from pydantic import Field

from orderly.api.operations import reads, writes
from orderly.api.paging import Paged, piece
from orderly.api.schemas import In, Out, Page
from orderly.api.types import Id, Text, Time, Yes, minute_of, moment
from orderly.clinics.models import Clinic
from orderly.core.clock import instant
from orderly.core.errors import NotFound
from orderly.edge.actors import actor_of, now_of, secret_of
from orderly.edge.guard import SIGNED_IN
from orderly.edge.scope import clinic_for
from orderly.journal.actor import Actor
from orderly.people import actions
from orderly.people.models import ApiToken, Membership, User
from orderly.people.queries import digest, role_table

router = Router(tags=["people"])


class ClinicRights(Out):
    """A clinic one belongs to, and what one may do there."""

    id: UUID
    name: str
    timezone: str
    currency: str
    roles: list[str]
    permissions: list[str]


class Me(Out):
    id: UUID
    email: str
    name: str
    language: str
    clinics: list[ClinicRights]


class TokenIn(In):
    name: Annotated[str, Text(100, shortest=1)]
    clinic: Id | None = Field(None, description="null: all of one's clinics")
    permissions: list[Annotated[str, Text(60)]] | None = Field(
        None, max_length=100, description="a subset of one's own; null: all of them"
    )
    expires_at: Time | None = None


class TokenOut(Out):
    id: UUID
    name: str
    clinic: UUID | None
    permissions: list[str] | None
    created_at: str
    expires_at: str | None
    last_used_at: str | None


class NewToken(TokenOut):
    """`secret` is shown once, and is null when the request is repeated: it is kept nowhere."""

    secret: str | None


class RoleRights(Out):
    role: str
    permissions: list[str]


class RightIn(In):
    clinic: Id
    role: Annotated[str, Text(20)]
    permission: Annotated[str, Text(60)]
    allowed: Yes


@reads(router, "me", needs=SIGNED_IN)
def get_me(request: HttpRequest) -> Me:
    """Who I am, and what I may do where.

    A token shows what it may do, which can be less than its user.
    """
    actor = actor_of(request)
    user = User.objects.get(pk=actor.person())
    roles: dict[UUID | None, list[str]] = {}
    for clinic, role in Membership.objects.filter(user=user).order_by("role").values_list("clinic", "role"):
        roles.setdefault(clinic, []).append(role)
    clinics = [_rights(actor, clinic, roles) for clinic in Clinic.objects.visible_to(actor)]
    return Me(id=user.pk, email=user.email, name=user.name, language=user.language, clinics=clinics)


def _rights(actor: Actor, clinic: Clinic, roles: dict[UUID | None, list[str]]) -> ClinicRights:
    return ClinicRights(
        id=clinic.pk,
        name=clinic.name,
        timezone=clinic.timezone,
        currency=clinic.currency,
        roles=[*roles.get(None, ()), *roles.get(clinic.pk, ())],
        permissions=sorted(actor.everywhere | actor.rights.get(clinic.pk, frozenset())),
    )


@reads(router, "tokens", needs=SIGNED_IN)
def list_tokens(request: HttpRequest, paged: Query[Paged]) -> Page[TokenOut]:
    """My tokens that haven't been revoked, newest first."""
    mine = ApiToken.objects.filter(user=actor_of(request).person(), revoked_at__isnull=True)
    rows, rest = piece(mine, ("-id",), paged, name="tokens")
    return Page[TokenOut](items=[shown_token(row) for row in rows], next=rest)


@writes(
    router, "POST", "tokens", needs=SIGNED_IN, status=201, hide=lambda made: made.model_copy(update={"secret": None})
)
def create_token(request: HttpRequest, body: TokenIn) -> NewToken:
    """Make a token for myself, with all my rights or some of them.

    Only for the signed-in: a token can't make tokens, since revoking it wouldn't take those back.
    """
    actor, now = actor_of(request), now_of(request)
    if secret_of(request) is not None:
        raise HttpError(403, _("Only somebody who is signed in can make tokens."))
    token, secret = actions.create_token(
        body.name,
        clinic=body.clinic,
        permissions=body.permissions,
        expires_at=_expiry(body),
        actor=actor,
        now=now,
    )
    return NewToken(**shown_token(token).model_dump(), secret=secret)


def _expiry(body: TokenIn) -> datetime | None:
    if body.expires_at is None:
        return None
    if body.expires_at.tzinfo is not None:
        return body.expires_at
    clinic = Clinic.objects.filter(pk=body.clinic).first() if body.clinic else None
    return instant(minute_of(clinic.timezone if clinic else "UTC", body.expires_at))


@writes(router, "DELETE", "tokens/{uuid:token}", needs=SIGNED_IN, status=204)
def revoke_token(request: HttpRequest, token: UUID) -> None:
    """Revoke one of my tokens. It stops working at once. A token can revoke itself alone."""
    secret = secret_of(request)
    if secret is not None and not ApiToken.objects.filter(pk=token, digest=digest(secret)).exists():
        raise NotFound
    actions.revoke_token(token, actor=actor_of(request), now=now_of(request))


def shown_token(token: ApiToken) -> TokenOut:
    return TokenOut(
        id=token.pk,
        name=token.name,
        clinic=token.clinic_id,
        permissions=token.permissions,
        created_at=str(moment("UTC", token.created_at)),
        expires_at=moment("UTC", token.expires_at),
        last_used_at=moment("UTC", token.last_used_at),
    )


@reads(router, "roles", needs="users:manage")
def list_roles(request: HttpRequest, clinic: Id) -> Page[RoleRights]:
    """What each role may do in a clinic."""
    place = clinic_for(actor_of(request), "users:manage", clinic)
    table = role_table(place.pk)
    return Page[RoleRights](items=[_role(role, held) for role, held in table.items()], next=None)


@writes(router, "PUT", "roles", needs="users:manage")
def change_role(request: HttpRequest, body: RightIn) -> RoleRights:
    """Give a role a permission in a clinic, or take it away. Nobody can give what they don't hold themselves."""
    actor = actor_of(request)
    place = clinic_for(actor, "users:manage", body.clinic)
    actions.allow(body.role, body.permission, body.allowed, clinic=place.pk, actor=actor, now=now_of(request))
    return _role(body.role, role_table(place.pk)[body.role])


def _role(role: str, held: frozenset[str]) -> RoleRights:
    return RoleRights(role=role, permissions=sorted(held))
