"""Registering somebody in a few words in the side panel, from any page; booking for them is the next thing offered."""

from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from orderly.clinics.models import Clinic
from orderly.core.errors import Refused
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.limits import REGISTRATION, SEARCH, take
from orderly.edge.readlog import looked
from orderly.journal.actor import Actor
from orderly.journal.models import Kind
from orderly.patients.actions import register, request_link, tell_elsewhere
from orderly.web.answers import clinic_of, in_words, saying, status_of
from orderly.web.fields import EXAMPLE
from orderly.web.once import registered_once
from orderly.web.patients.cards import cards
from orderly.web.patients.duplicates import Likely, weighed
from orderly.web.patients.forms import QuickForm, wrong_of
from orderly.web.patients.places import asked_at_once
from orderly.web.words import GENDER

EDIT: Final = "patients:edit"


@guard(EDIT, "GET", "POST")
def quick(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The form, then the new patient. Who may be the same person is shown first, and the desk decides."""
    place, form = clinic_of(clinic), QuickForm(request.POST)
    if request.method != "POST":
        return _form(request, place)
    if not form.is_valid():
        return _form(request, place, errors=wrong_of(form, form.details(), place, now_of(request)), status=422)
    try:
        return _registered(request, place, form, actor_of(request), now_of(request))
    except Refused as refused:
        return _form(request, place, errors=in_words(refused.problems, place.timezone), status=status_of(refused))


def _registered(request: HttpRequest, place: Clinic, form: QuickForm, actor: Actor, now: datetime) -> HttpResponse:
    if "ask" in request.POST:
        take(REGISTRATION, request)
        request_link(form.details(), clinic=place.pk, actor=actor, now=now)
        said = _("Asked. Once a clinic that knows them agrees, they are found here.")
        return saying(_form(request, place), said, changed=False)
    take(SEARCH, request)
    alike = weighed(form.details(), place, actor=actor, now=now)
    if not form.cleaned_data["anyway"]:
        if alike:
            looked(
                request, "duplicates", among=[one.card.patient.pk for one in alike], clinic=place.pk, kind=Kind.SEARCH
            )
            return _form(request, place, alike=alike, status=409)
        if tell_elsewhere(form.details(), clinic=place.pk, actor=actor, now=now):
            return _form(request, place, elsewhere=True, status=409)
    take(REGISTRATION, request)
    token, details = form.cleaned_data["token"], form.details()
    make = partial(register, details, clinic=place.pk, actor=actor, now=now)
    patient = registered_once(token, place.pk, make, actor=actor, now=now)
    [made] = cards([patient], place, now=now)
    done = render(request, "patients/_registered.html", {"clinic": place, "made": made, **_may(actor, place)})
    return saying(done, _("Registered: %(name)s") % {"name": patient})


def _form(
    request: HttpRequest, place: Clinic, *, status: int = 200, alike: list[Likely] | None = None, **more: Any
) -> HttpResponse:
    typed = {**request.POST.dict(), "token": request.POST.get("token") or str(uuid4())}
    context = {"clinic": place, "typed": typed, "genders": GENDER.items(), "example": EXAMPLE}
    more["fresh"] = not (alike or more)
    more |= {**_may(actor_of(request), place), **asked_at_once(place, request.POST)}
    return render(request, "patients/_quick.html", {**context, "alike": alike, **more}, status=status)


def _may(actor: Actor, place: Clinic) -> dict[str, bool]:
    return {"may_book": actor.may("booking:create_appointment", place.pk)}
