"""Taking back what one has just done with all that were booked together."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from orderly.core.errors import NotFound, Refused
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.parties.actions.undo import undo_party
from orderly.parties.queries.members import party_of
from orderly.web.answers import errors_of, in_words, saying, status_of
from orderly.web.appointments.details import found_for
from orderly.web.appointments.views import MODIFY, refused, shown
from orderly.web.fields import UndoForm


@guard(MODIFY, "POST")
def undo(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Of the party that this appointment belongs to."""
    found = found_for(appointment, actor=actor_of(request))
    party, form = party_of(appointment), UndoForm(request.POST)
    if party is None:
        raise NotFound
    if not form.is_valid():
        return refused(request, appointment, errors_of(form), 422)
    try:
        undo_party(party, actor=actor_of(request), now=now_of(request), deed=form.cleaned_data["deed"])
    except Refused as against:
        return refused(request, appointment, in_words(against.problems, found.clinic.timezone), status_of(against))
    return saying(shown(request, appointment), _("Undone."), undone={})
