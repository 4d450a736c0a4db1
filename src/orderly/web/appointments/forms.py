"""Reasons, and the version somebody saw."""

from django import forms


class VersionedForm(forms.Form):
    """`version` is what the reader saw; somebody else's change since then stops theirs."""

    version = forms.IntegerField(required=False)


class ReasonForm(VersionedForm):
    reason = forms.CharField(required=False, max_length=200)
    note = forms.CharField(required=False, max_length=500)
