"""What makes a clinic's details acceptable."""

from collections.abc import Collection, Iterator

from django.conf import settings

from orderly.clinics.models import Check, Clinic, FeeKind, Home
from orderly.core.edits import faults, ranged, wrong
from orderly.core.money import CURRENCIES, LARGEST
from orderly.core.phone import COUNTRIES
from orderly.core.zones import allowed
from orderly.engine.problems import Code, Problem

REQUIRED = ("name", "timezone", "currency")
LANGUAGES = frozenset(code for code, _ in settings.LANGUAGES)
RANGES = {
    "check_in_minute": 24 * 60 - 1,
    "check_out_minute": 24 * 60 - 1,
    "free_cancel_hours": 365 * 24,
    "self_service_hours": 365 * 24,
    "late_fee": LARGEST,
    "no_show_fee": LARGEST,
}
LONGEST_WAIT = 24 * 60
LARGEST_LOGO = 512 * 1024
LOGO_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def problems(clinic: Clinic, names: Collection[str]) -> Iterator[Problem]:
    """What is wrong with these fields of the clinic as it is to become."""
    yield from faults(clinic, names)
    for name, known in (("timezone", allowed()), ("currency", CURRENCIES), ("country", COUNTRIES)):
        if name in names and getattr(clinic, name) not in known:
            yield wrong(name, "unknown")
    for name, most in RANGES.items():
        if name in names:
            yield from ranged(name, getattr(clinic, name), 0, most)
    if "languages" in names:
        yield from _language_problems(clinic.languages)
    if "check_in_requires" in names:
        yield from _listed("check_in_requires", clinic.check_in_requires, Check.values)
    if "patient_requires" in names:
        yield from _listed("patient_requires", clinic.patient_requires, Home.values)
    if {"waiting_long_minutes", "waiting_too_long_minutes"} & set(names):
        yield from ranged("waiting_long_minutes", clinic.waiting_long_minutes, 1, LONGEST_WAIT)
        least = min(max(clinic.waiting_long_minutes, 1), LONGEST_WAIT)
        yield from ranged("waiting_too_long_minutes", clinic.waiting_too_long_minutes, least, LONGEST_WAIT)
    if clinic.late_fee_kind == FeeKind.PERCENT:
        yield from ranged("late_fee", clinic.late_fee, 0, 100)


def _language_problems(languages: list[str]) -> Iterator[Problem]:
    if not languages:
        yield Problem(Code.MISSING, "languages")
    yield from _listed("languages", languages, LANGUAGES)


def _listed(name: str, given: list[str], known: Collection[str]) -> Iterator[Problem]:
    """Each is known, and named once."""
    if not set(given) <= set(known):
        yield wrong(name, "unknown")
    elif len(set(given)) < len(given):
        yield wrong(name, "twice")


def image_type(data: bytes) -> str | None:
    """The media type of a logo by its first bytes, whatever it was called; None if it isn't one we show."""
    return next((kind for signature, kind in LOGO_TYPES.items() if data.startswith(signature)), None)
