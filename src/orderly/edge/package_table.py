"""The package report as lines of a file; its columns stand here once."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from orderly.core import money
from orderly.edge.tables import Cell
from orderly.insights.queries.packages import CALLED_OFF, Report, Sold
from orderly.packages.choices import PurchaseStatus


def headings(report: Report) -> list[str]:
    counts = [_("Package"), _("Sold"), _("Running"), _("Completed"), _("Expired"), _("Called off")]
    rates = [_("Completion rate"), _("Days to complete (median)"), _("Sessions sold"), _("Sessions used")]
    return [*counts, *rates, *([_("Currency"), _("Price"), _("Received")] if report.finance else [])]


def lines(report: Report) -> Iterator[list[Cell]]:
    """A line for each package, or where it was sold in several currencies for each of them."""
    for sold in report.packages or ():
        states = sold.states
        usual: list[Cell] = [
            sold.name,
            sold.count,
            sold.running,
            states[PurchaseStatus.COMPLETED],
            states[PurchaseStatus.EXPIRED],
            states[CALLED_OFF],
            None if sold.completion is None else Decimal(str(sold.completion)),
            None if sold.median_days is None else Decimal(str(sold.median_days)),
            sold.total,
            sold.used,
        ]
        yield from ([*usual, *amounts] for amounts in (_amounts(sold) if report.finance else [[]]))


def _amounts(sold: Sold) -> Iterator[list[Cell]]:
    for currency in sorted(sold.received):
        amounts = (sold.price[currency], sold.received[currency])
        yield [currency, *(Decimal(money.text(amount, currency)) for amount in amounts)]
