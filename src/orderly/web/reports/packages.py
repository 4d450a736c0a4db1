"""How packages sell and are used, on the screen and as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.edge.actors import actor_of, now_of
from orderly.edge.guard import guard
from orderly.edge.package_table import headings, lines
from orderly.edge.tables import attached
from orderly.engine.walltime import local
from orderly.insights.queries.packages import ANALYTICS, CALLED_OFF, Report, Sold, report
from orderly.packages.choices import PurchaseStatus
from orderly.web.answers import clinic_of
from orderly.web.dates import picked_or
from orderly.web.frame import framed
from orderly.web.lists.figures import Bar

DAY: Final = timedelta(days=1)
MOST_DAYS: Final = 366
USUAL: Final = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last that are counted."""

    first: date
    last: date

    @property
    def wrong(self) -> str:
        """What is wrong with them, in words."""
        if self.last < self.first:
            return _("The last day comes before the first.")
        if (self.last - self.first).days >= MOST_DAYS:
            days = ngettext("Choose %(days)s day at most.", "Choose %(days)s days at most.", MOST_DAYS)
            return days % {"days": MOST_DAYS}
        return ""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of a package's purchases, as the page shows it."""

    sold: Sold

    @property
    def completed(self) -> int:
        return self.sold.states[PurchaseStatus.COMPLETED]

    @property
    def expired(self) -> int:
        return self.sold.states[PurchaseStatus.EXPIRED]

    @property
    def called_off(self) -> int:
        return self.sold.states[CALLED_OFF]

    @property
    def price(self) -> list[tuple[int, str]]:
        return _amounts(self.sold.price)

    @property
    def received(self) -> list[tuple[int, str]]:
        return _amounts(self.sold.received)


@guard(ANALYTICS)
def page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    place = clinic_of(clinic)
    return _shown(request, place, _days(request, place))


@guard(ANALYTICS)
def file(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The packages as CSV; the page says what is wrong with days that make no sense."""
    place = clinic_of(clinic)
    days = _days(request, place)
    if days.wrong:
        return _shown(request, place, days)
    found = _report(request, place, days)
    return attached(f"packages-{days.first:%Y%m%d}-{days.last:%Y%m%d}", "csv", headings(found), lines(found))


def _shown(request: HttpRequest, clinic: Clinic, days: Days) -> HttpResponse:
    context: dict[str, Any] = {"days": days}
    if not days.wrong:
        found = _report(request, clinic, days)
        context |= {
            "finance": found.finance,
            "lines": None if found.packages is None else [Line(one) for one in found.packages],
            "together": found.together and Line(found.together),
            "popular": _bars([(one.name, one.count) for one in found.packages or ()]),
            "busy": _bars([(one.name, one.sessions) for one in found.givers]),
            "givers": found.givers,
        }
    return framed(
        request, "reports/packages.html", clinic, "package-report", context, status=422 if days.wrong else 200
    )


def _days(request: HttpRequest, clinic: Clinic) -> Days:
    """As the address says; the last year where it doesn't."""
    today, _wall = local(clinic.timezone, minute(now_of(request)))
    last = picked_or(request.GET.get("to"), today)
    return Days(picked_or(request.GET.get("from"), last - USUAL), last)


def _report(request: HttpRequest, clinic: Clinic, days: Days) -> Report:
    return report(clinic, days.first, days.last + DAY, actor=actor_of(request), now=now_of(request))


def _bars(counts: list[tuple[str, int]]) -> list[Bar]:
    longest, total = max((count for _name, count in counts), default=1), sum(count for _name, count in counts)
    return [Bar(name, count, round(100 * count / longest), round(100 * count / total)) for name, count in counts]


def _amounts(sums: Mapping[str, int]) -> list[tuple[int, str]]:
    return [(amount, currency) for currency, amount in sorted(sums.items())]
