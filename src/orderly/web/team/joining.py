"""The page behind an invitation's link. Opening it changes nothing, whoever or whatever opens it: its button does."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from orderly.core.errors import NotFound, Refused
from orderly.edge.actors import actor_of, address_of, now_of
from orderly.edge.guard import PUBLIC, guard
from orderly.people.actions.invitations import account_of, join, take_up
from orderly.people.models import Invitation
from orderly.people.queries.invitations import open_invitation
from orderly.web.answers import in_words, status_of
from orderly.web.words import ROLE

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@guard(PUBLIC)
def shown(request: HttpRequest, invitation: UUID, secret: str) -> HttpResponse:
    found = open_invitation(invitation, secret, now=now_of(request))
    if found is None:
        return render(request, "team/join_gone.html", status=404)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(found.language)
    return _page(request, found, secret)


@guard(PUBLIC, "POST")
def accept(request: HttpRequest, invitation: UUID) -> HttpResponse:
    """With an account of that address, signed in to it, the role is added; without one, it is made and signed in.

    The secret comes in the form: the address of a refusal may stand in a log.
    """
    now, secret = now_of(request), request.POST.get("secret", "")
    found = open_invitation(invitation, secret, now=now)
    if found is None:
        return render(request, "team/join_gone.html", status=404)
    if account_of(found) is not None:
        return _take_up(request, found, secret)
    name, password = request.POST.get("name", ""), request.POST.get("password", "")
    try:
        user = join(invitation, secret, name=name, password=password, address=address_of(request), now=now)
    except NotFound:  # it was used while we read it
        return render(request, "team/join_gone.html", status=404)
    except Refused as refused:
        errors = in_words(refused.problems, "UTC")
        return _page(request, found, secret, typed=name, errors=errors, status=status_of(refused))
    login(request, user, backend=BACKEND)
    return redirect("home")


def _take_up(request: HttpRequest, found: Invitation, secret: str) -> HttpResponse:
    account = account_of(found)
    if account is None or request.user.pk != account.pk:
        return _page(request, found, secret)
    try:
        take_up(found.pk, secret, actor=actor_of(request), now=now_of(request))
    except NotFound:
        return render(request, "team/join_gone.html", status=404)
    return redirect("calendar", found.clinic_id) if found.clinic_id else redirect("home")


def _page(
    request: HttpRequest, found: Invitation, secret: str, *, status: int = 200, typed: str = "", **more: Any
) -> HttpResponse:
    account = account_of(found)
    context = {
        "invitation": found,
        "secret": secret,
        "role": ROLE[found.role],
        "has_account": account is not None,
        "is_oneself": account is not None and request.user.pk == account.pk,
        "typed": typed,
        **more,
    }
    return render(request, "team/join.html", context, status=status)
