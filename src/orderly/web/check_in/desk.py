"""Checking in at the desk, on the appointment's card."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderly.appointments.actions.check_in import check_in, make_link
from orderly.appointments.inputs import CheckIn
from orderly.core.errors import Refused, Stale
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.readlog import looked
from orderly.web.answers import changed, errors_of, in_words, saying, status_of
from orderly.web.appointments.details import found_for
from orderly.web.appointments.views import shown
from orderly.web.qr import qr
from orderly.web.words import standing

MODIFY = "booking:modify_appointment"


class CheckForm(forms.Form):
    version = forms.IntegerField(required=False)
    mobile = forms.CharField(required=False, max_length=40)
    email = forms.CharField(required=False, max_length=254)

    def given(self, checked: list[str]) -> CheckIn:
        """A number that was emptied stays as it is: everybody has one."""
        data = self.cleaned_data
        email = data["email"] if "email" in self.data else None
        return CheckIn(checked=frozenset(checked), mobile=data["mobile"] or None, email=email)


@guard(MODIFY, "POST", shows="appointments")
def check(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """Here they are, with what was checked; or more of it, of who is here already."""
    form, typed = CheckForm(request.POST), {"checked": request.POST.getlist("checked"), **request.POST.dict()}
    if not form.is_valid():
        return shown(request, appointment, status=422, errors=errors_of(form), checking=typed)
    given, version = form.given(request.POST.getlist("checked")), form.cleaned_data["version"]
    try:
        done = check_in(appointment, given, actor=actor_of(request), now=now_of(request), version=version)
    except Stale:
        return changed(shown(request, appointment, status=412, stale=True))
    except Refused as refused:
        errors = in_words(refused.problems, "UTC")
        return shown(request, appointment, status=status_of(refused), errors=errors, checking=typed)
    return saying(shown(request, appointment), f"{done.number}: {standing(done)}")


@guard(MODIFY, "POST", shows="appointments")
def link(request: HttpRequest, appointment: UUID) -> HttpResponse:
    """A link for the patient's telephone, as a picture to be pointed at."""
    found = found_for(appointment, actor=actor_of(request))
    looked(request, "appointment", appointment, clinic=found.clinic_id)
    try:
        secret = make_link(appointment, actor=actor_of(request), now=now_of(request))
    except Refused as refused:
        context = {"errors": in_words(refused.problems, found.clinic.timezone)}
        return render(request, "check_in/_link.html", context, status=status_of(refused))
    address = settings.PUBLIC_URL + reverse("check-in-own", args=[secret])
    answer = render(request, "check_in/_link.html", {"link": address, "qr": qr(address)})
    return saying(answer, _("The link is ready."), changed=False)
