"""Booking several people, or several services, at once: who and what, when that can be, and all of it booked."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import Refused
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.limits import SEARCH, take
from orderly.edge.parties import clinic_for_party
from orderly.edge.readlog import looked
from orderly.engine.walltime import local
from orderly.parties.actions.book import CannotBookParty, book_party
from orderly.parties.inputs import Wanted
from orderly.parties.queries.members import of_party
from orderly.parties.queries.search import Proposal, alternatives, proposals
from orderly.parties.queries.undoable import deed_of
from orderly.parties.rules import FEWEST
from orderly.web.answers import clinic_of, errors_of, in_words, saying, status_of
from orderly.web.fields import known, whole
from orderly.web.frame import framed
from orderly.web.once import kept_once
from orderly.web.parties.forms import ORDERS, SPANS, WAITS, PartyForm, TermsForm
from orderly.web.parties.rows import Rows, Typed, rows_of, typed
from orderly.web.parties.shown import against, names_of, shown, told
from orderly.web.words import SOURCE

RIGHT = "booking:create_appointment"
FEW, MANY = 8, 60


@guard(RIGHT)
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The form, with the patient it was opened for, if any."""
    place, now = clinic_of(clinic), now_of(request)
    rows = _rows(request, place, [Typed(patient=known(request.GET.get("patient", "")))])
    context = {
        "rows": rows,
        "today": local(place.timezone, minute(now))[0],
        "orders": ORDERS,
        "spans": SPANS,
        "waits": WAITS,
    }
    return framed(request, "parties/page.html", place, "calendar", context)


@guard(RIGHT, "POST")
def people(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The rows anew: one more or one less, or who gives what was chosen now."""
    place = clinic_of(clinic)
    rows = _rows(request, place, typed(request.POST))
    return render(request, "parties/_people.html", {"clinic": place, "rows": rows})


@guard(RIGHT, "POST")
def find(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """When all of it can be."""
    take(SEARCH, request)
    place, form = clinic_of(clinic), TermsForm(request.POST)
    rows = _rows(request, place, typed(request.POST))
    if not form.is_valid():
        return _found(request, place, status=422, errors=[text for texts in errors_of(form).values() for text in texts])
    if len(rows.wanted) < FEWEST:
        return _found(request, place, status=422, errors=[_("Choose at least two people, or one person twice.")])
    search, most = form.search(place, rows.wanted), MANY if whole(request.POST.get("most")) > FEW else FEW
    try:
        found = proposals(search, now=now_of(request), most=most + 1)
    except Refused as refused:
        texts = [text for some in in_words(refused.problems, place.timezone).values() for text in some]
        return _found(request, place, status=status_of(refused), errors=texts)
    more = len(found.found) > most and most < MANY
    offered, left = found.found[:most], MANY if more else 0
    return _found(request, place, offered, steps=rows.wanted, more=left, cut=found.cut, typed=request.POST)


@guard(RIGHT, "POST")
def book(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Book all of what was chosen. Refused, it says for whom, why, and when all of it can be instead."""
    place, form = clinic_of(clinic), PartyForm(request.POST)
    actor, now = actor_of(request), now_of(request)
    if not form.is_valid():
        texts = [text for texts in errors_of(form).values() for text in texts]
        return _found(request, place, status=422, errors=texts)
    wish = form.request(place)
    clinic_for_party(actor, RIGHT, clinic, wish.steps)
    people = [step.patient for step in wish.steps]
    looked(request, "patients", among=people, clinic=clinic)
    try:
        token = form.cleaned_data["token"]
        party = kept_once(
            "party", token, clinic, lambda: book_party(wish, actor=actor, now=now).pk, actor=actor, now=now
        )
    except CannotBookParty as refused:
        texts, instead = against(refused.against, names_of(wish.steps), place.timezone), alternatives(wish, now=now)
        status = status_of(refused)
        return _found(request, place, instead, status=status, errors=texts, steps=wish.steps, typed=request.POST)
    except Refused as refused:
        texts = [text for some in in_words(refused.problems, place.timezone).values() for text in some]
        return _found(request, place, status=status_of(refused), errors=texts)
    return _booked(request, place, of_party(party), deed_of(party))


def _rows(request: HttpRequest, place: Clinic, found: list[Typed]) -> Rows:
    rows = rows_of(found, place, actor=actor_of(request), now=now_of(request))
    if rows.patients:
        looked(request, "patients", among=rows.patients, clinic=place.pk)
    return rows


def _found(
    request: HttpRequest,
    place: Clinic,
    found: list[Proposal] | None = None,
    *,
    status: int = 200,
    steps: tuple[Wanted, ...] = (),
    **more: Any,
) -> HttpResponse:
    """What was found; each list has a token of its own, so that what is chosen from it is booked once."""
    context = {
        "clinic": place,
        "token": uuid4(),
        "sources": list(SOURCE.items()),
        "searched": found is not None,
        **more,
    }
    if found:
        context |= {"found": shown(found), "told": told(steps)}
    return render(request, "parties/_found.html", context, status=status)


def _booked(request: HttpRequest, place: Clinic, made: list[Appointment], deed: int | None) -> HttpResponse:
    looked(request, "appointments", among=[one.pk for one in made], clinic=place.pk)
    numbers = ", ".join(one.number for one in made)
    answer = render(request, "parties/_booked.html", {"clinic": place, "made": made})
    said = _("Booked: %(number)s") % {"number": numbers}
    return saying(answer, said, undo=made[0], way_back="party-undo", deed=deed)
