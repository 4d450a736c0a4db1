"""What became of the appointments of some time, counted by the database in one query."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from orderly.appointments.choices import Status, VisitStatus
from orderly.appointments.models import Appointment
from orderly.billing.models import Method

BY = ("status", "source", "provider", "service", "visit__status", "cancel_reason", "payment__currency")
CAME = frozenset({Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED})
STANDING = frozenset({Status.REQUESTED, Status.CONFIRMED, *CAME})


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`; nothing of nothing has no rate."""

    count: int
    of: int

    @property
    def rate(self) -> float | None:
        return round(self.count / self.of, 4) if self.of else None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts by what the groups are named; amounts in minor units, by currency."""

    total: int
    by: Mapping[str, Counter[Any]]
    expected: Counter[str]
    paid: Counter[str]

    @property
    def no_show(self) -> Share:
        """Of those who came or should have come, those who didn't."""
        missed = self.by["status"][Status.NO_SHOW]
        return Share(missed, missed + sum(self.by["status"][one] for one in CAME))

    @property
    def cancellation(self) -> Share:
        """Of all, those called off; who came and left without being seen isn't one of them."""
        return Share(self.by["status"][Status.CANCELLED] - self.left.count, self.total)

    @property
    def left(self) -> Share:
        """Of all, those who came and left without being seen."""
        return Share(self.by["visit__status"][VisitStatus.LEFT], self.total)


def statistics(rows: QuerySet[Appointment]) -> Statistics:
    """Of these appointments. `expected` is what those cost that are booked or have taken place; `paid` is without what
    a package paid: that money came in when it was sold.
    """
    got = Sum("payment__paid", filter=~Q(payment__method=Method.PACKAGE), default=0)
    groups = list(rows.order_by().values(*BY).annotate(n=Count("pk"), owed=Sum("payment__total"), got=got))
    return Statistics(
        total=sum(group["n"] for group in groups),
        by={name: _counted(groups, name, "n") for name in BY},
        expected=_counted((group for group in groups if group["status"] in STANDING), "payment__currency", "owed"),
        paid=_counted(groups, "payment__currency", "got"),
    )


def _counted(groups: Iterable[Mapping[str, Any]], name: str, amount: str) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for group in groups:
        found[group[name]] += group[amount]
    return found
