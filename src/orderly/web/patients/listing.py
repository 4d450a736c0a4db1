"""The list of a clinic's patients: found as one types, filtered, a page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Min
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.core.errors import TooOften
from orderly.dossier.queries.find import patients
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.limits import SEARCH, take
from orderly.edge.readlog import looked
from orderly.journal.actor import Actor
from orderly.journal.models import Kind
from orderly.patients.models import Patient
from orderly.web.answers import clinic_of, errors_of, in_words
from orderly.web.dates import written_days
from orderly.web.fields import EXAMPLE, whole
from orderly.web.frame import framed
from orderly.web.patients.about import AHEAD, BOOKINGS
from orderly.web.patients.cards import Card, cards
from orderly.web.patients.filters import FilterForm, address, as_sent
from orderly.web.patients.places import lists
from orderly.web.patients.saving import saved

VIEW: Final = "patients:view"
EDIT: Final = "patients:edit"
MERGE: Final = "patients:merge"
PER_PAGE: Final = 15
MOST_PAGES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    card: Card
    next_visit: int | None


@guard(VIEW, shows="patients")
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    place = clinic_of(clinic)
    status, found = _results(request, place, request.GET)
    context = {**found, **_beside(request, place), "keys": "patients/_keys.html"}
    return framed(request, "patients/list.html", place, "patient-list", context, status=status)


@guard(VIEW, "POST", shows="patients")
def find(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Posted: a name in an address would be in every log on the way."""
    place = clinic_of(clinic)
    try:
        take(SEARCH, request)
    except TooOften as often:
        said = in_words(often.problems, place.timezone)[""]
        return render(request, "patients/_results.html", {"clinic": place, "said": said}, status=429)
    status, found = _results(request, place, request.POST, request.POST.get("q", "").strip()[:100])
    return render(request, "patients/_results.html", {"clinic": place, **found}, status=status)


def _results(request: HttpRequest, place: Clinic, sent: QueryDict, words: str = "") -> tuple[int, dict[str, Any]]:
    """What of the list is shown, logged as looked at; and with which status."""
    form = FilterForm(as_sent(sent))
    if not form.is_valid():
        looked(request, "patients", clinic=place.pk)
        return 422, {"form": form, "errors": errors_of(form), "query": words}
    actor, now, plain = actor_of(request), now_of(request), form.plain()
    found = patients(form.asked(words), clinic=place, actor=actor, now=now)
    count = found.count()
    pages = max(-(-count // PER_PAGE), 1)
    number = min(max(whole(sent.get("page"), most=MOST_PAGES), 1), pages)
    shown = list(found.select_related("resource")[(number - 1) * PER_PAGE : number * PER_PAGE])
    kind = Kind.SEARCH if words else Kind.VIEW
    looked(request, "patients", among=[one.pk for one in shown], clinic=place.pk, kind=kind, **plain)
    first = (number - 1) * PER_PAGE + 1
    return 200, {
        "form": form,
        "query": words,
        "rows": _rows(shown, place, actor=actor, now=now),
        "count": count,
        "first": first,
        "last": first + len(shown) - 1,
        "number": number,
        "pages": pages,
        "chips": list(form.chips()),
        "address": address(plain, **({"page": number} if number > 1 else {})),
        "may_register": actor.may(EDIT, place.pk),
    }


def _rows(found: Iterable[Patient], place: Clinic, *, actor: Actor, now: datetime) -> list[Row]:
    """Three queries, however many."""
    shown = cards(found, place, now=now)
    ahead: dict[UUID, int] = {}
    if actor.may(BOOKINGS, place.pk):
        mine = Appointment.objects.filter(clinic=place, patient__in=[one.patient.pk for one in shown])
        coming = mine.filter(status__in=AHEAD, start__gte=minute(now)).order_by()
        ahead = dict(coming.values_list("patient").annotate(Min("start")))
    return [Row(card, ahead.get(card.patient.pk)) for card in shown]


def _beside(request: HttpRequest, place: Clinic) -> dict[str, Any]:
    example = written_days(EXAMPLE.replace(day=1), EXAMPLE)
    actor = actor_of(request)
    may = {"may_register": actor.may(EDIT, place.pk), "may_merge": actor.may(MERGE, place.pk)}
    return {**may, "places": lists(gone=True), "example": example, "saved": saved(actor, place.pk)}
