"""Appointments as the lines of a file, for whoever asks for one: the API in codes, a screen in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderly.appointments.models import Appointment
from orderly.appointments.queries.queue import waited
from orderly.core import money
from orderly.core.clock import instant, minute
from orderly.edge.tables import Cell
from orderly.engine.walltime import local
from orderly.journal.actor import Actor
from orderly.packages.queries import Place, drawing

EXPORT: Final = "patients:export"
MOST_ROWS: Final = 20_000
AT_A_TIME: Final = 500  # SQLite takes no more than 1000 ids in one question
BESIDE: Final = ("clinic", "patient", "provider", "service", "visit", "payment")

Words: TypeAlias = Mapping[str, Mapping[Any, Any]]
"""What codes are called, by "status", "source", "type" and "visit"; codes stay codes where nothing is given."""


class Line:
    """One appointment as a row of a table, on the clinic's clock."""

    def __init__(self, row: Appointment, place: Place | None, now: datetime, words: Words) -> None:
        self.row, self.visit, self.payment, self._zone = row, row.visit, row.payment, row.clinic.timezone
        self._place = place
        self._now, self._words = now, words

    def day(self) -> date:
        return local(self._zone, self.row.start)[0]

    def clock(self, minutes: int) -> time:
        when = instant(minutes).astimezone(ZoneInfo(self._zone))
        return time(when.hour, when.minute)

    def at(self, when: datetime | None) -> time | None:
        return None if when is None else self.clock(minute(when))

    def amount(self, minor: int) -> Decimal:
        return Decimal(money.text(minor, self.payment.currency))

    def waited(self) -> int | None:
        return waited(self.visit, now=self._now)

    def package(self) -> str:
        """Which session it draws on. In brackets: a spreadsheet takes 3/10 for a day in October."""
        place = self._place
        return f"{place.package} ({place.number}/{place.total})" if place else ""

    def word(self, kind: str, code: str) -> str:
        return str(self._words.get(kind, {}).get(code, code))


Column: TypeAlias = tuple[Promise | str, Callable[[Line], Cell]]

COLUMNS: Final[tuple[Column, ...]] = (
    (_("Number"), lambda line: line.row.number),
    (_("Date"), lambda line: line.day()),
    (_("Starts at"), lambda line: line.clock(line.row.start)),
    (_("Ends at"), lambda line: line.clock(line.row.end)),
    (_("Patient"), lambda line: line.row.patient.full_name),
    (_("Phone"), lambda line: line.row.patient.mobile),
    (_("Provider"), lambda line: str(line.row.provider or "")),
    (_("Service"), lambda line: line.row.service.name),
    (_("Status"), lambda line: line.word("status", line.row.status)),
    (_("Source"), lambda line: line.word("source", line.row.source)),
    (_("Referral"), lambda line: line.row.referral),
    (_("Visit type"), lambda line: line.word("type", line.visit.type)),
    (_("Visit"), lambda line: line.word("visit", line.visit.status)),
    (_("Number in the queue"), lambda line: line.visit.queue_number),
    (_("Arrived at"), lambda line: line.at(line.visit.arrived_at)),
    (_("Called at"), lambda line: line.at(line.visit.called_at)),
    (_("Finished at"), lambda line: line.at(line.visit.done_at)),
    (_("Waited (minutes)"), lambda line: line.waited()),
)
BY_RIGHT: Final[Mapping[str, tuple[Column, ...]]] = {
    "billing:view": (
        (_("Price"), lambda line: line.amount(line.payment.total)),
        (_("Paid"), lambda line: line.amount(line.payment.paid)),
        (_("Currency"), lambda line: line.payment.currency),
    ),
    "packages:view": ((_("Package"), lambda line: line.package()),),
}
"""What only those read who have a right to it, after all the others."""


def columns_for(actor: Actor, clinic: UUID) -> tuple[Column, ...]:
    """What a file of a clinic's appointments holds for this reader."""
    more = [column for right, some in BY_RIGHT.items() if actor.may(right, clinic) for column in some]
    return (*COLUMNS, *more)


def headings(columns: Sequence[Column]) -> list[str]:
    return [str(heading) for heading, _cell in columns]


def lines(
    among: Sequence[UUID], columns: Sequence[Column], *, now: datetime, words: Words | None = None
) -> Iterator[list[Cell]]:
    """In this order, some at a time: what stands beside each is looked up together."""
    for first in range(0, len(among), AT_A_TIME):
        some = Appointment.objects.beside(*BESIDE).in_bulk(among[first : first + AT_A_TIME])
        drawn = drawing(some.values())
        for pk in among[first : first + AT_A_TIME]:
            line = Line(some[pk], drawn.get(pk), now, words or {})
            yield [cell(line) for _heading, cell in columns]
