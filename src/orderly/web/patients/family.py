"""Noting who belongs to a patient's family, on their page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from orderly.core.errors import NotFound
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.patients.actions import relate, unrelate
from orderly.web.fields import known
from orderly.web.patients.about import patient_in


@guard("patients:edit", "POST")
def family(request: HttpRequest, clinic: UUID, patient: UUID) -> HttpResponse:
    """One relative more (`add`), or one less (`remove`)."""
    found, adds = patient_in(clinic, patient), "add" in request.POST
    other = known(request.POST.get("add" if adds else "remove", ""))
    try:
        if other is None:
            raise NotFound("family")
        verb = relate if adds else unrelate
        verb(found.pk, other, clinic=clinic, actor=actor_of(request), now=now_of(request))
    except NotFound as error:
        if not error.field:
            raise
        messages.error(request, _("There is no such patient."))
    return redirect("patient", clinic, patient)
