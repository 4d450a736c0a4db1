"""Records that are likely one person, as pairs to look at."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from orderly.dossier.queries.likely import likely_pairs, lots
from orderly.edge.actors import now_of
from orderly.edge.guard import guard
from orderly.edge.likeness import reasons_in_words
from orderly.edge.readlog import looked
from orderly.journal.models import Kind
from orderly.patients.models import ToldApart
from orderly.web.answers import clinic_of
from orderly.web.fields import known, whole
from orderly.web.frame import framed
from orderly.web.patients.cards import Card, cards

MERGE: Final = "patients:merge"


@dataclass(frozen=True, slots=True)
class Two:
    older: Card
    newer: Card
    percent: int
    reasons: list[str]


def _told(request: HttpRequest) -> ToldApart | None:
    """The two who have just been told apart here, for the way back."""
    one, other = (known(request.GET.get(name, "")) for name in ("apart", "from"))
    return ToldApart.objects.of(one, other).first() if one and other else None


@guard(MERGE, shows="patients")
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    place, pages = clinic_of(clinic), lots(clinic)
    number = min(max(whole(request.GET.get("page")), 1), pages)
    pairs = likely_pairs(clinic, number)
    shown = cards([one for pair in pairs for one in (pair.older, pair.newer)], place, now=now_of(request))
    looked(request, "duplicates", among={one.patient.pk for one in shown}, clinic=clinic, kind=Kind.SEARCH)
    sides = zip(shown[::2], shown[1::2], pairs, strict=True)
    found = [Two(older, newer, round(one.score * 100), reasons_in_words(one.reasons)) for older, newer, one in sides]
    context = {"pairs": found, "number": number, "pages": pages, "apart": _told(request)}
    return framed(request, "patients/likely.html", place, "patient-duplicates", context)
