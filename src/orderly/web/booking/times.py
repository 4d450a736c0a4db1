"""The free times among which one is chosen, and the first of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from orderly.appointments.inputs import Search
from orderly.appointments.queries.slots import Found, slots
from orderly.core.clock import minute
from orderly.engine.walltime import local
from orderly.web.booking.choice import Choice
from orderly.web.booking.forms import LONGEST
from orderly.web.dates import as_fields, clock, picked
from orderly.web.fields import known

WEEK = timedelta(days=7)
LOOK_AHEAD = (1, 7, 60)  # days
LONGEST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the strip, with how many times are free on it."""

    day: date
    free: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Times:
    """A week, and the free times of the chosen day; where the weeks before (none before today) and after begin."""

    day: date
    days: list[Day]
    clocks: list[str]
    earlier: date | None
    later: date


def today_in(choice: Choice, now: datetime) -> date:
    return local(choice.clinic.timezone, minute(now))[0]


def put_first_free(choice: Choice, *, ignoring: frozenset[int], now: datetime) -> None:
    """Where no time has been chosen: the first free one, from the chosen day on. A time that came about so is no choice
    either, as long as nobody touches it: another service or provider looks anew.
    """
    typed = choice.typed
    day, _, time = typed.get("proposed", "").partition(" ")
    typed["proposed"] = ""
    if typed.get("time") and typed["time"] != time:
        return
    asked = typed.get("since") if day and day == typed.get("day") else typed.get("day")
    since = max(_day(asked, today_in(choice, now)), today_in(choice, now))
    start = _first_free(choice, since, ignoring=ignoring, now=now)
    typed["since"], typed["day"], typed["time"] = since.isoformat(), since.isoformat(), ""
    if start is not None:
        fields = as_fields(choice.clinic.timezone, start)
        typed["day"], typed["time"] = fields["day"], fields["time"]
        typed["proposed"] = f"{fields['day']} {fields['time']}"


def _first_free(choice: Choice, since: date, *, ignoring: frozenset[int], now: datetime) -> int | None:
    """Mostly it is on the first day; further ahead is looked only where it isn't."""
    for days in LOOK_AHEAD:
        found = _found(choice, since, days, ignoring=ignoring, now=now)
        if found is not None and found.slots:
            return found.slots[0][0]
    return None


def times(choice: Choice, *, ignoring: frozenset[int], now: datetime) -> Times:
    """The week in which the chosen day was when the list began, else the one that begins with it, and what is free."""
    chosen, today = _day(choice.typed.get("day"), today_in(choice, now)), today_in(choice, now)
    strip = _day(choice.typed.get("strip"), chosen)
    first = max(strip if strip <= chosen < strip + WEEK else chosen, today)
    found = _found(choice, first, WEEK.days, ignoring=ignoring, now=now)
    zone = choice.clinic.timezone
    free: dict[date, list[str]] = {first + timedelta(days=ahead): [] for ahead in range(WEEK.days)}
    for start in sorted({slot[0] for slot in found.slots} if found else ()):
        free[local(zone, start)[0]].append(clock(start, zone))
    days = [Day(day, len(clocks), day == chosen) for day, clocks in free.items()]
    earlier = None if first == today else max(first - WEEK, today)
    return Times(chosen, days, free.get(chosen, []), earlier, first + WEEK)


def _found(choice: Choice, first: date, days: int, *, ignoring: frozenset[int], now: datetime) -> Found | None:
    """Nothing for what nobody gives."""
    if choice.service is None:
        return None
    search = Search(
        clinic=choice.clinic.pk,
        service=choice.service.pk,
        first=first,
        last=first + timedelta(days=days),
        provider=choice.provider.pk if choice.provider else None,
        patient=known(choice.typed.get("patient", "")),
        minutes=length_of(choice),
        ignoring=ignoring,
    )
    return slots(search, now=now)


def length_of(choice: Choice) -> int | None:
    """The length in minutes that was asked for, if it can be read."""
    text = choice.typed.get("duration_minutes", "").strip()
    return int(text) if text.isdecimal() and len(text) <= LONGEST_DIGITS and 0 < int(text) <= LONGEST else None


def _day(text: str | None, otherwise: date) -> date:
    try:
        return picked(text or "")
    except ValueError:
        return otherwise
