"""Saying that two records which look like one person aren't, and taking that back."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.core.errors import NotFound
from orderly.dossier.actions.apart import compare_again, tell_apart
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.web.fields import known, whole
from orderly.web.patients.about import patient_in

MERGE: Final = "patients:merge"


@guard(MERGE, "POST")
def apart(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    """Of the `other`; said from the list (its `page` goes along), back there, else to both side by side."""
    found, other = patient_in(clinic, patient), known(request.POST.get("other", ""))
    if other is None:
        raise NotFound("other")
    beside = patient_in(clinic, other)
    again = "again" in request.POST
    verb = compare_again if again else tell_apart
    verb(found.pk, beside.pk, actor=actor_of(request), now=now_of(request))
    if "page" in request.POST:
        told = {} if again else {"apart": found.pk, "from": beside.pk}
        query = urlencode({"page": whole(request.POST["page"]) or 1, **told})
        return redirect(f"{reverse('patient-duplicates', args=[clinic])}?{query}")
    if again:
        return redirect(f"{reverse('patient-merge', args=[clinic, patient])}?with={other}")
    messages.success(request, _("They are two people, and aren't suggested as one any more."))
    return redirect(f"{reverse('patient-merge', args=[clinic, patient])}?with={other}")
