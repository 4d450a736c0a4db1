"""The whole record as a form: what can be typed, in groups, and what of it has been changed."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import phonenumbers
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderly.clinics.models import Clinic
from orderly.core.phone import read_out
from orderly.patients.inputs import PatientDetails
from orderly.patients.models import Gender, Patient
from orderly.patients.rules import REQUIRED
from orderly.web.answers import Errors
from orderly.web.dates import written
from orderly.web.fields import EXAMPLE, TypedDate
from orderly.web.patients.extra import as_data, as_lines
from orderly.web.patients.labels import DATES, LABEL, PHONES, countries, languages
from orderly.web.patients.places import Lists, lists, with_kept
from orderly.web.words import GENDER

Texts = dict[str, str]
"""What stands in the form, by field."""

GROUPS: Final[tuple[tuple[str, Promise | str, tuple[str, ...]], ...]] = (
    ("who", gettext_lazy("Who"), ("first_name", "middle_name", "last_name", "birth_date", "gender", "language")),
    ("reach", gettext_lazy("How to reach them"), ("mobile", "home_phone", "email")),
    ("home", gettext_lazy("Where they live"), ("address", "country", "region", "district")),
    ("papers", gettext_lazy("Papers"), ("document_type", "document_number", "tax_id")),
    ("pregnancy", gettext_lazy("Pregnancy"), ("gestation_weeks", "gestation_noted_on")),
    ("emergency", gettext_lazy("In an emergency"), ("emergency_name", "emergency_phone")),
    ("further", gettext_lazy("Further details"), ("extra",)),
)
FIELDS: Final = (*(name for _key, _title, names in GROUPS for name in names), "guardian")
KIND: Final = dict.fromkeys(PHONES, "tel") | {"email": "email", "extra": "area", "gestation_weeks": "number"}
LONGEST: Final = 21_000


class RecordForm(forms.Form):
    """Whether a field is missing or wrong is the verb's to say, except for what can't be read."""

    birth_date = TypedDate(required=False)
    gestation_noted_on = TypedDate(required=False)
    email = forms.EmailField(required=False, error_messages={"invalid": gettext_lazy("This isn't an e-mail address.")})
    gestation_weeks = forms.IntegerField(
        required=False, error_messages={"invalid": gettext_lazy("Write the weeks as a whole number.")}
    )
    guardian = forms.UUIDField(required=False)
    extra = forms.CharField(required=False, max_length=LONGEST)

    def __init__(self, typed: Mapping[str, str], *, kept: Mapping[str, Any] | None = None) -> None:
        super().__init__(typed)
        self.kept = kept or {}
        for name in FIELDS:
            self.fields.setdefault(name, forms.CharField(required=False))

    def clean_extra(self) -> dict[str, Any]:
        return as_data(self.cleaned_data["extra"], self.kept)

    def details(self, names: Iterable[str] = FIELDS) -> PatientDetails:
        """What these fields say; one that is empty clears what the record holds."""
        return PatientDetails(**{name: self.cleaned_data.get(name) for name in names})


def texts(patient: Patient) -> Texts:
    """The record as it stands in the form."""
    return {name: _text(name, getattr(patient, "guardian_id" if name == "guardian" else name)) for name in FIELDS}


def typed(sent: Mapping[str, str]) -> Texts:
    return {name: sent.get(name, "").strip()[:LONGEST].replace("\r\n", "\n") for name in FIELDS}


def before(sent: Mapping[str, str]) -> Texts:
    """What stood in the form when it was opened, which it carries along; nothing where that can't be read."""
    try:
        kept = json.loads(sent.get("before", ""))
    except ValueError:
        kept = None
    known = kept if isinstance(kept, dict) else {}
    return {name: str(known.get(name, "")) for name in FIELDS}


@dataclass(frozen=True, slots=True)
class Entry:
    """One field as it is shown; `newer` is what somebody else has written into it meanwhile."""

    name: str
    label: Any
    kind: str
    value: str
    texts: list[str]
    options: list[tuple[str, Any]]
    grouped: list[tuple[str, list[str]]]
    """Districts under their regions."""
    hint: str
    required: bool
    newer: str | None


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    title: Any
    entries: list[Entry]


def groups(shown: Texts, place: Clinic, *, errors: Errors | None = None, newer: Texts | None = None) -> Iterator[Group]:
    said, changed, offered = errors or {}, newer or {}, lists()
    for key, title, names in GROUPS:
        entries = [_entry(name, shown, place, offered, said.get(name, []), changed.get(name)) for name in names]
        yield Group(key, title, entries)


def _entry(name: str, shown: Texts, place: Clinic, offered: Lists, texts: list[str], newer: str | None) -> Entry:
    value = shown.get(name, "")
    options = _options(name, place, value) or _listed(name, value, offered)
    grouped = offered.groups(shown.get("region", ""), value) if name == "district" and offered else []
    kind = "select" if options or grouped else KIND.get(name, "text")
    required = name in REQUIRED or name in place.patient_requires
    if newer is not None and options:
        newer = str(dict(options).get(newer, newer))
    return Entry(name, LABEL[name], kind, value, texts, options, grouped, _hint(name, place), required, newer)


def _options(name: str, place: Clinic, value: str) -> list[tuple[str, Any]]:
    if name == "gender":
        return [("", ""), *GENDER.items()]
    if name == "language":
        return [("", _("Not said")), *languages(place, value)]
    if name == "country":
        return [("", _("Not said")), *countries(place)]
    return []


def _listed(name: str, value: str, offered: Lists) -> list[tuple[str, Any]]:
    """The organisation's own list, and what the record has already; nothing where there is none."""
    names = {"region": offered.regions, "document_type": offered.documents}.get(name, [])
    return [("", _("Not said")), *((one, one) for one in with_kept(names, value))] if names else []


def _hint(name: str, place: Clinic) -> str:
    if name in PHONES:
        return example_number(place.country)
    if name in DATES:
        return written(EXAMPLE)
    return {"gestation_weeks": "1–45", "extra": _("A line for each: name: value")}.get(name, "")


def example_number(country: str) -> str:
    """A mobile number of the country, as it is written with its code."""
    found = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if found is None:
        return ""
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def may_be_pregnant(gender: str) -> bool:
    return gender != Gender.MALE


def _text(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name == "extra":
        return as_lines(value)
    if name in PHONES:
        return read_out(value)
    return written(value) if isinstance(value, date) else str(value)
