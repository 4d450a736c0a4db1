"""Asking people into a clinic's team."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound, Refused
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.limits import INVITATION, limited, take
from orderly.people.actions import invitations
from orderly.people.models import Invitation
from orderly.people.permissions import MANAGE
from orderly.people.queries.invitations import invitations_of
from orderly.web.answers import clinic_of, in_words, status_of
from orderly.web.dates import language
from orderly.web.frame import framed
from orderly.web.team.views import choices


@guard(MANAGE)
def invite(request: HttpRequest, clinic: UUID) -> HttpResponse:
    return _form(request, clinic_of(clinic), {"language": language()})


@guard(MANAGE, "POST")
def send(request: HttpRequest, clinic: UUID) -> HttpResponse:
    place, typed = clinic_of(clinic), {name: request.POST.get(name, "") for name in ("email", "role", "language")}
    try:
        take(INVITATION, request)
        made = invitations.invite(
            typed["email"],
            typed["role"],
            clinic=clinic,
            language=typed["language"],
            actor=actor_of(request),
            now=now_of(request),
        )
    except Refused as refused:
        errors = in_words(refused.problems, place.timezone)
        return _form(request, place, typed, errors=errors, status=status_of(refused))
    messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": made.email})
    return redirect("team", clinic)


@guard(MANAGE, "POST")
@limited(INVITATION)
def resend(request: HttpRequest, clinic: UUID, invitation: UUID) -> HttpResponse:
    said = _("A new link is on its way to %(email)s; the old one is dead.")
    return _press(invitations.resend, said, request, clinic, invitation)


@guard(MANAGE, "POST")
def revoke(request: HttpRequest, clinic: UUID, invitation: UUID) -> HttpResponse:
    said = _("The invitation of %(email)s is revoked.")
    return _press(invitations.revoke, said, request, clinic, invitation)


def _press(
    verb: Callable[..., Invitation], said: Promise | str, request: HttpRequest, clinic: UUID, invitation: UUID
) -> HttpResponse:
    actor = actor_of(request)
    if not invitations_of(actor, clinic).filter(pk=invitation).exists():
        raise NotFound
    try:
        found = verb(invitation, actor=actor, now=now_of(request))
    except Refused as refused:
        for texts in in_words(refused.problems, "UTC").values():
            messages.error(request, " ".join(texts))
    else:
        messages.success(request, said % {"email": found.email})
    return redirect("team", clinic)


def _form(
    request: HttpRequest, place: Clinic, typed: dict[str, str], *, status: int = 200, **more: Any
) -> HttpResponse:
    offered = [(role, name) for role, name, _held, may in choices(request, place.pk) if may]
    context = {
        "typed": typed,
        "roles": offered,
        "offered_languages": settings.LANGUAGES,
        **more,
    }
    return framed(request, "team/invite.html", place, "team", context, status=status)
