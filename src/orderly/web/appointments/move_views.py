"""Moving an appointment: by the form, or by what was dropped in the calendar."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from orderly.appointments.actions.reschedule import reschedule
from orderly.appointments.models import Appointment
from orderly.core.errors import CannotBookAll, Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.journal.actor import Actor
from orderly.parties.actions.change import CannotMoveParty, move_along
from orderly.parties.queries.elsewhere import shifts
from orderly.parties.queries.members import of_party, party_of
from orderly.resources.models import Provider
from orderly.web.answers import Alternative, alternative, errors_of, saying, status_of
from orderly.web.appointments.company import company, way_back
from orderly.web.appointments.details import PATIENTS, found_for
from orderly.web.appointments.move_forms import MoveForm
from orderly.web.appointments.moving import moving, settled
from orderly.web.appointments.views import MODIFY, outdated, shown
from orderly.web.parties.shown import against
from orderly.web.templatetags.desk import clock, day


@guard(MODIFY, "GET", "POST", shows="appointments")
def move(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Where it could go: a day's free times with a provider, or with anybody. What has been written into the form is
    posted, so that it stands in no address.
    """
    found = found_for(appointment, actor=actor_of(request))
    return _form(request, found, (request.POST if request.method == "POST" else request.GET).dict())


@guard(MODIFY, "POST")
def move_to(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Move it: chosen from the list, typed, dropped or stretched in the calendar."""
    actor, now = actor_of(request), now_of(request)
    found, form, along = found_for(appointment, actor=actor), MoveForm(request.POST), "along" in request.POST
    if not form.is_valid():
        return _form(request, found, request.POST.dict(), status=422, errors=errors_of(form))
    try:
        wanted = form.move(found)
        if form.anybody():
            wanted = settled(found, wanted, now=now)
        verb = move_along if along else reschedule
        moved = verb(appointment, wanted, actor=actor, now=now, version=form.cleaned_data["version"])
    except Stale:
        return outdated(request, appointment)
    except CannotBookAll as all_refused:
        texts, instead = _against(found, all_refused, actor), _instead(found, all_refused, now)
        status = status_of(all_refused)
        return _form(request, found, request.POST.dict(), status=status, errors={"": texts}, instead=instead)
    except Refused as refused:
        return _form(request, found, request.POST.dict(), status=status_of(refused), refused=refused)
    ask, back = form.cleaned_data["tell"] is None, way_back(appointment) if along else {}
    said = _done(found, moved)
    return saying(shown(request, appointment), said, undo=moved, ask=ask, moved={"id": str(appointment)}, **back)


def _against(found: Appointment, refused: CannotBookAll, actor: Actor) -> list[str]:
    """Why those who belong together can't all be moved, by name where the reader may see patients."""
    party = party_of(found.pk)
    members = of_party(party) if party else []
    names = [one.patient.full_name if actor.may(PATIENTS, one.clinic_id) else one.number for one in members]
    return against(refused.against, names, found.clinic.timezone)


def _instead(found: Appointment, refused: CannotBookAll, now: datetime) -> list[Alternative]:
    """Where it could go if all of them are to."""
    if not isinstance(refused, CannotMoveParty):
        return []
    move = next(one.move for one in refused.moves if one.appointment == found.pk)
    by_whom = move.provider or found.provider_id or found.proposed_provider_id
    zone, provider = found.clinic.timezone, Provider.objects.get(pk=by_whom) if by_whom else None
    return [alternative(zone, move.start + by, provider) for by in shifts(refused.moves, now=now) if provider]


def _done(before: Appointment, after: Appointment) -> str:
    """What happened, in words."""
    zone = after.clinic.timezone
    if (before.start, before.provider_id) == (after.start, after.provider_id) and before.end != after.end:
        return _("Now until %(time)s.") % {"time": clock(after.end, zone)}
    return _("Moved to %(day)s, %(time)s.") % {"day": day(after.start, zone), "time": clock(after.start, zone)}


def _form(
    request: HttpRequest, found: Appointment, typed: dict[str, str], *, status: int = 200, **more: Any
) -> HttpResponse:
    looked(request, "appointment", found.pk, clinic=found.clinic_id)
    form = moving(found, typed, actor=actor_of(request), now=now_of(request), **more)
    sees = actor_of(request).may(PATIENTS, found.clinic_id)
    context = {"appointment": found, "moving": form, "sees": sees, "company": company(found)}
    return render(request, "appointments/_move.html", context, status=status)
