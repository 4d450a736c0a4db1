"""Making two records of one person one: which other, whose values, what moves; and taking them apart again."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound, Refused, Stale
from orderly.dossier.actions.merge import merge as make_one
from orderly.dossier.queries.belongings import belongings
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.likeness import reasons_in_words
from orderly.edge.readlog import looked
from orderly.patients.keys import SAID
from orderly.patients.models import Patient, ToldApart
from orderly.patients.queries import duplicates
from orderly.web.answers import clinic_of, in_words, status_of
from orderly.web.fields import known, whole
from orderly.web.frame import framed
from orderly.web.patients.about import patient_in
from orderly.web.patients.cards import cards
from orderly.web.patients.comparing import choices, chosen_in, same
from orderly.web.patients.duplicates import Likely

MERGE: Final = "patients:merge"


@guard(MERGE, "GET", "POST", shows="patients")
def merge(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    """With which other (`with`, or `pick` sent by the field that finds them); then both side by side; then done."""
    place, found = clinic_of(clinic), patient_in(clinic, patient)
    if request.method == "POST" and "pick" in request.POST:
        return _picked(request, place, found)
    other = known(request.POST.get("other", "") or request.GET.get("with", ""))
    if other is None:
        return _choosing(request, place, found)
    if request.method == "POST" and Patient.objects.filter(pk=other, merged_into=found).exists():  # sent twice
        looked(request, "patient", found.pk, clinic=clinic)
        return redirect("patient", clinic, patient)
    dropped = patient_in(clinic, other)
    looked(request, "patient", found.pk, among=[dropped.pk], clinic=clinic)
    if dropped.pk == found.pk:
        raise NotFound
    if request.method != "POST":
        return _compared(request, place, found, dropped)
    return _merged(request, place, found, dropped)


def _picked(request: HttpRequest, place: Clinic, found: Patient) -> HttpResponse:
    """Chosen among those that the search found; a record of other clinics only isn't one to merge here."""
    looked(request, "patient", found.pk, clinic=place.pk)
    other = known(request.POST["pick"])
    if other is None or other == found.pk or not Patient.objects.in_clinic(place.pk).filter(pk=other).exists():
        messages.error(request, _("This clinic has no other record like that."))
        return redirect("patient-merge", place.pk, found.pk)
    return redirect(f"{reverse('patient-merge', args=[place.pk, found.pk])}?with={other}")


def _choosing(request: HttpRequest, place: Clinic, found: Patient) -> HttpResponse:
    """Those who are likely the same, and a field to find any other."""
    actor, now = actor_of(request), now_of(request)
    alike = duplicates({name: getattr(found, name) for name in SAID}, actor=actor, but=found.pk)
    here = set(Patient.objects.in_clinic(place.pk).filter(pk__in=[one.patient.pk for one in alike]).values_list("pk"))
    alike = [one for one in alike if (one.patient.pk,) in here]
    shown = zip(cards([one.patient for one in alike], place, now=now), alike, strict=True)
    likely = [Likely(card, round(one.score * 100), reasons_in_words(one.reasons)) for card, one in shown]
    looked(request, "duplicates", found.pk, among=[one.patient.pk for one in alike], clinic=place.pk)
    return framed(request, "patients/merge_with.html", place, "patient-list", {"found": found, "alike": likely})


def _merged(request: HttpRequest, place: Clinic, found: Patient, dropped: Patient) -> HttpResponse:
    sent = request.POST
    try:
        make_one(
            found.pk,
            dropped.pk,
            chosen_in(sent),
            actor=actor_of(request),
            now=now_of(request),
            keep_version=whole(sent.get("version")),
            drop_version=whole(sent.get("other_version")),
        )
    except Stale:
        stale = _("Somebody changed one of the two meanwhile. Nothing was done: look again at what differs.")
        return _compared(request, place, found, dropped, said=[stale], status=412)
    except Refused as refused:
        texts = in_words(refused.problems, place.timezone).values()
        said = [text for some in texts for text in some]
        return _compared(request, place, found, dropped, said=said, status=status_of(refused))
    messages.success(request, _("The two are one record now. It can be undone from this page."))
    return redirect("patient", place.pk, found.pk)


def _compared(
    request: HttpRequest, place: Clinic, found: Patient, dropped: Patient, *, status: int = 200, **more: Any
) -> HttpResponse:
    actor, now = actor_of(request), now_of(request)
    context = {
        "found": found,
        "dropped": dropped,
        "sides": [_side(one, place, request, now) for one in (found, dropped)],
        "choices": list(choices(found, dropped, chosen_in(request.POST), actor=actor)),
        "same": same(found, dropped),
        "apart": ToldApart.objects.of(found.pk, dropped.pk).first(),
        "moves": belongings(dropped, actor=actor, now=now),
        **more,
    }
    return framed(request, "patients/merge.html", place, "patient-list", context, status=status)


def _side(one: Patient, place: Clinic, request: HttpRequest, now: datetime) -> dict[str, Any]:
    """What tells the two apart, above their fields."""
    [card] = cards([one], place, now=now)
    return {"card": card, "has": belongings(one, actor=actor_of(request), now=now)}
