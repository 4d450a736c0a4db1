"""The side panel in which a booking is made."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.calendars.models import Hold
from orderly.clinics.models import Clinic
from orderly.core.edits import wrong
from orderly.core.errors import Conflict, NotFound, Refused
from orderly.edge import drafts
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked, watched
from orderly.packages.actions.draw import SCHEDULE
from orderly.packages.models import Purchase
from orderly.packages.queries import usable
from orderly.patients.models import Patient
from orderly.web.answers import changed, clinic_of, errors_of, in_words, saying, status_of
from orderly.web.appointments.views import shown
from orderly.web.booking.beside import same_day
from orderly.web.booking.choice import Choice, choose
from orderly.web.booking.draft import draft, patient_of
from orderly.web.booking.forms import BookingForm, WhenForm
from orderly.web.booking.holding import forget, ignored, keep, mine
from orderly.web.booking.letter import Letter, letter
from orderly.web.booking.once import book_once
from orderly.web.booking.summary import Summary, summary
from orderly.web.booking.times import put_first_free, times
from orderly.web.fields import known
from orderly.web.patients.cards import Card

RIGHT = "booking:create_appointment"
WHOLE, TIME = "booking/_panel.html", "booking/_when.html"


@guard(RIGHT)
def panel(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The form, filled in with what was pointed at, or as it was when the sign-in ended. Without a time it goes step by
    step.
    """
    kept = drafts.kept(actor=actor_of(request), now=now_of(request)) if "resume" in request.GET else None
    if kept is not None and kept.clinic_id == clinic:
        return _answer(request, WHOLE, choose(clinic_of(clinic), QueryDict(kept.typed)), fresh=True)
    typed = request.GET.copy()
    typed["token"], typed["pointed"] = str(uuid4()), "1" if typed.get("time") else ""
    return _answer(request, WHOLE, choose(clinic_of(clinic), typed), fresh=True)


@guard(RIGHT, "POST")
def elsewhere(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The same booking in another clinic: what it knows too stays."""
    actor, form = actor_of(request), WhenForm(request.POST)
    form.is_valid()
    wanted = known(request.POST.get("clinic", ""))
    there = wanted and Clinic.objects.visible_to(actor.within(RIGHT)).filter(pk=wanted).first()
    if not there:
        raise NotFound("clinic")
    forget(form.old_hold(), actor=actor, now=now_of(request))
    return changed(_answer(request, WHOLE, choose(there, request.POST), fresh=True))


@guard(RIGHT, "POST")
def hold(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Hold the time as it stands in the form now, instead of the one before; the first free one if there is none."""
    actor, now, choice = actor_of(request), now_of(request), choose(clinic_of(clinic), request.POST)
    form = WhenForm(choice.typed)
    form.is_valid()
    old = mine(form.old_hold(), actor=actor, now=now)
    if choice.timed:
        put_first_free(choice, ignoring=ignored(old), now=now)
    form = WhenForm(choice.typed)
    if not form.is_valid():
        forget(form.old_hold(), actor=actor, now=now)
        return _when(request, choice, status=422, errors=errors_of(form))
    try:
        held, against = keep(choice, form, actor=actor, now=now)
    except Refused as refused:
        return _when(request, choice, status=status_of(refused), refused=refused)
    answer = _when(request, choice, hold=held, errors=in_words(against, choice.clinic.timezone))
    answer.headers["Orderly-Hold"] = str(held.pk)
    return answer


@guard(RIGHT, "POST")
def keep_draft(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """What hangs on no time was changed: notes, how it came in."""
    _keep(request, clinic, request.POST)
    return HttpResponse(status=204)


@guard(RIGHT, "POST")
def let_go(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The panel was closed: the time is free again."""
    form = WhenForm(request.POST)
    form.is_valid()
    forget(form.old_hold(), actor=actor_of(request), now=now_of(request))
    drafts.drop(known(request.POST.get("token")), actor=actor_of(request))
    return HttpResponse(status=204)


@guard(RIGHT, "POST")
def book(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Book what the form says. Refused, it comes back as it was typed, with every reason and the nearest times."""
    place, form = clinic_of(clinic), BookingForm(request.POST)
    if not form.is_valid():
        return again(request, place, form, status=422, errors=errors_of(form))
    try:
        made = book_once(form, place, actor=actor_of(request), now=now_of(request))
    except Refused as refused:
        return again(request, place, form, status=status_of(refused), refused=refused)
    except NotFound as gone:
        return again(request, place, form, status=404, refused=Conflict(wrong(gone.field, "not_found")))
    drafts.drop(form.cleaned_data["token"], actor=actor_of(request))
    if made.status == Status.CANCELLED:
        return _anew(request, place, form, made)
    return saying(shown(request, made.pk), _("Booked: %(number)s") % {"number": made.number}, undo=made)


def again(
    request: HttpRequest, place: Clinic, form: WhenForm, *, sent: QueryDict | None = None, **answer: Any
) -> HttpResponse:
    """The whole form as it was typed, with what is wrong."""
    held = mine(form.old_hold(), actor=actor_of(request), now=now_of(request))
    return _answer(request, WHOLE, choose(place, sent or request.POST), hold=held, **answer)


def _anew(request: HttpRequest, place: Clinic, form: WhenForm, made: Appointment) -> HttpResponse:
    """Sent again after what it had booked was called off: nothing is booked behind anybody's back, but it may be."""
    sent = request.POST.copy()
    sent["token"] = str(uuid4())
    said = _("%(number)s, booked with this form, has been cancelled since. Press Book to book it anew.")
    return again(request, place, form, sent=sent, status=409, errors={"": [said % {"number": made.number}]})


def _when(request: HttpRequest, choice: Choice, *, hold: Hold | None = None, **more: Any) -> HttpResponse:
    """What hangs on the time; the form is kept as it goes back."""
    typed = choice.typed.copy()
    typed["hold"] = str(hold.pk) if hold else ""
    _keep(request, choice.clinic.pk, typed)
    return changed(_answer(request, TIME, choice, hold=hold, **more))


def _keep(request: HttpRequest, clinic: UUID, typed: QueryDict) -> None:
    token = known(typed.get("token"))
    if token is not None:
        drafts.keep(token, clinic, typed.urlencode(), actor=actor_of(request), now=now_of(request))


def _answer(
    request: HttpRequest, template: str, choice: Choice, *, status: int = 200, fresh: bool = False, **more: Any
) -> HttpResponse:
    actor, now, whole = actor_of(request), now_of(request), template == WHOLE
    if not fresh:  # else it is asked for at once
        more |= _looked_up(request, choice, more.get("hold"))
        more["packages"] = _packages(request, choice)
    if whole:
        more["patient"] = _patient(request, choice)
    context = {
        "draft": draft(choice, actor=actor, now=now, **more),
        "clinic": choice.clinic,
        "clinics": list(Clinic.objects.visible_to(actor.within(RIGHT)).defer("logo")) if whole else [],
        "may_register": actor.may("patients:edit", choice.clinic.pk),
        "fresh": fresh,
        "whole": whole,
    }
    return render(request, template, context, status=status)


def _looked_up(request: HttpRequest, choice: Choice, held: Hold | None) -> dict[str, Any]:
    """What is shown of the time that is chosen, and of those that could be."""
    found: dict[str, Any] = {}
    now = now_of(request)
    if choice.timed and not choice.typed.get("pointed"):
        found["times"] = times(choice, ignoring=ignored(held), now=now)
    form = WhenForm(choice.typed)
    if not form.is_valid():
        return found
    wish = form.wish(choice.clinic)
    if held is not None:
        found["summary"] = summary(choice, held, wish, now=now)
        found["letter"] = _letter(request, choice, found["summary"])
    if wish.patient is not None:
        found["beside"] = _beside(request, choice.clinic, wish.patient, wish.start)
    return found


def _packages(request: HttpRequest, choice: Choice) -> list[Purchase]:
    """Those of this patient's that a visit like this can draw on."""
    patient, service = known(choice.typed.get("patient")), choice.service
    if patient is None or service is None or not actor_of(request).may(SCHEDULE, choice.clinic.pk):
        return []
    return list(usable(patient, choice.clinic, now=now_of(request), service=service.pk))


def _letter(request: HttpRequest, choice: Choice, said: Summary | None) -> Letter | None:
    wanted = known(choice.typed.get("patient"))
    patient = Patient.objects.viewable_by(actor_of(request)).filter(pk=wanted).first() if wanted else None
    found = letter(choice, patient, said)
    if found is not None:
        watched(request, "patient", wanted, clinic=choice.clinic.pk)
    return found


def _beside(request: HttpRequest, place: Clinic, patient: UUID, start: int) -> list[Appointment]:
    found = same_day(patient, start, place, actor=actor_of(request))
    if found:
        looked(request, "appointments", among=[one.pk for one in found], clinic=place.pk)
    return found


def _patient(request: HttpRequest, choice: Choice) -> Card | None:
    found = patient_of(choice, actor=actor_of(request), now=now_of(request))
    if found is not None:
        looked(request, "patient", found.patient.pk, clinic=choice.clinic.pk)
    return found
