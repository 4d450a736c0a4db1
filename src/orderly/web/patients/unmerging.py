"""Taking a merged record apart again: what will happen first, then it happens."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound, Refused, Stale
from orderly.dossier.actions.unmerge import former, last_merge
from orderly.dossier.actions.unmerge import unmerge as take_apart
from orderly.dossier.queries.belongings import still_of
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.journal.models import Entry
from orderly.patients.models import Patient
from orderly.web.answers import clinic_of, in_words
from orderly.web.fields import whole
from orderly.web.frame import framed
from orderly.web.patients.about import patient_in
from orderly.web.patients.labels import LABEL, reading
from orderly.web.patients.story import UNREAD

MERGE: Final = "patients:merge"


@dataclass(frozen=True, slots=True)
class Merged:
    """The last merge into a record that can be undone from a clinic."""

    entry: Entry
    other: Patient


def merged_in(found: Patient, clinic: UUID) -> Merged | None:
    """None where nothing was, or where this clinic didn't know the other."""
    entry = last_merge(found.pk)
    if entry is None or str(clinic) not in entry.ids["clinics"]:
        return None
    return Merged(entry, Patient.objects.get(pk=entry.ids["other"]))


@guard(MERGE, "GET", "POST", shows="patients")
def unmerge(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    place, found = clinic_of(clinic), patient_in(clinic, patient)
    merged = merged_in(found, clinic)
    looked(request, "patient", found.pk, among=[merged.other.pk] if merged else (), clinic=clinic)
    if request.method == "POST":
        return _taken_apart(request, place, found)
    if merged is None:
        raise NotFound
    ids = [UUID(one) for one in merged.entry.ids["appointments"]]
    context = {
        "found": found,
        "merged": merged,
        "visits": still_of(found, ids, actor=actor_of(request)),
        "back": list(_back(found, merged.entry)),
    }
    return framed(request, "patients/unmerge.html", place, "patient-list", context)


def _taken_apart(request: HttpRequest, place: Clinic, found: Patient) -> HttpResponse:
    version = whole(request.POST.get("version"))
    try:
        other = take_apart(found.pk, actor=actor_of(request), now=now_of(request), version=version)
    except Stale:
        said = _("Somebody changed this record meanwhile. Nothing was done; this is how it stands now.")
        messages.error(request, said)
    except Refused as refused:
        for texts in in_words(refused.problems, place.timezone).values():
            messages.error(request, " ".join(texts))
    else:
        messages.success(request, _("%(name)s is a record of its own again.") % {"name": other})
    return redirect("patient", place.pk, found.pk)


def _back(found: Patient, entry: Entry) -> Iterator[dict[str, Any]]:
    """The fields that get back what they held, with what they hold now; some values aren't for reading."""
    for attribute, value in former(found, entry).items():
        name = "guardian" if attribute == "guardian_id" else attribute
        told = name not in UNREAD
        both = (reading(name, getattr(found, attribute)), reading(name, value)) if told else ("", "")
        if not told or both[0] != both[1]:
            yield {"label": LABEL[name], "now": both[0], "then": both[1], "told": told}
