"""Who has to be called about where their visit is now, ticked off one by one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderly.absences.actions import note_call
from orderly.absences.queries.calls import calls
from orderly.clinics.models import Clinic
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.journal.actor import Actor
from orderly.web.answers import clinic_of
from orderly.web.who import who_did

MODIFY = "booking:modify_appointment"


@guard(MODIFY, "POST", shows="appointments")
def called(request: HttpRequest, clinic: UUID, appointment: UUID) -> HttpResponse:
    """Note that they were called (`called`), or weren't after all; and the list as it is by now."""
    actor, now, place = actor_of(request), now_of(request), clinic_of(clinic)
    note_call(clinic, appointment, called=request.POST.get("called") == "1", actor=actor, now=now)
    context = to_call(place, actor=actor, now=now)
    looked(request, "to_rearrange", among=[one.appointment.pk for one, _who in context["to_call"]], clinic=clinic)
    return render(request, "absences/_to_call.html", {"clinic": place, **context})


def to_call(place: Clinic, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """The list, each with who has called them; nothing for who can't move anything."""
    found = calls(place.pk, now=now) if actor.may(MODIFY, place.pk) else []
    who = who_did([one.done for one in found if one.done], actor)
    return {
        "to_call": [(one, who[one.done.pk] if one.done else "") for one in found],
        "left_to_call": sum(one.done is None for one in found),
        "sees_patients": actor.may("patients:view", place.pk),
    }
