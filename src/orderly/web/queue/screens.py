"""Displays and kiosks: their links, made and ended; and what waiting and checking in mean in the clinic."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.appointments.actions.screens import add_screen, revoke_screen
from orderly.appointments.actions.set_up import change_clinic
from orderly.appointments.choices import ScreenKind
from orderly.appointments.models import Screen
from orderly.appointments.queries.screens import screens
from orderly.clinics.inputs import ClinicDetails
from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound, Refused
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.web.answers import Errors, clinic_of, errors_of, in_words, status_of
from orderly.web.frame import framed
from orderly.web.qr import qr
from orderly.web.words import CHECK, SCREEN

MANAGE, SETTINGS = "queue:manage", "settings:manage"
ADDRESS = {ScreenKind.DISPLAY: "display", ScreenKind.KIOSK: "kiosk"}


class RulesForm(forms.Form):
    waiting_long_minutes = forms.IntegerField()
    waiting_too_long_minutes = forms.IntegerField()


@guard(MANAGE)
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    return _page(request, clinic_of(clinic))


@guard(MANAGE, "POST")
def add(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The answer is the only one that ever shows the link."""
    place, typed = clinic_of(clinic), request.POST.dict()
    kind, name = typed.get("kind", ""), typed.get("name", "")
    try:
        made, secret = add_screen(clinic, kind, name, actor=actor_of(request), now=now_of(request))
    except Refused as refused:
        errors = in_words(refused.problems, place.timezone)
        return _page(request, place, status=status_of(refused), typed=typed, errors=errors)
    link = settings.PUBLIC_URL + reverse(ADDRESS[ScreenKind(made.kind)], args=[clinic, secret])
    return _page(request, place, made={"screen": made, "link": link, "qr": qr(link)})


@guard(MANAGE, "POST")
def revoke(request: HttpRequest, clinic: UUID, screen: UUID) -> HttpResponse:
    if not Screen.objects.filter(pk=screen, clinic=clinic).exists():
        raise NotFound
    found = revoke_screen(screen, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("Switched off: %(name)s") % {"name": found.name})
    return redirect("screens", clinic)


@guard(SETTINGS, "POST")
def rules(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """After how many minutes waiting is long, and what is required of whoever comes."""
    place, form = clinic_of(clinic), RulesForm(request.POST)
    required = request.POST.getlist("check_in_requires")
    typed = {**request.POST.dict(), "check_in_requires": required}
    if not form.is_valid():
        return _page(request, place, status=422, ruled=typed, wrong=errors_of(form))
    details = ClinicDetails(**form.cleaned_data, check_in_requires=required)
    try:
        change_clinic(clinic, details, actor=actor_of(request), now=now_of(request))
    except Refused as refused:
        errors: Errors = in_words(refused.problems, place.timezone)
        return _page(request, place, status=status_of(refused), ruled=typed, wrong=errors)
    messages.success(request, _("Saved."))
    return redirect("screens", clinic)


def _page(request: HttpRequest, place: Clinic, *, status: int = 200, **more: Any) -> HttpResponse:
    rules = ("waiting_long_minutes", "waiting_too_long_minutes", "check_in_requires")
    context = {
        "screens": [(one, SCREEN[one.kind]) for one in screens(place)],
        "kinds": SCREEN.items(),
        "checks": CHECK.items(),
        "may_rule": actor_of(request).may(SETTINGS, place.pk),
        "ruled": {name: getattr(place, name) for name in rules},
        **more,
    }
    return framed(request, "queue/screens.html", place, "screens", context, status=status)
