"""A problem in words, in the reader's language. Everything else deals in codes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from orderly.edge.field_names import FIELDS
from orderly.edge.field_phrases import INVALID
from orderly.edge.phrases import (
    FULL,
    HELD_BY,
    INACTIVE,
    NOT_OFFERED,
    NOT_TELLABLE,
    NOT_UNDOABLE,
    PACKAGE_UNUSABLE,
    PATIENT_BUSY,
    SENTENCES,
    STATES,
    TIMELESS,
    UNNAMED,
)
from orderly.engine.problems import Code, Problem
from orderly.engine.spans import Span
from orderly.engine.walltime import DAY, local
from orderly.resources.models import Asset, Provider

DISTANT = 10**9  # minutes; nobody wants to read "until the year 2090000"
HOUR = 60
DAY_FORMAT = "j M Y"  # 3 Mar 2026: not to be mistaken anywhere


def words(problem: Problem, *, zone: str = "UTC", names: Mapping[int, str] | None = None) -> str:
    """One sentence. `zone` is where times are read, `names` what resources are called (see `names_of`).

    Of a patient it says no more than that they are busy: who sees them where is nobody else's business.
    """
    params = dict(problem.params)
    who = (names or {}).get(problem.resource or 0) or UNNAMED.get(_thing(problem), UNNAMED[""])
    when = _times(zone, problem.span)
    shown = {"who": who, "when": when, **_shown(problem.field, params, zone)}
    # A sentence with a gap is a smaller fault than no answer at all.
    return str(_sentence(problem, params, when)) % defaultdict(str, shown)


def names_of(problems: Iterable[Problem]) -> dict[int, str]:
    """What the resources in these problems are called. Patients are left out."""
    ids = {problem.resource for problem in problems if problem.resource is not None and _thing(problem) != "patient"}
    if not ids:
        return {}
    providers = {one.resource_id: str(one) for one in Provider.objects.filter(resource__in=ids)}
    return providers | dict(Asset.objects.filter(resource__in=ids).values_list("resource_id", "name"))


def _thing(problem: Problem) -> str:
    """What the field is about, also of one thing among several: `sessions.2.provider`."""
    return problem.field.rpartition(".")[2]


def _sentence(problem: Problem, params: Mapping[str, Any], when: str) -> Any:
    code, field = problem.code, _thing(problem)
    if field == "patient" and code in (Code.PATIENT_BUSY, Code.HELD):
        return PATIENT_BUSY
    if code is Code.HELD and "limit" in params:
        return _("You are holding %(limit)s times already; let one of them go first.")
    if code is Code.HELD and when and not HELD_BY.keys().isdisjoint(params):
        return next(text for name, text in HELD_BY.items() if name in params)
    if "places" in params and code in FULL:
        return FULL[code]
    if code is Code.NOT_OFFERED:
        return NOT_OFFERED["too_few" if "needed" in params else field]
    if code is Code.NOT_UNDOABLE:
        return NOT_UNDOABLE.get(str(params.get("reason", "")), SENTENCES[code])
    if code is Code.NOT_TELLABLE:
        return NOT_TELLABLE.get(str(params.get("reason", "")), SENTENCES[code])
    if code is Code.PACKAGE_UNUSABLE:
        return PACKAGE_UNUSABLE.get(str(params.get("reason", "")), SENTENCES[code])
    if code is Code.INACTIVE:
        return INACTIVE[field]
    if code is Code.INVALID:
        return INVALID.get(str(params.get("reason", "")), INVALID[""])
    if code is Code.OUTSIDE_HOURS and problem.resource is None:
        return _("That is outside opening hours.")
    return SENTENCES[code] if when else TIMELESS.get(code, SENTENCES[code])


def _shown(field: str, params: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """The parameters as people read them."""
    shown: dict[str, Any] = {"field": FIELDS.get(field, field), **params}
    for name in ("from", "to"):
        shown[name] = STATES.get(str(params.get(name, "")), params.get(name, ""))
    if "minutes" in params:
        shown["ahead"] = _duration(int(params["minutes"]))
    if "seconds" in params:
        seconds = int(params["seconds"])
        shown["wait"] = ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    if "until" in params:
        shown["until"] = date_format(local(zone, int(params["until"]) - 1)[0], DAY_FORMAT)
    return shown


def _times(zone: str, span: Span | None) -> str:
    """`10:00–10:30`, with dates where it isn't all on one day; nothing for a span without a beginning or an end."""
    if span is None or max(map(abs, span)) > DISTANT:
        return ""
    (first, start), (last, end) = local(zone, span[0]), local(zone, span[1])
    if end == 0 and last == first + timedelta(days=1):
        last, end = first, DAY
    if first == last:
        return f"{_clock(start)}–{_clock(end)}"
    days = [date_format(day, DAY_FORMAT) for day in (first, last)]
    return f"{days[0]} {_clock(start)} – {days[1]} {_clock(end)}"


def _clock(minute: int) -> str:
    return f"{minute // HOUR:02}:{minute % HOUR:02}"


def _duration(minutes: int) -> str:
    """In the largest unit that goes in whole."""
    if minutes and minutes % DAY == 0:
        text, count = ngettext("%(n)s day", "%(n)s days", minutes // DAY), minutes // DAY
    elif minutes and minutes % HOUR == 0:
        text, count = ngettext("%(n)s hour", "%(n)s hours", minutes // HOUR), minutes // HOUR
    else:
        text, count = ngettext("%(n)s minute", "%(n)s minutes", minutes), minutes
    return text % {"n": count}
