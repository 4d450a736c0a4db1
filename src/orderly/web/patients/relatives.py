"""Finding another patient for a field of a patient's form, as one types."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderly.core.errors import TooOften
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.limits import SEARCH, take
from orderly.edge.readlog import looked
from orderly.journal.models import Kind
from orderly.web.answers import clinic_of, in_words
from orderly.web.patients.cards import search

MOST = 8
LISTS = ("guardian", "family", "other", *(f"person-{nth}" for nth in range(1, 9)))


@guard("patients:view", "POST", shows="patients")
def relatives(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Patients by parts of their names, or digits, to be chosen for a field of a form; not the one
    it is about (`but`).
    """
    place = clinic_of(clinic)
    try:
        take(SEARCH, request)
    except TooOften as often:
        said = in_words(often.problems, place.timezone)[""]
        return render(request, "patients/_choices.html", {"said": said}, status=429)
    query = request.POST.get("q", "")[:100]
    alike = search(query, place, actor=actor_of(request), now=now_of(request), most=MOST + 1)
    found = [card for card in alike if str(card.patient.pk) != request.POST.get("but")][:MOST]
    looked(request, "patients", among=[card.patient.pk for card in found], clinic=clinic, kind=Kind.SEARCH)
    context = {"clinic": place, "cards": found, "query": query.strip(), "list": _list(request.POST.get("list", ""))}
    return render(request, "patients/_choices.html", context)


def _list(asked: str) -> str:
    """The id of the list, as the form names it."""
    return asked if asked in LISTS else "guardian"
