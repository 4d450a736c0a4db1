"""One's own account, and saying that one is still there."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from orderly.clinics.models import Clinic
from orderly.edge.accounts import must_have_second_factor
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import SIGNED_IN, guard
from orderly.people.actions.own import leave_everywhere
from orderly.people.models import User
from orderly.web.frame import CLINIC


@guard(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """The calendar of one's clinic: the only one, or the last this browser was in; else one chooses."""
    mine = list(Clinic.objects.visible_to(actor_of(request)).defer("logo"))
    if not mine:
        return render(request, "calendar/nowhere.html")
    last = request.COOKIES.get(CLINIC, "")
    known = next((one for one in mine if str(one.pk) == last), mine[0] if len(mine) == 1 else None)
    return redirect("calendar", known.pk) if known else render(request, "account/clinics.html", {"choices": mine})


@guard(SIGNED_IN)
def page(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    factors = {one.type: one for one in Authenticator.objects.filter(user=user)}
    codes = factors.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "factor": Authenticator.Type.TOTP in factors,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "required": must_have_second_factor(user),
        "idle_minutes": settings.IDLE_MINUTES,
        "hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "account/page.html", context)


@guard(SIGNED_IN, "POST")
def here(request: HttpRequest) -> HttpResponse:
    """Somebody is at the keyboard; that it was asked is all."""
    return HttpResponse(status=204)


@guard(SIGNED_IN, "POST")
def leave(request: HttpRequest) -> HttpResponse:
    """Signed out on every other machine; this one stays."""
    user = leave_everywhere(actor=actor_of(request), now=now_of(request))
    update_session_auth_hash(request, user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("account")
