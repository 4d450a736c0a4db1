"""How a country counts its weeks, whichever language is spoken at the desk."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

MONDAY, ISO_DAYS = 0, 4


def first_weekday(country: str) -> int:
    """The day that weeks begin with there: 0 is Sunday."""
    return (_locale(country).first_week_day + 1) % 7


def counts_weeks(country: str) -> bool:
    """Whether weeks have numbers there, as ISO 8601 has them."""
    there = _locale(country)
    return (there.first_week_day, there.min_week_days) == (MONDAY, ISO_DAYS)


@lru_cache(maxsize=256)
def _locale(country: str) -> Locale:
    for language in get_official_languages(country, de_facto=True):
        try:
            return Locale.parse(f"{language}_{country}")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en", "001")
