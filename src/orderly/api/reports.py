"""Reports."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from orderly.api.operations import reads
from orderly.api.ranges import check_range
from orderly.api.schemas import In, Money, Out
from orderly.api.types import Day, Id
from orderly.clinics.models import Clinic
from orderly.core.errors import NotFound
from orderly.edge.actors import actor_of, now_of
from orderly.insights.queries.packages import ANALYTICS, CALLED_OFF, Sold, report
from orderly.packages.choices import PurchaseStatus

router = Router(tags=["reports"])
MOST_DAYS = 366


class ReportQuery(In):
    clinic: Id
    first: Day = Field(alias="from")
    last: Day = Field(alias="to", description=f"not included; {MOST_DAYS} days at most")


class SoldOut(Out):
    """`completion_rate` is of those that have ended (completed, expired, called off), `days_to_complete` the median
    from the sale to the last session. `price` (of what wasn't called off) and `received` (after refunds) are null
    without `reports:finance`.
    """

    package: UUID | None
    name: str
    sold: int
    running: int
    completed: int
    expired: int
    called_off: int
    completion_rate: float | None
    days_to_complete: float | None
    sessions_sold: int
    sessions_used: int
    price: list[Money] | None
    received: list[Money] | None


class GiverOut(Out):
    """Sessions of packages that somebody gave in the period."""

    provider: UUID
    name: str
    sessions: int
    patients: int
    minutes: int


class PackageReport(Out):
    """`packages` (the most sold first) and `total` are null for doctors, who see what they gave themselves."""

    packages: list[SoldOut] | None
    total: SoldOut | None
    providers: list[GiverOut]


@reads(router, "reports/packages", needs=ANALYTICS)
def report_packages(request: HttpRequest, asked: Query[ReportQuery]) -> PackageReport:
    """Packages sold on some of a clinic's days and what became of them, and who gave sessions on these days."""
    actor = actor_of(request)
    check_range(asked.first, asked.last, MOST_DAYS)
    clinic = Clinic.objects.visible_to(actor).defer("logo").filter(pk=asked.clinic).first()
    if clinic is None:
        raise NotFound("clinic")
    found = report(clinic, asked.first, asked.last, actor=actor, now=now_of(request))
    return PackageReport(
        packages=None if found.packages is None else [_line(one, found.finance) for one in found.packages],
        total=None if found.together is None else _line(found.together, found.finance),
        providers=[
            GiverOut(
                provider=one.provider,
                name=one.name,
                sessions=one.sessions,
                patients=one.patients,
                minutes=one.minutes,
            )
            for one in found.givers
        ],
    )


def _line(one: Sold, finance: bool) -> SoldOut:
    return SoldOut(
        package=one.package,
        name=one.name,
        sold=one.count,
        running=one.running,
        completed=one.states[PurchaseStatus.COMPLETED],
        expired=one.states[PurchaseStatus.EXPIRED],
        called_off=one.states[CALLED_OFF],
        completion_rate=one.completion,
        days_to_complete=one.median_days,
        sessions_sold=one.total,
        sessions_used=one.used,
        price=_moneys(one.price) if finance else None,
        received=_moneys(one.received) if finance else None,
    )


def _moneys(sums: Mapping[str, int]) -> list[Money]:
    return [Money.of(amount, currency) for currency, amount in sorted(sums.items())]
