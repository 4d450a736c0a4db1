"""Registering somebody in a few words."""

from datetime import datetime

from django import forms

from orderly.clinics.models import Clinic
from orderly.core.errors import Invalid
from orderly.patients.actions.shared import accepted
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Patient
from orderly.web.answers import Errors, errors_of, in_words
from orderly.web.fields import Remembered, TypedDate

NAMES = ("first_name", "middle_name", "last_name")


class QuickForm(forms.Form):
    """Only what is needed. Whether a field is missing or wrong is the verb's to say, except for what can't be read."""

    first_name = forms.CharField(required=False)
    middle_name = forms.CharField(required=False)
    last_name = forms.CharField(required=False)
    birth_date = TypedDate(required=False)
    gender = forms.CharField(required=False)
    mobile = forms.CharField(required=False)
    region = forms.CharField(required=False)
    district = forms.CharField(required=False)
    anyway = forms.BooleanField(required=False)
    token = Remembered()

    def details(self) -> PatientDetails:
        data = self.cleaned_data
        given = {name: data.get(name) for name in (*NAMES, "birth_date", "gender", "mobile")}
        home = {name: data[name] or None for name in ("region", "district")}
        return PatientDetails(**given, **home)


def wrong_of(
    form: forms.Form, details: PatientDetails, place: Clinic, now: datetime, *, found: Patient | None = None
) -> Errors:
    """All that is wrong, at once: what can't be read, and what the verb has against the rest of the details. `found` is
    the record that is edited.
    """
    errors = errors_of(form)
    try:
        accepted(details.given(), place, now, found=found, whole=found is None)
    except Invalid as invalid:
        return {**in_words(invalid.problems, place.timezone), **errors}
    return errors


def guessed(query: str) -> dict[str, str]:
    """What was typed into the search, as a beginning: digits are a telephone number, words a name."""
    if any(character.isdigit() for character in query):
        return {"mobile": query}
    words = query.split(maxsplit=2)
    fields = {1: NAMES[2:], 2: NAMES[::2], 3: NAMES}.get(len(words), ())
    return dict(zip(fields, words, strict=True))
