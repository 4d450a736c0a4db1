"""Somebody stands at the desk without having booked: who, for what, and the time they are promised."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderly.appointments.actions.walk_in import walk_in
from orderly.appointments.choices import EXTENDABLE, VisitType
from orderly.appointments.inputs import WalkIn, Wish
from orderly.appointments.models import Appointment
from orderly.appointments.queries.scene import scene_of
from orderly.appointments.queries.slots import soonest
from orderly.catalogue.models import Service
from orderly.clinics.models import Clinic
from orderly.core.clock import minute, minute_up
from orderly.core.edits import wrong
from orderly.core.errors import CannotBook, NotFound, Refused
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.journal.actor import Actor
from orderly.resources.models import Provider
from orderly.web.answers import Errors, clinic_of, errors_of, in_words, saying, status_of
from orderly.web.appointments.views import shown
from orderly.web.booking.beside import same_day
from orderly.web.dates import clock
from orderly.web.fields import known
from orderly.web.once import made_once
from orderly.web.patients.cards import Card, card_of

RIGHT = "booking:create_appointment"
WHOLE, TIME = "queue/_walk_in.html", "queue/_when.html"


class WalkInForm(forms.Form):
    patient = forms.UUIDField(error_messages={"required": gettext_lazy("Choose a patient.")})
    service = forms.UUIDField(error_messages={"required": gettext_lazy("Choose a service.")})
    provider = forms.UUIDField(required=False)
    emergency = forms.BooleanField(required=False)
    notes = forms.CharField(required=False, max_length=2000)
    overbook_reason = forms.CharField(required=False, max_length=200)
    token = forms.UUIDField(required=False)
    again = forms.UUIDField(required=False)

    def asked(self, clinic: Clinic) -> WalkIn:
        data = self.cleaned_data
        return WalkIn(
            clinic=clinic.pk,
            patient=data["patient"],
            service=data["service"],
            provider=data["provider"],
            visit=VisitType.EMERGENCY if data["emergency"] else VisitType.WALK_IN,
            notes=data["notes"],
            overbook_reason=data["overbook_reason"],
        )


class InToday(Exception):
    """The patient is here already, or is expected: whoever takes them in once more has said so."""

    def __init__(self, visits: list[Appointment]) -> None:
        super().__init__()
        self.visits = visits


@dataclass(frozen=True, slots=True)
class Promise:
    """The first time of today, and who is free then."""

    time: str
    provider: str
    at_once: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """The form between two answers."""

    typed: dict[str, str]
    services: list[Service]
    providers: list[Provider]
    promise: Promise | None
    patient: Card | None = None
    errors: Errors = field(default_factory=dict)
    overbookable: bool = False
    today: list[Appointment] = field(default_factory=list)
    """What the patient is here for already, or expected for."""
    may_overbook: bool = False


@guard(RIGHT)
def panel(request: HttpRequest, clinic: UUID) -> HttpResponse:
    return _answer(request, WHOLE, clinic_of(clinic), request.GET.dict(), focus=True)


@guard(RIGHT, "POST")
def when(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Another service or provider: another time. Posted: what was written stays in no address."""
    return _answer(request, TIME, clinic_of(clinic), request.POST.dict())


@guard(RIGHT, "POST")
def book(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Take them in. Refused, the form says every reason; where a provider is named they may be squeezed in."""
    actor, now, place, form = actor_of(request), now_of(request), clinic_of(clinic), WalkInForm(request.POST)
    typed = request.POST.dict()
    if not form.is_valid():
        return _answer(request, WHOLE, place, typed, status=422, errors=errors_of(form))
    try:
        make = partial(_take_in, form, place, actor=actor, now=now)
        made = made_once("walk-in", form.cleaned_data["token"], clinic, make, actor=actor, now=now)
    except InToday as already:
        looked(request, "appointments", among=[one.pk for one in already.visits], clinic=clinic)
        return _answer(request, WHOLE, place, typed, status=409, today=already.visits)
    except Refused as refused:
        errors = in_words(refused.problems, place.timezone)
        if isinstance(refused, CannotBook) and not form.cleaned_data["provider"]:  # whose reasons they are is chance
            errors = {"patient": errors["patient"]} if "patient" in errors else {}
        return _answer(request, WHOLE, place, typed, status=status_of(refused), errors=errors, refused=True)
    except NotFound as gone:  # stood down, or merged into another record, since the form was opened
        errors = in_words([wrong(gone.field, "not_found")], place.timezone)
        return _answer(request, WHOLE, place, typed, status=404, errors=errors)
    text = _("Number %(number)s: %(time)s, %(who)s") % {
        "number": made.visit.queue_number,
        "time": clock(made.start, place.timezone),
        "who": made.provider,
    }
    return saying(shown(request, made.pk), text, undo=made)


def _take_in(form: WalkInForm, place: Clinic, *, actor: Actor, now: datetime) -> Appointment:
    asked = form.asked(place)
    if form.cleaned_data["again"] != asked.patient and (today := _today(asked.patient, place, actor=actor, now=now)):
        raise InToday(today)
    return walk_in(asked, actor=actor, now=now)


def _today(patient: UUID, place: Clinic, *, actor: Actor, now: datetime) -> list[Appointment]:
    """Where the patient is in the queue now, or booked for later today."""
    found = same_day(patient, minute(now), place, actor=actor)
    return [one for one in found if one.clinic_id == place.pk and one.status in EXTENDABLE]


def _answer(
    request: HttpRequest,
    template: str,
    place: Clinic,
    typed: dict[str, str],
    *,
    status: int = 200,
    errors: Errors | None = None,
    refused: bool = False,
    focus: bool = False,
    **more: Any,
) -> HttpResponse:
    form = _draft(place, typed, errors or {}, refused, **more, actor=actor_of(request), now=now_of(request))
    if template == WHOLE and form.patient is not None:
        looked(request, "patient", form.patient.patient.pk, clinic=place.pk)
    actor = actor_of(request)
    context = {
        "draft": form,
        "clinic": place,
        "focus": focus,
        "may_register": actor.may("patients:edit", place.pk),
        "may_modify": actor.may("booking:modify_appointment", place.pk),
    }
    return render(request, template, context, status=status)


def _draft(
    place: Clinic,
    typed: dict[str, str],
    errors: Errors,
    refused: bool,
    *,
    today: list[Appointment] | None = None,
    actor: Actor,
    now: datetime,
) -> Draft:
    services = list(Service.objects.filter(active=True, clinics=place).order_by("-general", "name", "id"))
    service = _among(typed.get("service"), services) or (services[0] if services else None)
    offering = Provider.objects.filter(clinics=place, resource__active=True, offerings__service=service)
    providers = list(offering) if service else []
    provider = _among(typed.get("provider"), providers)
    promise = _promise(place, service, provider, providers, now=now) if service else None
    may_overbook = actor.may("booking:overbook", place.pk) and service is not None and service.overbook > 0
    return Draft(
        typed={
            **typed,
            "token": typed.get("token") or str(uuid4()),
            "service": str(service.pk) if service else "",
            "provider": str(provider.pk) if provider else "",
        },
        services=services,
        providers=providers,
        promise=promise,
        patient=_patient(place, typed, actor=actor, now=now),
        errors=errors,
        overbookable=bool(typed.get("overbook_reason"))
        or (may_overbook and provider is not None and (refused or promise is None)),
        today=today or [],
        may_overbook=may_overbook,
    )


def _promise(
    place: Clinic, service: Service, provider: Provider | None, providers: list[Provider], *, now: datetime
) -> Promise | None:
    """As it would be booked now; nothing is kept for anybody while the form is filled in."""
    start = minute_up(now)
    wish = Wish(clinic=place.pk, service=service.pk, start=start, provider=provider.pk if provider else None)
    slot = soonest(scene_of(wish), now=now)
    if slot is None:
        return None
    who = next((one for one in providers if one.resource_id == slot[2]), "")
    return Promise(clock(slot[0], place.timezone), str(who), slot[0] - start < 1)


def _patient(place: Clinic, typed: dict[str, str], *, actor: Actor, now: datetime) -> Card | None:
    wanted = known(typed.get("patient"))
    return card_of(wanted, place, actor=actor, now=now) if wanted else None


def _among(wanted: str | None, rows: list[Any]) -> Any:
    return next((row for row in rows if str(row.pk) == wanted), None)
