"""Where patients check in alone: a tablet at the door, or the code on a poster there."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderly.appointments.actions.check_in import by_kiosk
from orderly.appointments.actions.screens import note_seen
from orderly.appointments.choices import ScreenKind
from orderly.appointments.models import Screen
from orderly.appointments.queries.screens import screen_of
from orderly.core.errors import NotFound, Refused, TooOften
from orderly.edge.actors import address_of, now_of
from orderly.edge.guard import PUBLIC, guard
from orderly.edge.limits import KIOSK, SCREEN, take
from orderly.web.answers import Errors, errors_of
from orderly.web.fields import EXAMPLE, TypedDate

TO_THE_DESK = 409


class BirthDate(TypedDate):
    """Also in digits alone: number keypads have nothing else."""

    def to_python(self, value: Any) -> Any:
        digits = str(value or "").strip()
        if len(digits) == 8 and digits.isdecimal():
            value = f"{digits[:2]}.{digits[2:4]}.{digits[4:]}"
        return super().to_python(value)


class KioskForm(forms.Form):
    birth_date = BirthDate()
    proof = forms.CharField(max_length=30)


@guard(PUBLIC)
def page(request: HttpRequest, clinic: UUID, secret: str) -> HttpResponse:
    return _page(request, _kiosk(request, clinic, secret), secret)


@guard(PUBLIC, "POST", limit=SCREEN)
def here(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """Whatever doesn't fit gets the same answer, too many tries as well: the next patient finds the form again. The
    secret comes in the form, as on a patient's own page.
    """
    secret, now = request.POST.get("secret", ""), now_of(request)
    screen, form = _kiosk(request, clinic, secret), KioskForm(request.POST)
    if not form.is_valid():
        return _page(request, screen, secret, status=422, errors=errors_of(form), typed=request.POST)
    try:
        take(KIOSK, request)
        found = by_kiosk(clinic, secret, **form.cleaned_data, address=address_of(request), now=now)
    except TooOften:
        return _page(request, screen, secret, status=429, sent=True)
    except (NotFound, Refused):
        return _page(request, screen, secret, status=TO_THE_DESK, sent=True)
    return _page(request, screen, secret, number=found.visit.queue_number)


def _kiosk(request: HttpRequest, clinic: UUID, secret: str) -> Screen:
    take(SCREEN, request)
    found = screen_of(clinic, secret, ScreenKind.KIOSK)
    if found is None:
        raise NotFound
    note_seen(found, now=now_of(request))
    return found


def _page(
    request: HttpRequest, screen: Screen, secret: str, *, status: int = 200, errors: Errors | None = None, **more: Any
) -> HttpResponse:
    context = {"clinic": screen.clinic, "secret": secret, "errors": errors or {}, "example": EXAMPLE, **more}
    return render(request, "check_in/kiosk.html", context, status=status)
