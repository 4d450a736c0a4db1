"""Where an appointment is to go."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.engine.walltime import to_minute
from orderly.resources.models import Asset
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
    room = forms.UUIDField(required=False)
    room_before = forms.UUIDField(required=False)

    def move(self, found: Appointment) -> Move:
        data = self.cleaned_data
        start = to_minute(found.clinic.timezone, data["day"], data["time"])
        return Move(
            start=start,
            provider=data["provider"],
            resources=self._resources(found, start),
            minutes=data["minutes"],
            overbook_reason=data["overbook_reason"],
            tell=data["tell"],
        )

    def _resources(self, found: Appointment, start: int) -> frozenset[UUID] | None:
        """The room or device that was chosen for it, with all else it uses as long as its time stays; None where none
        was.
        """
        room, before = self.cleaned_data["room"], self.cleaned_data["room_before"]
        if room is None:
            return None
        used = {resource for resource, _low, _high in found.uses} if start == found.start else ()
        kept = Asset.objects.filter(resource__in=used).exclude(pk=before)
        return frozenset((room, *kept.values_list("pk", flat=True)))

    def anybody(self) -> bool:
        return "provider" in self.data and self.cleaned_data["provider"] is None
