"""Statistics of a list: counts with their bars, and rates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from orderly.appointments.models import AppointmentQuerySet, CancelReason
from orderly.appointments.queries.statistics import Statistics, statistics
from orderly.catalogue.models import Service
from orderly.resources.models import Provider
from orderly.web.appointments.details import named
from orderly.web.words import SOURCE, STATUS

MOST_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class Bar:
    """`width` is in percent of the longest; `share` in percent of all that are counted by it."""

    name: Any
    count: int
    width: int
    share: int


@dataclass(frozen=True, slots=True)
class Figures:
    found: Statistics
    statuses: list[Bar]
    reasons: list[Bar]
    sources: list[Bar]
    providers: list[Bar]
    services: list[Bar]
    expected: list[tuple[int, str]]
    paid: list[tuple[int, str]]


def figures(rows: AppointmentQuerySet) -> Figures:
    """Four queries: the counts, and the names of what was counted."""
    found = statistics(rows)
    reasons = {one.pk: named(one) for one in CancelReason.objects.filter(pk__in=_ids(found, "cancel_reason"))}
    providers = {one.pk: str(one) for one in Provider.objects.filter(pk__in=_ids(found, "provider"))}
    services = dict(Service.objects.filter(pk__in=_ids(found, "service")).values_list("pk", "name"))
    nobody = {None: _("Without a provider")}
    return Figures(
        found=found,
        statuses=_bars(found, "status", STATUS, ordered=False),
        reasons=_bars(found, "cancel_reason", reasons),
        sources=_bars(found, "source", SOURCE),
        providers=_bars(found, "provider", providers | nobody),
        services=_bars(found, "service", services),
        expected=_amounts(found.expected),
        paid=_amounts(found.paid),
    )


def _ids(found: Statistics, name: str) -> list[Any]:
    return [one for one in found.by[name] if one is not None]


def _bars(found: Statistics, name: str, names: Mapping[Any, Any], *, ordered: bool = True) -> list[Bar]:
    """The most first, or as `names` are; what has no name isn't counted by it."""
    counts = [(names[key], found.by[name][key]) for key in names if found.by[name][key]]
    if ordered:
        counts.sort(key=lambda it: (-it[1], str(it[0])))
    longest, total = max((it[1] for it in counts), default=1), sum(it[1] for it in counts)
    return [Bar(label, count, round(100 * count / longest), round(100 * count / total)) for label, count in counts]


def _amounts(sums: Mapping[str, int]) -> list[tuple[int, str]]:
    pairs: Iterable[tuple[str, int]] = sorted(sums.items())
    return [(amount, currency) for currency, amount in pairs]
