"""What is asked for: a series to be booked, and what is to be different about one."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderly.clinics.models import Clinic
from orderly.engine.rrule import MOST
from orderly.series.choices import Scope
from orderly.series.inputs import Decided, SeriesChange, SeriesRequest
from orderly.web.booking.forms import LONGEST, Remembered
from orderly.web.fields import PickedDate, TypedTime
from orderly.web.series.rules import RuleForm


def _how_many() -> str:
    return gettext("Write a number from 1 to %(most)s.") % {"most": MOST}


# Put together when it is read: here it would be in the language of whoever started the server.
HOW_MANY = dict.fromkeys(("invalid", "min_value", "max_value"), lazy(_how_many, str)())
MINUTES = {"invalid": _("Write the length in minutes.")}


class SeriesForm(RuleForm):
    """What was typed into the booking form goes along; the rule has its end."""

    day = PickedDate()
    time = TypedTime()
    service = forms.UUIDField()
    provider = forms.UUIDField()
    patient = forms.UUIDField()
    duration_minutes = forms.IntegerField(required=False, min_value=1, max_value=LONGEST, error_messages=MINUTES)
    source = forms.CharField()
    referral = forms.CharField(required=False, max_length=200)
    notes = forms.CharField(required=False, max_length=2000)
    token = Remembered()
    tell = forms.NullBooleanField()
    ends = forms.ChoiceField(choices=[(one, one) for one in ("count", "until")])
    count = forms.IntegerField(required=False, min_value=1, max_value=MOST, error_messages=HOW_MANY)
    until = PickedDate(required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("ends") == "count" and not data.get("count") and "count" not in self.errors:
            raise ValidationError({"count": HOW_MANY["invalid"]})
        if data.get("ends") == "until" and not data.get("until") and "until" not in self.errors:
            raise ValidationError({"until": _("Choose a date.")})
        return data

    def request(self, clinic: Clinic, decided: Decided) -> SeriesRequest:
        data = self.cleaned_data
        named = ("service", "provider", "patient", "source", "referral", "notes", "tell")
        return SeriesRequest(
            clinic=clinic.pk,
            first=data["day"],
            wall=data["time"],
            rule=f"{self.rule(data['day'])};{self._end()}",
            minutes=data["duration_minutes"],
            decided=decided,
            **{name: data[name] for name in named},
        )

    def _end(self) -> str:
        data = self.cleaned_data
        return f"COUNT={data['count']}" if data["ends"] == "count" else f"UNTIL={data['until']:%Y%m%d}"


class ChangeForm(RuleForm):
    """`days` is whether the rule is to be another one; else what is said of it doesn't count."""

    scope = forms.ChoiceField(choices=[(one.value, one.value) for one in Scope])
    time = TypedTime()
    provider = forms.UUIDField()
    minutes = forms.IntegerField(min_value=1, max_value=LONGEST, error_messages=MINUTES)
    days = forms.BooleanField(required=False)
    version = forms.IntegerField(required=False)
    tell = forms.NullBooleanField()

    def change(self, stands: SeriesChange, first: date, decided: Decided) -> SeriesChange:
        """What differs from how the series `stands`."""
        data = self.cleaned_data
        return SeriesChange(
            scope=Scope(data["scope"]),
            wall=data["time"] if data["time"] != stands.wall else None,
            provider=data["provider"] if data["provider"] != stands.provider else None,
            minutes=data["minutes"] if data["minutes"] != stands.minutes else None,
            rule=self.rule(first) if data["days"] else None,
            decided=decided,
            tell=data["tell"],
        )
