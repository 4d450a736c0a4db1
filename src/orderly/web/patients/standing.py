"""Deactivating a patient, and taking them back."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderly.core.errors import Refused, Stale
from orderly.dossier.actions.standing import stand_down, take_back
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.web.answers import clinic_of, in_words
from orderly.web.fields import whole
from orderly.web.patients.about import patient_in

DONE: Final[dict[bool, Promise | str]] = {
    True: gettext_lazy("Reactivated: they can be booked again."),
    False: gettext_lazy("Deactivated: they aren't offered for new bookings."),
}


@guard("patients:edit", "POST")
def standing(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    """With `back` they are taken back, else stood down; `confirm` says that their bookings were shown."""
    place, found = clinic_of(clinic), patient_in(clinic, patient)
    version, back = whole(request.POST.get("version")), "back" in request.POST
    more: dict[str, Any] = {"actor": actor_of(request), "now": now_of(request), "version": version}
    try:
        if back:
            take_back(found.pk, **more)
        else:
            stand_down(found.pk, confirm="confirm" in request.POST, **more)
    except Stale:
        said = _("Somebody changed this record meanwhile. Nothing was done; this is how it stands now.")
        messages.error(request, said)
    except Refused as refused:
        for texts in in_words(refused.problems, place.timezone).values():
            messages.error(request, " ".join(texts))
    else:
        messages.success(request, str(DONE[back]))
    return redirect("patient", clinic, patient)
