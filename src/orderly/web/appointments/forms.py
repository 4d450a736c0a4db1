"""Reasons, and the version somebody saw."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orderly.appointments.choices import Source
from orderly.appointments.inputs import Correction


class VersionedForm(forms.Form):
    """`version` is what the reader saw; somebody else's change since then stops theirs."""

    version = forms.IntegerField(required=False)


class ReasonForm(VersionedForm):
    """`tell` is whether the patient is to be told; None where the form didn't ask."""

    reason = forms.CharField(required=False, max_length=200)
    note = forms.CharField(required=False, max_length=500)
    tell = forms.NullBooleanField()


class AssignForm(VersionedForm):
    provider = forms.UUIDField(error_messages={"required": _("Choose a provider.")})
    confirm = forms.BooleanField(required=False)
    tell = forms.NullBooleanField()


class CorrectionForm(VersionedForm):
    """Of what isn't sent nothing changes."""

    notes = forms.CharField(required=False, max_length=2000)
    referral = forms.CharField(required=False, max_length=200)
    source = forms.ChoiceField(required=False, choices=Source.choices)

    def correction(self) -> Correction:
        given = {name: self.cleaned_data[name] for name in ("notes", "referral", "source") if name in self.data}
        return Correction(**given)
