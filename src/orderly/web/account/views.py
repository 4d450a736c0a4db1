"""One's own account, and saying that one is still there."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.i18n import set_language

from orderly.clinics.models import Clinic
from orderly.edge.accounts import must_have_second_factor
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import PUBLIC, SIGNED_IN, guard
from orderly.people.actions.own import choose_language, leave_everywhere
from orderly.people.models import User
from orderly.web.frame import bar, last_clinic


@guard(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """The calendar of one's clinic: the only one, or the last this browser was in; else one chooses."""
    mine = list(Clinic.objects.visible_to(actor_of(request)).defer("logo"))
    if not mine:
        return render(request, "calendar/nowhere.html")
    known = last_clinic(request, mine)
    return redirect("calendar", known.pk) if known else render(request, "account/clinics.html", {"choices": mine})


@guard(SIGNED_IN)
def page(request: HttpRequest) -> HttpResponse:
    user, actor = request.user, actor_of(request)
    mine = list(Clinic.objects.visible_to(actor).defer("logo"))
    assert isinstance(user, User)
    factors = {one.type: one for one in Authenticator.objects.filter(user=user)}
    codes = factors.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        **bar(actor, last_clinic(request, mine), mine),
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


@guard(PUBLIC, "POST")
def speak(request: HttpRequest) -> HttpResponse:
    """The pages in another language: for oneself, wherever one signs in, and for whoever signs in with this browser."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        choose_language(language, actor=actor_of(request), now=now_of(request))
    return set_language(request)


@guard(SIGNED_IN, "POST")
def leave(request: HttpRequest) -> HttpResponse:
    """Signed out on every other machine; this one stays."""
    user = leave_everywhere(actor=actor_of(request), now=now_of(request))
    update_session_auth_hash(request, user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("account")
