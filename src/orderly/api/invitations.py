"""Asking people to take a role. The link goes by mail alone; this shows who was asked, and whether they came."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from orderly.api.operations import reads, writes
from orderly.api.paging import Paged, piece
from orderly.api.schemas import In, Nothing, Out, Page
from orderly.api.types import Id, Text, moment
from orderly.core.errors import Forbidden
from orderly.edge.actors import actor_of, now_of
from orderly.edge.limits import INVITATION
from orderly.edge.scope import clinic_for
from orderly.people.actions import invitations
from orderly.people.models import Invitation
from orderly.people.permissions import MANAGE
from orderly.people.queries.invitations import invitations_of, pending

router = Router(tags=["users"])
ONE = "invitations/{uuid:invitation}"


class InvitationIn(In):
    clinic: Id | None = Field(description="null: super_admin of the organisation")
    email: Annotated[str, Text(254)]
    role: Annotated[str, Text(20)]
    language: Annotated[str, Text(10)] = Field("en", description="of the mail")


class InvitationOut(Out):
    """`sent_at` is null until the mail has gone out; `accepted_by` is the user who took the role."""

    id: UUID
    clinic: UUID | None
    email: str
    role: str
    language: str
    invited_by: UUID
    created_at: str
    expires_at: str
    sent_at: str | None
    accepted_at: str | None
    accepted_by: UUID | None
    revoked_at: str | None


class InvitationsQuery(Paged):
    clinic: Id | None = Field(None, description="default: every clinic where one administers users")
    pending: bool | None = Field(None, description="true: only those that nobody has accepted or revoked")


@reads(router, "invitations", needs=MANAGE)
def list_invitations(request: HttpRequest, asked: Query[InvitationsQuery]) -> Page[InvitationOut]:
    """Who was invited, newest first."""
    actor = actor_of(request)
    if asked.clinic is None and not actor.may_anywhere(MANAGE):
        raise Forbidden(MANAGE)
    clinic = clinic_for(actor, MANAGE, asked.clinic).pk if asked.clinic else None
    rows = invitations_of(actor, clinic)
    found, rest = piece(pending(rows) if asked.pending else rows, ("-id",), asked, name="invitations")
    return Page[InvitationOut](items=[_shown(one) for one in found], next=rest)


@writes(router, "POST", "invitations", needs=MANAGE, status=201, limit=INVITATION)
def invite_user(request: HttpRequest, body: InvitationIn) -> InvitationOut:
    """Invite somebody by e-mail, who need not have an account yet.

    An open invitation of the same address in that clinic is replaced.
    """
    actor = actor_of(request)
    clinic = clinic_for(actor, MANAGE, body.clinic).pk if body.clinic else None
    made = invitations.invite(
        body.email, body.role, clinic=clinic, language=body.language, actor=actor, now=now_of(request)
    )
    return _shown(made)


@writes(router, "POST", f"{ONE}/resend", needs=MANAGE, limit=INVITATION)
def resend_invitation(request: HttpRequest, invitation: UUID, body: Nothing) -> InvitationOut:
    """Send the mail again, with a new link; the old one is dead."""
    return _shown(invitations.resend(invitation, actor=actor_of(request), now=now_of(request)))


@writes(router, "DELETE", ONE, needs=MANAGE, status=204)
def revoke_invitation(request: HttpRequest, invitation: UUID) -> None:
    """Revoke an invitation: its link is dead at once."""
    invitations.revoke(invitation, actor=actor_of(request), now=now_of(request))


def _shown(made: Invitation) -> InvitationOut:
    return InvitationOut(
        id=made.pk,
        clinic=made.clinic_id,
        email=made.email,
        role=made.role,
        language=made.language,
        invited_by=made.invited_by_id,
        created_at=str(moment("UTC", made.created_at)),
        expires_at=str(moment("UTC", made.expires_at)),
        sent_at=moment("UTC", made.sent_at),
        accepted_at=moment("UTC", made.accepted_at),
        accepted_by=made.accepted_by_id,
        revoked_at=moment("UTC", made.revoked_at),
    )
