"""Repeating what is being booked: the rule, what would become of each visit, and booking them all."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderly.appointments.models import Appointment
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import NotFound, Refused
from orderly.edge import drafts
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.notices import Kind
from orderly.edge.readlog import looked
from orderly.edge.scope import clinic_for
from orderly.engine.walltime import local
from orderly.packages.actions.draw import SCHEDULE
from orderly.packages.models import Purchase
from orderly.patients.models import Patient
from orderly.resources.models import Provider
from orderly.series.actions.create import CREATE, create
from orderly.series.models import Occurrence
from orderly.series.queries.chain import occurrence_of
from orderly.series.queries.preview import preview
from orderly.series.queries.undoable import deed_of
from orderly.web.answers import changed, clinic_of, errors_of, in_words, saying, status_of
from orderly.web.appointments.views import shown
from orderly.web.booking.forms import BookingForm
from orderly.web.booking.holding import forget, mine
from orderly.web.booking.views import again
from orderly.web.dates import picked_or
from orderly.web.fields import known
from orderly.web.once import made_once
from orderly.web.series.forms import SeriesForm
from orderly.web.series.letter import letter_of
from orderly.web.series.plan import Plan
from orderly.web.series.rows import accepting, decided, rows_of
from orderly.web.series.rules import DAYS, fields_of, months_of

NAMED = ("service", "provider", "patient")
CARRIED = (*NAMED, "package", "source", "referral", "notes", "token", "duration_minutes", "day", "time")
USUAL = {"every": "1", "unit": "week", "ends": "count", "count": "10", "monthly": "day"}


@guard(CREATE, "POST")
def repeat(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The form, filled in with what is being booked. The time that was held for that is free again: a series holds
    nothing, and its own first visit would be in its way.
    """
    place, form, actor, now = clinic_of(clinic), BookingForm(request.POST), actor_of(request), now_of(request)
    held = mine(form.old_hold(), actor=actor, now=now) if form.is_valid() else None
    provider = None if form.errors else form.named() or (held.provider_id if held else None)
    if provider is None:
        errors = errors_of(form) or {"provider": [_("Choose a provider.")]}
        return again(request, place, form, status=422, errors=errors)
    forget(form.old_hold(), actor=actor, now=now)
    typed = request.POST.copy()
    typed["provider"] = str(provider)
    typed.update({name: value for name, value in USUAL.items() if name not in typed})
    typed.setlist("weekdays", fields_of("FREQ=DAILY", form.cleaned_data["day"])["weekdays"])
    return changed(_panel(request, place, typed))


@guard(CREATE, "POST")
def plan(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """What would become of it as the form stands."""
    place = clinic_of(clinic)
    found = _plan(request, place, request.POST)
    if found.letter is not None:
        looked(request, "patient", known(request.POST["patient"]), clinic=place.pk)
    around = _around(place, request.POST, found, now_of(request))
    return render(request, "series/_plan.html", around | {"swapped": True})


@guard(CREATE, "POST")
def book(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Book it all, once for each form. Refused, the list says by now what is in the way."""
    place, form = clinic_of(clinic), SeriesForm(request.POST)
    if not form.is_valid():
        return _panel(request, place, request.POST, status=422)
    actor, now = actor_of(request), now_of(request)
    wanted = form.request(place, decided(request.POST, place.timezone))

    def make() -> Appointment:
        made = create(wanted, actor=actor, now=now).occurrences.order_by("day")
        return next(one.appointment for one in made.select_related("appointment") if one.appointment)

    try:
        first = made_once("series", form.cleaned_data["token"], place.pk, make, actor=actor, now=now)
    except Refused as refused:
        return _panel(request, place, request.POST, status=status_of(refused), refused=refused)
    drafts.drop(form.cleaned_data["token"], actor=actor)
    count = Occurrence.objects.filter(series__occurrences__appointment=first, appointment__isnull=False).count()
    said = ngettext("Booked: %(n)s visit", "Booked: %(n)s visits", count) % {"n": count}
    deed = deed_of(occurrence_of(first.pk).series)
    return saying(shown(request, first.pk), said, undo=first, way_back="series-undo", deed=deed)


def _panel(
    request: HttpRequest, place: Clinic, typed: QueryDict, *, status: int = 200, refused: Refused | None = None
) -> HttpResponse:
    actor = actor_of(request)
    found = _plan(request, place, typed)
    if refused is not None and not found.errors and not found.conflicts:
        found = Plan(found.rows, in_words(refused.problems, place.timezone))
    around = _around(place, typed, found, now_of(request))
    named = {name: one for name in NAMED if (one := known(typed.get(name, "")))}
    if len(named) < len(NAMED):
        raise NotFound
    clinic_for(actor, CREATE, place.pk, **named)
    around |= {
        "carried": [(name, typed.get(name, "")) for name in CARRIED],
        "patient": Patient.objects.get(pk=named["patient"]),
        "service": Service.objects.get(pk=named["service"]),
        "provider": Provider.objects.get(pk=named["provider"]),
        "package": _package(request, place, named["patient"], typed),
    }
    looked(request, "patient", around["patient"].pk, clinic=place.pk)
    return render(request, "series/_panel.html", around, status=status)


def _package(request: HttpRequest, place: Clinic, patient: UUID, typed: QueryDict) -> Purchase | None:
    """What was chosen to pay for the single visit. It pays for none that repeats: its sessions have a page of their own
    on which they are planned.
    """
    chosen, actor = known(typed.get("package", "")), actor_of(request)
    if chosen is None or not actor.may(SCHEDULE, place.pk):
        return None
    rows = Purchase.objects.visible_to(actor).valid_in(place).select_related("package")
    return rows.filter(pk=chosen, patient=patient).first()


def _plan(request: HttpRequest, place: Clinic, typed: QueryDict) -> Plan:
    form = SeriesForm(typed)
    if not form.is_valid():
        return Plan(errors=errors_of(form))
    data = form.cleaned_data
    named = {name: data[name] for name in NAMED}
    clinic_for(actor_of(request), CREATE, place.pk, **named)
    now = now_of(request)
    try:
        found = preview(form.request(place, decided(typed, place.timezone)), now=now)
        if "accept" in typed:
            typed = accepting(found.rows, typed)
            found = preview(form.request(place, decided(typed, place.timezone)), now=now)
    except Refused as refused:
        status_of(refused)
        return Plan(errors=in_words(refused.problems, place.timezone))
    patient, service = Patient.objects.get(pk=named["patient"]), Service.objects.get(pk=named["service"])
    written = letter_of(Kind.BOOKED, place, patient, service, found.rows)
    return Plan(rows_of(found.rows, typed, place.timezone, leave=_("leave out, one more at the end")), letter=written)


def _around(place: Clinic, typed: QueryDict, found: Plan, now: datetime) -> dict[str, Any]:
    day = picked_or(typed.get("day"), local(place.timezone, minute(now))[0])
    return {
        "clinic": place,
        "zone": place.timezone,
        "typed": typed,
        "chosen_days": typed.getlist("weekdays"),
        "days": DAYS,
        "months": months_of(day),
        "first": day,
        "plan": found,
    }
