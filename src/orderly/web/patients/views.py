"""Finding a patient while booking, and registering one who isn't there yet."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound, Refused, TooOften
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.limits import REGISTRATION, SEARCH, take
from orderly.edge.readlog import looked
from orderly.journal.actor import Actor
from orderly.journal.models import Kind
from orderly.patients.actions import register as make_record
from orderly.patients.actions import request_link, tell_elsewhere
from orderly.web.answers import clinic_of, in_words, saying, status_of
from orderly.web.fields import EXAMPLE
from orderly.web.once import registered_once
from orderly.web.patients.cards import Card, card_of, cards
from orderly.web.patients.cards import search as find
from orderly.web.patients.duplicates import weighed
from orderly.web.patients.forms import QuickForm, guessed, wrong_of
from orderly.web.patients.places import asked_at_once
from orderly.web.words import GENDER

MOST_MATCHES, MOST_RECENT = 8, 5


@guard("patients:view", "POST", shows="patients")
def search(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Posted: a name in an address would be in every log on the way."""
    place, query = clinic_of(clinic), request.POST.get("q", "")[:100]
    actor, typed = actor_of(request), query.strip()
    may_register = actor.may("patients:edit", place.pk)
    context = {"clinic": place, "query": typed, "recent": not typed, "may_register": may_register}
    try:
        take(SEARCH, request)
    except TooOften as often:
        said = in_words(often.problems, place.timezone)[""]
        return render(request, "patients/_matches.html", {**context, "said": said}, status=429)
    found = find(query, place, actor=actor, now=now_of(request), most=MOST_MATCHES if typed else MOST_RECENT)
    looked(request, "patients", among=[card.patient.pk for card in found], clinic=place.pk, kind=Kind.SEARCH)
    return render(request, "patients/_matches.html", {**context, "cards": found})


@guard("patients:view", shows="patients")
def chosen(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    place = clinic_of(clinic)
    found = card_of(patient, place, actor=actor_of(request), now=now_of(request))
    if found is None:
        raise NotFound
    looked(request, "patient", patient, clinic=place.pk)
    return _field(request, place, found)


@guard("patients:edit", "POST")
def new(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The form, or with nothing to register the search again."""
    place = clinic_of(clinic)
    if "back" in request.GET:
        return _field(request, place, None)
    return _form(request, place, guessed(request.POST.get("q", "")))


@guard("patients:edit", "POST")
def register(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """A new record, chosen at once. Who may be the same person is shown first, and the desk decides."""
    place, actor, now = clinic_of(clinic), actor_of(request), now_of(request)
    form = QuickForm(request.POST)
    if not form.is_valid():
        errors = wrong_of(form, form.details(), place, now)
        return _form(request, place, request.POST.dict(), errors=errors, status=422)
    try:
        take(SEARCH, request)
        alike = [] if form.cleaned_data["anyway"] else weighed(form.details(), place, actor=actor, now=now)
        if alike:
            looked(
                request, "duplicates", among=[one.card.patient.pk for one in alike], clinic=place.pk, kind=Kind.SEARCH
            )
            return _form(request, place, request.POST.dict(), alike=alike, status=409)
        if _known_elsewhere(form, place, actor, now):
            return _form(request, place, request.POST.dict(), elsewhere=True, status=409)
        take(REGISTRATION, request)
        make = partial(make_record, form.details(), clinic=place.pk, actor=actor, now=now)
        patient = registered_once(form.cleaned_data["token"], place.pk, make, actor=actor, now=now)
    except Refused as refused:
        errors = in_words(refused.problems, place.timezone)
        return _form(request, place, request.POST.dict(), errors=errors, status=status_of(refused))
    [made] = cards([patient], place, now=now)
    return saying(_field(request, place, made), _("Registered: %(name)s") % {"name": patient}, changed=False)


@guard("patients:edit", "POST")
def ask_link(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Ask the other clinics; the desk goes on with another patient, or registers this one all the same."""
    place, form = clinic_of(clinic), QuickForm(request.POST)
    if not form.is_valid():
        errors = wrong_of(form, form.details(), place, now_of(request))
        return _form(request, place, request.POST.dict(), errors=errors, status=422)
    try:
        take(REGISTRATION, request)
        request_link(form.details(), clinic=place.pk, actor=actor_of(request), now=now_of(request))
    except Refused as refused:
        errors = in_words(refused.problems, place.timezone)
        return _form(request, place, request.POST.dict(), errors=errors, status=status_of(refused))
    said = _("Asked. Once a clinic that knows them agrees, they are found here.")
    return saying(_field(request, place, None), said, changed=False)


def _known_elsewhere(form: QuickForm, place: Clinic, actor: Actor, now: datetime) -> bool:
    if form.cleaned_data["anyway"]:
        return False
    return tell_elsewhere(form.details(), clinic=place.pk, actor=actor, now=now)


def _field(request: HttpRequest, place: Any, patient: Card | None) -> HttpResponse:
    may_register = actor_of(request).may("patients:edit", place.pk)
    context = {"clinic": place, "patient": patient, "may_register": may_register}
    return render(request, "patients/_field.html", context)


def _form(request: HttpRequest, place: Any, typed: dict[str, Any], *, status: int = 200, **more: Any) -> HttpResponse:
    typed = {**typed, "token": typed.get("token") or str(uuid4())}
    context = {"clinic": place, "typed": typed, "genders": GENDER.items(), "example": EXAMPLE, **more}
    context["fresh"] = not more
    context |= asked_at_once(place, typed)
    return render(request, "patients/_register.html", context, status=status)
