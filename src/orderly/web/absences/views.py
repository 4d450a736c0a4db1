"""What is to be rearranged, and noting that somebody is away."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderly.absences.queries.undoable import undoable_of
from orderly.appointments.actions.set_up import add_time_off, remove
from orderly.appointments.models import Appointment
from orderly.appointments.queries.stranded import by_rule, why_by_clinic
from orderly.appointments.queries.undoable import WINDOW
from orderly.calendars.models import TIME_OFF, Rule
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import NotFound, Refused
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.idempotency import Answer, once
from orderly.edge.readlog import watched
from orderly.edge.wording import names_of, words
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.resources.models import Provider
from orderly.web.absences.absent import absent, of_clinic, when, whose
from orderly.web.absences.calling import to_call
from orderly.web.absences.forms import KINDS, AwayForm
from orderly.web.answers import Errors, clinic_of, errors_of, in_words, saying, status_of
from orderly.web.dates import as_fields, picked, picked_or
from orderly.web.frame import framed

VIEW, MODIFY, SCHEDULE = "booking:view_calendar", "booking:modify_appointment", "schedule:manage"
MOST = 200


@guard(VIEW, shows="appointments")
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Everything from now on that can't take place as it is booked."""
    actor, now, place = actor_of(request), now_of(request), clinic_of(clinic)
    watched(request, "to_rearrange", clinic=clinic)
    stranded = why_by_clinic(place, actor=actor, now=now)
    rows = Appointment.objects.filter(pk__in=list(stranded)[:MOST]).whole().order_by("start", "pk")
    names = names_of(stranded.values())
    context = {
        "rows": [(row, words(stranded[row.pk], zone=place.timezone, names=names)) for row in rows],
        "left_off": max(0, len(stranded) - MOST),
        "may_move": actor.may(MODIFY, clinic),
        "may_note": actor.may_own(SCHEDULE, clinic),
        "absent": [
            (one, whose(one), when(one)) for one in absent(place, providers_of(place, actor), actor=actor, now=now)
        ],
        **to_call(place, actor=actor, now=now),
        "undo": _undo(place, actor, now) if actor.may(MODIFY, clinic) else None,
    }
    return framed(request, "absences/page.html", place, "absences", context)


def _undo(place: Clinic, actor: Actor, now: datetime) -> dict[str, Any] | None:
    """What the reader has just rearranged and may still take back, as the page offers it."""
    done = undoable_of(place.pk, actor.user, now)
    if done is None:
        return None
    count = len(done.ids["appointments"])
    said = ngettext("%(count)s appointment was moved.", "%(count)s appointments were moved.", count) % {"count": count}
    left = int((done.at + WINDOW - now).total_seconds())
    url = reverse("absence-undo", args=[place.pk])
    return {"text": said, "undo": {"label": _("Undo"), "url": url, "deed": done.pk, "version": "", "seconds": left}}


@guard(SCHEDULE)
def away(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Who is away; today, if no other day is said."""
    place = clinic_of(clinic)
    today = as_fields(place.timezone, minute(now_of(request)))["day"]
    day = picked_or(request.GET.get("day"), picked(today)).isoformat()
    return _panel(request, place, {"provider": request.GET.get("provider", ""), "first": day, "last": day})


@guard(SCHEDULE, "POST")
def note(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Note it, once however often it is sent; on to the plan if that strands anybody."""
    actor, now, place, form = actor_of(request), now_of(request), clinic_of(clinic), AwayForm(request.POST)
    typed = request.POST.dict()
    if not form.is_valid():
        return _panel(request, place, typed, status=422, errors=errors_of(form))
    try:
        rule = _noted(form, place, request)
    except Refused as refused:
        errors = in_words(refused.problems, place.timezone)
        return _panel(request, place, typed, status=status_of(refused), errors=errors)
    there = set(by_rule(rule, actor=actor, now=now))
    here = Appointment.objects.filter(pk__in=there, clinic=clinic).exists()
    if not here:
        said = _("Noted: %(name)s, %(when)s. Nothing is booked in that time.") % {
            "name": whose(rule),
            "when": when(rule),
        }
        return saying(_panel(request, place, {**typed, "token": ""}, noted=said), said)
    name = "absence-plan" if actor.may(MODIFY, clinic) else "absences"
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = f"{reverse(name, args=[clinic])}?rule={rule.pk}"
    return response


@guard(SCHEDULE, "POST")
def back(request: HttpRequest, clinic: UUID, rule: UUID) -> HttpResponse:
    """They are there after all: the time is free at once."""
    actor, now, place = actor_of(request), now_of(request), clinic_of(clinic)
    if not of_clinic(place, actor=actor).filter(pk=rule).exists():
        raise NotFound
    gone = remove(rule, TIME_OFF, actor=actor, now=now)
    said = _("Taken back: %(name)s, %(when)s.") % {"name": whose(gone), "when": when(gone)}
    messages.success(request, said)
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = reverse("absences", args=[clinic])
    return response


def _noted(form: AwayForm, place: Clinic, request: HttpRequest) -> Rule:
    actor, now, data = actor_of(request), now_of(request), form.cleaned_data
    where, today = None if data["everywhere"] else place.pk, local(place.timezone, minute(now))

    def write() -> Answer:
        made = add_time_off(
            data["provider"], where, data["kind"], form.stretch(*today), actor=actor, now=now, note=data["note"]
        )
        return Answer(200, str(made.pk))

    key = f"away {data['token']}" if data["token"] else None
    digest = hashlib.sha256(f"away {place.pk}".encode()).hexdigest()
    return Rule.objects.get(pk=once(key, digest, write, user=actor.person(), now=now).body)


def _panel(
    request: HttpRequest,
    place: Clinic,
    typed: dict[str, str],
    *,
    status: int = 200,
    errors: Errors | None = None,
    **more: Any,
) -> HttpResponse:
    listed = providers_of(place, actor_of(request))
    context = {
        "clinic": place,
        "typed": {**typed, "token": typed.get("token") or str(uuid4())},
        "errors": errors or {},
        "providers": listed,
        "kinds": KINDS.items(),
        "several": Clinic.objects.filter(providers__in=listed).distinct().count() > 1,
        **more,
    }
    return render(request, "absences/_away.html", context, status=status)


def providers_of(place: Clinic, actor: Actor) -> list[Provider]:
    """Those whose absence the reader may note: everybody's, or only their own."""
    found = Provider.objects.filter(clinics=place, resource__active=True)
    return list(found if actor.may(SCHEDULE, place.pk) else found.filter(user=actor.user))
