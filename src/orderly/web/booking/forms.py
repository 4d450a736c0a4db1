"""The booking form: what was typed, as a wish or a request."""

from collections.abc import Iterable
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from orderly.appointments.inputs import BookingRequest, Wish
from orderly.clinics.models import Clinic
from orderly.engine.walltime import to_minute
from orderly.web.fields import PickedDate, Remembered, TypedTime

ANYBODY: Final = "any"
LONGEST: Final = 24 * 60

Somebody: TypeAlias = UUID | Literal["any"]


class Chosen(forms.UUIDField):
    """One of a list that the form offers: whatever isn't an id is as good as nothing chosen."""

    def __init__(self, asks: Any, *, required: bool = True) -> None:
        super().__init__(required=required, error_messages={"required": asks, "invalid": asks})


class Giver(Chosen):
    """A provider, or anybody who gives the service."""

    def to_python(self, value: Any) -> Any:
        return ANYBODY if value == ANYBODY else super().to_python(value)


class Several(forms.Field):
    """Ids, each of them chosen or left to the program."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Iterable[str] | None) -> frozenset[UUID]:
        try:
            return frozenset(UUID(one) for one in value or () if one)
        except ValueError as error:
            raise ValidationError(_("This isn't one of the choices.")) from error


class WhenForm(forms.Form):
    """Time, provider, service, and the patient if already chosen: enough to hold a time."""

    day = PickedDate()
    time = TypedTime()
    provider = Giver(_("Choose a provider."))
    service = Chosen(_("Choose a service."))
    patient = Chosen(_("Choose a patient."), required=False)
    duration_minutes = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST,
        error_messages={"invalid": _("Write the length in minutes, such as 45.")},
    )
    resources = Several(required=False)
    hold = Remembered()

    def wish(self, clinic: Clinic, *, ignoring: frozenset[int] = frozenset()) -> Wish:
        return Wish(clinic=clinic.pk, provider=self.named(), ignoring=ignoring, **self.what(clinic))

    def what(self, clinic: Clinic) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "service": data["service"],
            "start": to_minute(clinic.timezone, data["day"], data["time"]),
            "patient": data["patient"],
            "minutes": data["duration_minutes"],
            "resources": data["resources"],
        }

    def named(self) -> UUID | None:
        """The provider who was chosen; None for anybody."""
        provider: Somebody = self.cleaned_data["provider"]
        return None if isinstance(provider, str) else provider

    def old_hold(self) -> UUID | None:
        return self.cleaned_data.get("hold")


class BookingForm(WhenForm):
    """`undecided` leaves open who of anybody it will be: a request."""

    patient = Chosen(_("Choose a patient."))
    token = Remembered()
    package = Remembered()
    undecided = forms.BooleanField(required=False)
    tell = forms.NullBooleanField()
    source = forms.CharField(error_messages={"required": _("Say how it came in.")})
    referral = forms.CharField(required=False, max_length=200)
    notes = forms.CharField(required=False, max_length=2000)
    afterwards_reason = forms.CharField(required=False, max_length=200)
    overbook_reason = forms.CharField(required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        """What is out of the ordinary is somebody's in particular."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("provider") == ANYBODY and (data.get("afterwards_reason") or data.get("overbook_reason")):
            self.add_error("provider", _("Choose a provider."))
        return data

    @property
    def first_free(self) -> bool:
        """Whether whoever is free gets it."""
        return self.named() is None and not self.cleaned_data["undecided"]

    def request(self, clinic: Clinic, *, provider: UUID | None, hold: UUID | None) -> BookingRequest:
        kept = ("source", "referral", "notes", "afterwards_reason", "overbook_reason", "tell")
        more = {name: self.cleaned_data[name] for name in kept}
        return BookingRequest(clinic=clinic.pk, provider=provider, hold=hold, **self.what(clinic), **more)
