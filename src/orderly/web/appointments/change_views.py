"""What the card changes beside the state: who serves a request, what was noted, and taking back one's last change."""

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from orderly.appointments.actions import assign as assigning
from orderly.appointments.actions.correct import correct as write_correction
from orderly.appointments.actions.undo import undo as take_back
from orderly.edge.guard import guard
from orderly.web.answers import errors_of
from orderly.web.appointments.forms import AssignForm, CorrectionForm
from orderly.web.appointments.views import MODIFY, done, refused


@guard(MODIFY, "POST")
def assign(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Choose who serves a request, and confirm it at once if that was pressed."""
    form = AssignForm(request.POST)
    if not form.is_valid():
        return refused(request, appointment, errors_of(form), 422)
    data = form.cleaned_data
    if data["confirm"]:
        verb = partial(assigning.assign_and_confirm, provider=data["provider"], tell=data["tell"])
    else:
        verb = partial(assigning.assign, provider=data["provider"])
    return done(request, appointment, verb)


@guard(MODIFY, "POST")
def correct(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Notes, referral and source as they were typed."""
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return refused(request, appointment, errors_of(form), 422)
    return done(request, appointment, partial(write_correction, correction=form.correction()))


@guard(MODIFY, "POST")
def undo(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Take back what this reader has just done."""
    return done(request, appointment, take_back, undoing=True)
