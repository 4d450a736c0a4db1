"""Registering somebody in a few words."""

from django import forms

from orderly.patients.inputs import PatientDetails
from orderly.web.fields import TypedDate

NAMES = ("first_name", "middle_name", "last_name")


class QuickForm(forms.Form):
    """Only what is needed. Whether a field is missing or wrong is the verb's to say, except for what can't be read."""

    first_name = forms.CharField(required=False)
    middle_name = forms.CharField(required=False)
    last_name = forms.CharField(required=False)
    birth_date = TypedDate(required=False)
    gender = forms.CharField(required=False)
    mobile = forms.CharField(required=False)
    anyway = forms.BooleanField(required=False)

    def details(self) -> PatientDetails:
        data = self.cleaned_data
        given = {name: data[name] for name in (*NAMES, "birth_date", "gender", "mobile")}
        return PatientDetails(**given)


def guessed(query: str) -> dict[str, str]:
    """What was typed into the search, as a beginning: digits are a telephone number, words a name."""
    if any(character.isdigit() for character in query):
        return {"mobile": query}
    words = query.split(maxsplit=2)
    fields = {1: NAMES[2:], 2: NAMES[::2], 3: NAMES}.get(len(words), ())
    return dict(zip(fields, words, strict=True))
