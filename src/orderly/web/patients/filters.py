"""What the list of patients is filtered by. All of it may stand in an address; the words that are searched for are
somebody's name, and are not among it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orderly.dossier.inputs import PatientFilter, Standing
from orderly.web.dates import written_days
from orderly.web.fields import TypedDays
from orderly.web.words import GENDER

DAY: Final = timedelta(days=1)
BOOKED: Final = [("", pgettext_lazy("patients", "All")), ("yes", _("With a booking")), ("no", _("Without a booking"))]
STANDING: Final = [
    (Standing.ACTIVE, pgettext_lazy("patients", "Active")),
    (Standing.INACTIVE, pgettext_lazy("patients", "Inactive")),
    (Standing.ALL, _("Active and inactive")),
]
AGE: Final[dict[str, Any]] = {
    "min_value": 0,
    "max_value": 150,
    "required": False,
    "error_messages": {"invalid": _("Write the age as a whole number.")},
}


class FilterForm(forms.Form):
    """Named as in the address of the list."""

    gender = forms.MultipleChoiceField(choices=list(GENDER.items()), required=False, label=_("Gender"))
    age_from = forms.IntegerField(label=_("Age from"), **AGE)
    age_to = forms.IntegerField(label=_("Age to"), **AGE)
    region = forms.CharField(max_length=100, required=False, label=_("Region"))
    district = forms.CharField(max_length=100, required=False, label=_("District"))
    registered = TypedDays(required=False, label=_("Registered"))
    visited = TypedDays(required=False, label=_("Last visit"))
    booked = forms.ChoiceField(choices=BOOKED, required=False, label=_("Bookings"))
    standing = forms.ChoiceField(choices=[("", ""), *STANDING], required=False, label=pgettext_lazy("filter", "Record"))

    def asked(self, words: str = "") -> PatientFilter:
        data = self.cleaned_data
        asked = PatientFilter(
            words=words,
            gender=tuple(data["gender"]),
            age_from=data["age_from"],
            age_to=data["age_to"],
            region=data["region"],
            district=data["district"],
            booked={"yes": True, "no": False}.get(data["booked"]),
            standing=Standing(data["standing"] or Standing.ACTIVE),
        )
        registered, visited = _days(data["registered"]), _days(data["visited"])
        asked = replace(asked, registered_from=registered[0], registered_to=registered[1])
        return replace(asked, visited_from=visited[0], visited_to=visited[1])

    def plain(self) -> dict[str, Any]:
        """What is asked for, as it stands in an address or is kept; days as 2024-12-20..2024-12-31."""
        data = self.cleaned_data
        ranges = {name: _iso(data[name]) for name in ("registered", "visited")}
        standing = "" if data["standing"] == Standing.ACTIVE else data["standing"]
        given = {**data, **ranges, "standing": standing}
        return {name: value for name, value in given.items() if value not in (None, "", [])}

    def chips(self) -> Iterator["Chip"]:
        """Each filter that is on, in words."""
        data, plain = self.cleaned_data, self.plain()
        for one in data["gender"]:
            yield Chip("gender", one, GENDER[one])
        for name in ("age_from", "age_to", "region", "district"):
            if name in plain:
                yield Chip(name, str(plain[name]), f"{self.fields[name].label}: {plain[name]}")
        for name in ("registered", "visited"):
            if name in plain:
                yield Chip(name, plain[name], f"{self.fields[name].label}: {written_days(*data[name])}")
        for name, choices in (("booked", BOOKED), ("standing", STANDING)):
            if name in plain:
                yield Chip(name, plain[name], dict(choices)[plain[name]])


@dataclass(frozen=True, slots=True)
class Chip:
    name: str
    value: str
    label: Any


def as_sent(sent: QueryDict) -> dict[str, Any]:
    """What the form was sent, for showing it again."""
    return {name: sent.getlist(name) if name == "gender" else sent.get(name, "") for name in FilterForm.base_fields}


def address(plain: Mapping[str, Any], **more: Any) -> str:
    return urlencode({**plain, **more}, doseq=True)


def _days(days: tuple[date, date] | None) -> tuple[date | None, date | None]:
    """The last day not included, as filters have it."""
    return (days[0], days[1] + DAY) if days else (None, None)


def _iso(days: tuple[date, date] | None) -> str:
    if days is None:
        return ""
    return days[0].isoformat() if days[0] == days[1] else f"{days[0]}..{days[1]}"
