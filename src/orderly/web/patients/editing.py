"""Registering with everything there is to say, and editing it."""

import json
from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound, Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.limits import REGISTRATION, SEARCH, take
from orderly.edge.readlog import looked
from orderly.journal.models import Kind
from orderly.patients.actions import change, register, request_link, tell_elsewhere
from orderly.patients.models import Patient
from orderly.web.answers import Errors, clinic_of, in_words, status_of
from orderly.web.fields import known, whole
from orderly.web.frame import framed
from orderly.web.once import registered_once
from orderly.web.patients import recording
from orderly.web.patients.about import patient_in
from orderly.web.patients.cards import card_of
from orderly.web.patients.duplicates import weighed
from orderly.web.patients.forms import guessed, wrong_of
from orderly.web.patients.recording import FIELDS, RecordForm, Texts, before, groups, texts, typed

EDIT: Final = "patients:edit"


@guard(EDIT, "GET", "POST")
def add(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """An empty form, one begun with what was searched for (`begin`), or the new record. Who may be the same person is
    shown first, and the desk decides.
    """
    place, sent = clinic_of(clinic), request.POST
    if request.method != "POST" or "begin" in sent:
        return _form(request, place, {**dict.fromkeys(FIELDS, ""), **guessed(sent.get("begin", "")[:100].strip())})
    form = RecordForm(typed(sent))
    if not form.is_valid():
        errors = wrong_of(form, form.details(), place, now_of(request))
        return _form(request, place, typed(sent), errors=errors, status=422)
    try:
        return _registered(request, place, form)
    except NotFound as error:
        if not error.field:
            raise
        return _form(request, place, typed(sent), errors={error.field: [_("There is no such patient.")]}, status=422)
    except Refused as refused:
        errors = in_words(refused.problems, place.timezone)
        return _form(request, place, typed(sent), errors=errors, status=status_of(refused))


def _registered(request: HttpRequest, place: Clinic, form: RecordForm) -> HttpResponse:
    actor, now, sent = actor_of(request), now_of(request), request.POST
    details = form.details(name for name in FIELDS if form.cleaned_data[name])
    if "ask" in sent:
        take(REGISTRATION, request)
        request_link(details, clinic=place.pk, actor=actor, now=now)
        messages.success(request, _("Asked. Once a clinic that knows them agrees, they are found here."))
        return redirect("patient-links", place.pk)
    take(SEARCH, request)
    alike = weighed(details, place, actor=actor, now=now)
    if "anyway" not in sent:
        if alike:
            among = [one.card.patient.pk for one in alike]
            looked(request, "duplicates", among=among, clinic=place.pk, kind=Kind.SEARCH)
            return _form(request, place, typed(sent), alike=alike, status=409)
        if tell_elsewhere(details, clinic=place.pk, actor=actor, now=now):
            return _form(request, place, typed(sent), elsewhere=True, status=409)
    take(REGISTRATION, request)
    make = partial(register, details, clinic=place.pk, actor=actor, now=now)
    made = registered_once(known(sent.get("token")), place.pk, make, actor=actor, now=now)
    messages.success(request, _("Registered: %(name)s") % {"name": made})
    return redirect("patient", place.pk, made.pk)


@guard(EDIT, "GET", "POST", shows="patients")
def edit(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    place, found = clinic_of(clinic), patient_in(clinic, patient)
    looked(request, "patient", found.pk, clinic=clinic)
    if request.method != "POST":
        return _form(request, place, texts(found), found=found)
    sent, opened = typed(request.POST), before(request.POST)
    form = RecordForm(sent, kept=found.extra)
    said: dict[str, Any] = {"found": found, "opened": opened, "version": whole(request.POST.get("version"))}
    names = [name for name in FIELDS if sent[name] != opened.get(name)]
    if not form.is_valid():
        errors = wrong_of(form, form.details(names), place, now_of(request), found=found)
        return _form(request, place, sent, errors=errors, status=422, **said)
    try:
        change(
            found.pk,
            form.details(names),
            empty=[name for name in names if form.cleaned_data[name] is None],
            actor=actor_of(request),
            now=now_of(request),
            version=said["version"],
        )
    except Stale:
        return _overtaken(request, place, found, sent, opened)
    except NotFound as error:
        if not error.field:
            raise
        errors = {error.field: [_("There is no such patient.")]}
        return _form(request, place, sent, errors=errors, status=422, **said)
    except Refused as refused:
        errors = in_words(refused.problems, place.timezone)
        return _form(request, place, sent, errors=errors, status=status_of(refused), **said)
    messages.success(request, _("Saved."))
    return redirect("patient", clinic, patient)


def _overtaken(request: HttpRequest, place: Clinic, found: Patient, sent: Texts, opened: Texts) -> HttpResponse:
    """Somebody was quicker. What they wrote stands in the fields that one hasn't touched, and beside those one has."""
    now = texts(found)
    newer = {name: now[name] for name in FIELDS if now[name] not in (opened.get(name), sent[name])}
    shown = {name: now[name] if sent[name] == opened.get(name) else sent[name] for name in FIELDS}
    return _form(request, place, shown, found=found, newer=newer, status=412)


def _form(
    request: HttpRequest,
    place: Clinic,
    shown: Texts,
    *,
    found: Patient | None = None,
    opened: Texts | None = None,
    version: int | None = None,
    errors: Errors | None = None,
    newer: Texts | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    named = known(shown.get("guardian", ""))
    context = {
        "found": found,
        "groups": list(groups(shown, place, errors=errors, newer=newer)),
        "errors": errors or {},
        "newer": newer,
        "guardian": card_of(named, place, actor=actor, now=now) if named else None,
        "guardian_id": shown.get("guardian", ""),
        "token": request.POST.get("token") or str(uuid4()),
        "region_said": shown.get("region", ""),
        "pregnant": recording.may_be_pregnant(shown.get("gender", "")),
        "before": json.dumps(opened if opened is not None else texts(found)) if found else None,
        "version": version if version is not None else (found.version if found else None),
        **more,
    }
    return framed(request, "patients/form.html", place, "patient-list", context, status=status)
