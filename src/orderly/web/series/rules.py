"""Rules as a form asks for them, and as people read them."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orderly.engine.recurrence import Frequency, Pattern
from orderly.engine.rrule import WEEKDAYS as NAMES
from orderly.engine.rrule import read, written

UNITS: Final = {"day": Frequency.DAILY, "week": Frequency.WEEKLY, "month": Frequency.MONTHLY}
DAYS: Final = list(zip(NAMES, WEEKDAYS_ABBR.values(), WEEKDAYS.values(), strict=True))
LAST = -1


class RuleForm(forms.Form):
    """Every so many days, weeks on these weekdays, or months: on their nth day, nth weekday or last weekday."""

    every = forms.IntegerField(
        min_value=1, max_value=52, error_messages={"required": gettext_lazy("Write a number from 1 to 52.")}
    )
    unit = forms.ChoiceField(choices=[(unit, unit) for unit in UNITS])
    weekdays = forms.MultipleChoiceField(required=False, choices=[(name, name) for name in NAMES])
    monthly = forms.ChoiceField(required=False, choices=[(one, one) for one in ("day", "nth", "last")])

    def rule(self, first: date) -> str:
        """As RRULE, without an end; what isn't said is taken from the first day."""
        data = self.cleaned_data
        frequency = UNITS[data["unit"]]
        return written(Pattern(frequency, data["every"], self._weekdays(frequency, first), self._month_days(first)))

    def _weekdays(self, frequency: Frequency, first: date) -> tuple[tuple[int, int], ...]:
        if frequency is Frequency.WEEKLY:
            return tuple((0, NAMES.index(name)) for name in NAMES if name in self.cleaned_data["weekdays"])
        if frequency is Frequency.MONTHLY and self.cleaned_data["monthly"] in ("nth", "last"):
            last = self.cleaned_data["monthly"] == "last"
            return ((LAST if last else nth_of(first), first.weekday()),)
        return ()

    def _month_days(self, first: date) -> tuple[int, ...]:
        monthly = self.cleaned_data["unit"] == "month" and self.cleaned_data["monthly"] in ("", "day")
        return (first.day,) if monthly else ()


def nth_of(day: date) -> int:
    """Which of its weekday in the month it is."""
    return (day.day - 1) // 7 + 1


def months_of(day: date) -> list[tuple[str, str]]:
    """What "every month" can mean for something that begins on this day."""
    weekday = WEEKDAYS[day.weekday()]
    return [
        ("day", _("on day %(day)s") % {"day": day.day}),
        ("nth", _("%(weekday)s, no. %(nth)s in the month") % {"weekday": weekday, "nth": nth_of(day)}),
        ("last", _("%(weekday)s, the last in the month") % {"weekday": weekday}),
    ]


def fields_of(rule: str, first: date) -> dict[str, Any]:
    """The fields of the form that would say this rule; the nearest that can be said of a richer one."""
    pattern = read(rule).pattern
    unit = next(name for name, frequency in UNITS.items() if frequency is pattern.frequency)
    nth = next((nth for nth, _ in pattern.weekdays if nth), 0)
    return {
        "every": pattern.interval,
        "unit": unit,
        "weekdays": [NAMES[day] for _, day in pattern.weekdays] or [NAMES[first.weekday()]],
        "monthly": "last" if nth == LAST else "nth" if nth else "day",
    }


def in_words(rule: str) -> str:
    """ "Every 2 weeks: Tue, Thu"."""
    pattern = read(rule).pattern
    n = pattern.interval
    every = {
        Frequency.DAILY: ngettext("Every day", "Every %(n)s days", n),
        Frequency.WEEKLY: ngettext("Every week", "Every %(n)s weeks", n),
        Frequency.MONTHLY: ngettext("Every month", "Every %(n)s months", n),
    }[pattern.frequency] % {"n": n}
    if pattern.positions:  # too rich for a sentence
        return f"{every} ({rule})"
    on = [*(_weekday(nth, day) for nth, day in pattern.weekdays), *(_month_day(one) for one in pattern.month_days)]
    return f"{every}: {', '.join(on)}" if on else every


def _weekday(nth: int, day: int) -> str:
    if not nth:
        return str(WEEKDAYS_ABBR[day])
    if nth == LAST:
        return _("%(weekday)s, the last in the month") % {"weekday": WEEKDAYS[day]}
    return _("%(weekday)s, no. %(nth)s in the month") % {"weekday": WEEKDAYS[day], "nth": nth}


def _month_day(number: int) -> str:
    return _("on day %(day)s") % {"day": number}
