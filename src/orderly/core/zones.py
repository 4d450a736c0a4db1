"""The time zones a clinic may be in: canonical names of places, and UTC."""

from functools import cache
from zoneinfo import available_timezones

PLACES = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@cache
def allowed() -> frozenset[str]:
    """Names such as Asia/Tashkent. Not `right/…` (leap seconds), `posix/…`, nor abbreviations that mean different
    things.
    """
    return frozenset(name for name in available_timezones() if name.split("/")[0] in PLACES) | {"UTC"}
