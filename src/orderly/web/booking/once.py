"""One form, one booking: however often it is sent, from however many windows, and by whichever way it comes back."""

from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.book import book, live_hold
from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.journal.actor import Actor
from orderly.packages.actions.draw import book_session
from orderly.web.booking.forms import BookingForm
from orderly.web.booking.holding import exchange
from orderly.web.once import made_once


def book_once(form: BookingForm, clinic: Clinic, *, actor: Actor, now: datetime) -> Appointment:
    """Book what the form says; sent again, whatever it says by then, it is what was booked the first time.

    Errors as for booking and holding; Conflict `contended` while its twin is at work.
    """
    token = form.cleaned_data["token"]
    return made_once("booking panel", token, clinic.pk, lambda: _book(form, clinic, actor, now), actor=actor, now=now)


def _book(form: BookingForm, clinic: Clinic, actor: Actor, now: datetime) -> Appointment:
    """Anybody is whoever's time is held: what was shown is what is booked."""
    hold, provider = form.old_hold(), form.named()
    if form.first_free:
        held = live_hold(hold, actor=actor, now=now)
        if held is None or not _same(form, clinic, held.service_id, held.start):
            held = exchange(hold, form.wish(clinic), actor=actor, now=now)
        hold, provider = held.pk, held.provider_id
    request, package = form.request(clinic, provider=provider, hold=hold), form.cleaned_data["package"]
    if package is not None:
        return book_session(request, package, actor=actor, now=now)
    return book(request, actor=actor, now=now)


def _same(form: BookingForm, clinic: Clinic, service: UUID, start: int) -> bool:
    asked = form.what(clinic)
    return bool(asked["service"] == service and asked["start"] == start)
