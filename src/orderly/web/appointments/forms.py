"""Reasons, and where an appointment is to go."""

from django import forms

from orderly.appointments.inputs import Move
from orderly.clinics.models import Clinic
from orderly.engine.walltime import to_minute
from orderly.web.fields import PickedDate, TypedTime


class VersionedForm(forms.Form):
    """`version` is what the reader saw; somebody else's change since then stops theirs."""

    version = forms.IntegerField(required=False)


class ReasonForm(VersionedForm):
    reason = forms.CharField(required=False, max_length=200)
    note = forms.CharField(required=False, max_length=500)


class MoveForm(VersionedForm):
    day = PickedDate()
    time = TypedTime()
    provider = forms.UUIDField(required=False)
    minutes = forms.IntegerField(required=False, min_value=1, max_value=24 * 60)
    overbook_reason = forms.CharField(required=False, max_length=200)

    def move(self, clinic: Clinic) -> Move:
        data = self.cleaned_data
        return Move(
            start=to_minute(clinic.timezone, data["day"], data["time"]),
            provider=data["provider"],
            minutes=data["minutes"],
            overbook_reason=data["overbook_reason"],
        )

    def version_seen(self) -> int | None:
        return self.cleaned_data.get("version")
