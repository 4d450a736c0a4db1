"""What the fields of a patient's record are called, and how their values are read."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from orderly.clinics.models import Clinic
from orderly.core.phone import read_out
from orderly.web.dates import language, written
from orderly.web.words import GENDER, Words

LABEL: Final[Words] = {
    "first_name": _("First name"),
    "middle_name": _("Middle name"),
    "last_name": _("Last name"),
    "birth_date": _("Birth date"),
    "gender": _("Gender"),
    "mobile": _("Mobile"),
    "home_phone": _("Home phone"),
    "email": _("E-mail"),
    "address": _("Address"),
    "country": _("Country"),
    "region": _("Region"),
    "district": _("District"),
    "document_type": _("Document"),
    "document_number": _("Document number"),
    "tax_id": _("Tax number"),
    "gestation_weeks": _("Weeks of pregnancy"),
    "gestation_noted_on": _("Noted on"),
    "language": _("Preferred language"),
    "emergency_name": _("In an emergency"),
    "emergency_phone": _("Their phone"),
    "guardian": _("Guardian"),
    "family": _("Family"),
    "extra": _("Further details"),
}

DATES: Final = ("birth_date", "gestation_noted_on")
PHONES: Final = ("mobile", "home_phone", "emergency_phone")


def reading(name: str, value: Any) -> str:
    """A field's value, of a record or as the journal keeps it, as it is read."""
    if value is None or value == "" or value == {}:
        return ""
    if name in DATES:
        return written(value if isinstance(value, date) else date.fromisoformat(value))
    if name == "gender":
        return str(GENDER.get(value, value))
    if name in PHONES:
        return read_out(value)
    if name in ("language", "country"):
        return _own_names(name).get(value, value)
    return str(value)


def languages(clinic: Clinic, kept: str = "") -> list[tuple[str, str]]:
    """Languages one may prefer: the program's and the clinic's, and whatever the record has already."""
    known = _own_names("language")
    codes = dict.fromkeys([*(code for code, _name in settings.LANGUAGES), *clinic.languages, kept])
    return [(code, known.get(code, code)) for code in codes if code]


def countries(clinic: Clinic) -> list[tuple[str, str]]:
    """By name; the clinic's own before all others."""
    named = {code: name for code, name in _own_names("country").items() if len(code) == 2 and code not in ("ZZ", "EU")}
    return sorted(named.items(), key=lambda one: (one[0] != clinic.country, one[1]))


def _own_names(kind: str) -> Mapping[str, str]:
    try:
        here = Locale.parse(language())
    except (UnknownLocaleError, ValueError):
        here = Locale("en")
    return here.languages if kind == "language" else here.territories
