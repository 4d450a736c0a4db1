"""The people of a clinic, for its administrators: a list, and a page for each with what can be done."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound, Refused
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.limits import SEARCH, limited
from orderly.people.actions import users
from orderly.people.models import User
from orderly.people.permissions import GIVEN, MANAGE
from orderly.people.queries import Member, administered, assignable, members
from orderly.people.queries.invitations import invitations_of, pending
from orderly.web.answers import clinic_of, in_words, status_of
from orderly.web.frame import framed
from orderly.web.words import ROLE

MOST = 200

# What can be done to an account, and what is said afterwards.
STEPS: Final[dict[str, tuple[Callable[..., User], Promise | str]]] = {
    "deactivate": (users.deactivate, _("%(name)s can't sign in any more.")),
    "reactivate": (users.reactivate, _("%(name)s can sign in again.")),
    "end-sessions": (users.end_sessions, _("%(name)s is signed out everywhere.")),
    "reset-second-factor": (users.reset_second_factor, _("%(name)s signs in with the password alone for now.")),
}


@guard(MANAGE)
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    return _page(request, clinic)


@guard(MANAGE, "POST")
@limited(SEARCH)
def search(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Posted: a name in an address would be in every log on the way."""
    return _page(request, clinic, request.POST.get("q", "").strip()[:100])


def _page(request: HttpRequest, clinic: UUID, query: str = "") -> HttpResponse:
    place, actor, now = clinic_of(clinic), actor_of(request), now_of(request)
    rows = administered(actor, clinic)
    if query:
        rows = rows.filter(Q(name__icontains=query) | Q(email__icontains=query))
    found = list(rows.order_by("-is_active", "name", "id")[: MOST + 1])
    return framed(
        request,
        "team/page.html",
        place,
        "team",
        {
            "query": query,
            "more": len(found) > MOST,
            "team": [(one, _roles(one, clinic)) for one in members(found[:MOST], actor=actor)],
            "invitations": [(one, ROLE[one.role]) for one in pending(invitations_of(actor, clinic)).order_by("-id")],
            "now": now,
        },
    )


@guard(MANAGE)
def member(request: HttpRequest, clinic: UUID, user: UUID) -> HttpResponse:
    return _member(request, clinic_of(clinic), user)


@guard(MANAGE, "POST")
def roles(request: HttpRequest, clinic: UUID, user: UUID) -> HttpResponse:
    """All roles ticked are held from now on, and no other."""
    place = clinic_of(clinic)
    _one(request, clinic, user)
    try:
        chosen = request.POST.getlist("role")
        found = users.set_roles(user, clinic, chosen, actor=actor_of(request), now=now_of(request))
    except Refused as refused:
        return _member(request, place, user, refused)
    if not chosen:
        messages.success(request, _("%(name)s doesn't work here any more.") % {"name": found})
        return redirect("team", clinic)
    messages.success(request, _("Saved. It counts at once."))
    return redirect("team-member", clinic, user)


@guard(MANAGE, "POST")
def step(request: HttpRequest, clinic: UUID, user: UUID, step: str) -> HttpResponse:
    if step not in STEPS:
        raise NotFound
    place = clinic_of(clinic)
    _one(request, clinic, user)
    verb, said = STEPS[step]
    try:
        found = verb(user, actor=actor_of(request), now=now_of(request))
    except Refused as refused:
        return _member(request, place, user, refused)
    messages.success(request, said % {"name": found})
    return redirect("team-member", clinic, user)


def choices(request: HttpRequest, clinic: UUID, held: Sequence[str] = ()) -> list[tuple[str, Any, bool, bool]]:
    """Every role of a clinic: its name, whether it is held, and whether it is the reader's to give and take."""
    may_give = assignable([clinic], actor=actor_of(request))[clinic]
    return [(role.value, ROLE[role], role.value in held, role.value in may_give) for role in GIVEN]


def _one(request: HttpRequest, clinic: UUID, user: UUID) -> Member:
    """Of this clinic's staff, whatever other clinics the reader administers."""
    [*found] = members(administered(actor_of(request), clinic).filter(pk=user), actor=actor_of(request))
    if not found:
        raise NotFound
    return found[0]


def _member(request: HttpRequest, place: Clinic, user: UUID, refused: Refused | None = None) -> HttpResponse:
    found = _one(request, place.pk, user)
    held = [one.role for one in found.roles if one.clinic_id == place.pk]
    offered = choices(request, place.pk, held)
    said = in_words(refused.problems, place.timezone) if refused else {}
    context = {
        "member": found,
        "choices": offered,
        "above": any(is_held and not may for _role, _name, is_held, may in offered),
        "oneself": user == actor_of(request).user,
        "errors": [text for texts in said.values() for text in texts],
    }
    status = status_of(refused) if refused else 200
    return framed(request, "team/member.html", place, "team", context, status=status)


def _roles(one: Member, clinic: UUID) -> list[Promise | str]:
    return [ROLE[held.role] for held in one.roles if held.clinic_id == clinic]
