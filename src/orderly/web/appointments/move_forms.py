"""Where an appointment is to go."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orderly.appointments.inputs import Move
from orderly.clinics.models import Clinic
from orderly.engine.walltime import to_minute
from orderly.web.appointments.forms import VersionedForm
from orderly.web.fields import PickedDate, TypedTime

LONGEST = {"invalid": _("Write the length in minutes."), "max_value": _("A visit can't be longer than a day.")}


class MoveForm(VersionedForm):
    """A provider that isn't named at all stays as it is; one that is left empty means anybody."""

    day = PickedDate()
    time = TypedTime()
    provider = forms.UUIDField(required=False)
    minutes = forms.IntegerField(required=False, min_value=1, max_value=24 * 60, error_messages=LONGEST)
    overbook_reason = forms.CharField(required=False, max_length=200)
    tell = forms.NullBooleanField()

    def move(self, clinic: Clinic) -> Move:
        data = self.cleaned_data
        return Move(
            start=to_minute(clinic.timezone, data["day"], data["time"]),
            provider=data["provider"],
            minutes=data["minutes"],
            overbook_reason=data["overbook_reason"],
            tell=data["tell"],
        )

    def anybody(self) -> bool:
        return "provider" in self.data and self.cleaned_data["provider"] is None
