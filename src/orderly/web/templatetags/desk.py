"""Pieces of a page that several templates share."""

from datetime import date, datetime
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_percent, get_currency_symbol
from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orderly.core.clock import minute
from orderly.core.money import text as plain_money
from orderly.core.phone import read_out
from orderly.core.text import comma, listed
from orderly.engine.walltime import local
from orderly.web.dates import clock, language, written
from orderly.web.words import KIND, PURCHASE, STATUS

register = template.Library()
register.filter(clock)
register.filter("phone", read_out)
register.filter(listed)
register.simple_tag(comma)

DAY_WITH_WEEKDAY = "EEE d MMM y"
ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"


def _locale() -> Locale:
    try:
        return Locale.parse(language())
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@register.simple_tag
def own_languages() -> list[tuple[str, str]]:
    """Each under the name it has for those who speak it; Django's own tag would translate "English"."""
    return settings.LANGUAGES


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A picture from `_icons.html`; without a label it is decoration."""
    hidden = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="icon" {}><use href="#i-{}"/></svg>', hidden, name)


@register.simple_tag
def status(value: str) -> SafeString:
    """The one badge of a status: a mark and a word, and a colour for those who see it."""
    return format_html('<span class="badge-status is-{}">{}{}</span>', value, icon(value), STATUS[value])


@register.filter
def day(at: int | date, zone: str = "UTC") -> str:
    """A day in short, with its weekday: minutes since 1970 in a zone, or a date."""
    return format_date(at if isinstance(at, date) else local(zone, at)[0], DAY_WITH_WEEKDAY, _locale())


@register.filter
def wall_day(at: int, zone: str) -> str:
    """The day as addresses write it: 2026-11-20."""
    return local(zone, at)[0].isoformat()


@register.filter
def weekday(at: date) -> str:
    """The day of the week, as short as it gets."""
    return format_date(at, "EEE", _locale())


@register.filter
def kind(name: str) -> Any:
    """What a chair, a room or a device is called."""
    return KIND.get(name, name)


@register.filter
def purchase_state(state: str) -> Any:
    """How a sold package stands."""
    return PURCHASE[state]


@register.filter
def digits(value: date) -> str:
    """A date in digits, as the language writes it."""
    return written(value)


@register.filter
def moment(at: int | datetime, zone: str) -> str:
    """Minutes since 1970 or an instant, as day and time of day in a zone."""
    minutes = at if isinstance(at, int) else minute(at)
    return f"{day(minutes, zone)}{comma()}{clock(minutes, zone)}"


@register.filter
def instant(at: datetime, zone: str) -> str:
    """The time of day in a zone, to the second."""
    return f"{clock(minute(at), zone)}:{at.second:02}"


@register.filter
def hours(minutes: int) -> str:
    """A length of time as hours and minutes: 1:30."""
    return f"{minutes // 60}:{minutes % 60:02}"


@register.filter
def percent(rate: float | None) -> str:
    """A share as the language writes it; a dash for a share of nothing."""
    return "–" if rate is None else format_percent(rate, format="#,##0.#%", locale=_locale())


@register.filter
def money(amount: int, currency: str) -> str:
    """Minor units as the language writes money. Where one reads from right to left the amount is kept together, and
    within it the sign of the currency: UK£ would come apart.
    """
    locale = _locale()
    text = format_currency(plain_money(amount, currency), currency, locale=locale)
    if locale.text_direction == "ltr":
        return text
    sign = get_currency_symbol(currency, locale=locale)
    return ISOLATED.format(text.replace(sign, ISOLATED.format(sign)))


@register.filter
def of(texts: dict[str, Any] | str, key: str) -> Any:
    """What a dictionary has under a key that a template can't write; nothing if there is none, or no dictionary."""
    return texts.get(key, "") if isinstance(texts, dict) else ""


@register.simple_tag
def tabler_css(right_to_left: bool) -> str:
    return static("vendor/tabler/tabler.rtl.min.css" if right_to_left else "vendor/tabler/tabler.min.css")
