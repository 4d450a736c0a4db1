"""The booking form: what was typed, as a wish or a request."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from orderly.appointments.inputs import BookingRequest, Wish
from orderly.clinics.models import Clinic
from orderly.engine.walltime import to_minute
from orderly.web.fields import PickedDate, TypedTime


class WhenForm(forms.Form):
    """Time, provider, service, and the patient if already chosen: enough to hold a time."""

    day = PickedDate()
    time = TypedTime()
    provider = forms.UUIDField(error_messages={"required": _("Choose a provider.")})
    service = forms.UUIDField(error_messages={"required": _("Choose a service.")})
    patient = forms.UUIDField(required=False)
    hold = forms.UUIDField(required=False)

    def wish(self, clinic: Clinic) -> Wish:
        return Wish(clinic=clinic.pk, **self.what(clinic))

    def what(self, clinic: Clinic) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "service": data["service"],
            "start": to_minute(clinic.timezone, data["day"], data["time"]),
            "provider": data["provider"],
            "patient": data["patient"],
        }

    def old_hold(self) -> UUID | None:
        return self.cleaned_data.get("hold")


class BookingForm(WhenForm):
    patient = forms.UUIDField(error_messages={"required": _("Choose a patient.")})
    source = forms.CharField()
    notes = forms.CharField(required=False, max_length=2000)
    afterwards_reason = forms.CharField(required=False, max_length=200)
    overbook_reason = forms.CharField(required=False, max_length=200)

    def request(self, clinic: Clinic) -> BookingRequest:
        data = self.cleaned_data
        kept = ("source", "notes", "hold", "afterwards_reason", "overbook_reason")
        return BookingRequest(clinic=clinic.pk, **self.what(clinic), **{name: data[name] for name in kept})
