"""An appointment among the others of its chain."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Sum

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.core.clock import minute
from orderly.core.errors import NotFound
from orderly.series.models import Occurrence, Series

TO_COME = frozenset({Status.REQUESTED, Status.CONFIRMED})


@dataclass(frozen=True, slots=True)
class Chain:
    """All visits of a chain by start, with the place of the one that was asked about. Those that were called off are
    among them, so that nobody else's number changes.
    """

    here: Occurrence
    every: list[Occurrence]

    @property
    def number(self) -> int:
        return 1 + next(nth for nth, one in enumerate(self.every) if one.pk == self.here.pk)

    @property
    def others(self) -> list[UUID]:
        """The appointments beside this one."""
        return [one.appointment_id for one in self.every if one.appointment_id and one.pk != self.here.pk]


def occurrence_of(appointment: UUID) -> Occurrence:
    """The one that this appointment is. NotFound for what is no part of a series."""
    found = Occurrence.objects.filter(appointment=appointment).select_related("series").first()
    if found is None:
        raise NotFound
    return found


def chain_of(found: Appointment) -> Chain | None:
    """None for what is no part of a series, which costs nothing where it was read with its `occurrence__series`."""
    here: Occurrence | None = getattr(found, "occurrence", None)
    if here is None:
        return None
    return _chain(here)


def _chain(here: Occurrence) -> Chain:
    rows = Occurrence.objects.filter(series__chain=here.series.chain, appointment__isnull=False)
    beside = rows.select_related("series", "appointment__visit", "appointment__provider", "appointment__clinic")
    return Chain(here, list(beside.defer("appointment__clinic__logo").order_by("appointment__start")))


def parts_of(chain: UUID) -> list[list[Occurrence]]:
    """The days of each series of the chain, the series in the order of their first days. One query."""
    rows = Occurrence.objects.filter(series__chain=chain).order_by("series", "day")
    found = rows.select_related("series__clinic", "appointment__clinic")
    found = found.defer("series__clinic__logo", "appointment__clinic__logo")
    parts = [list(days) for _, days in groupby(found, key=lambda one: one.series_id)]
    return sorted(parts, key=lambda days: (days[0].day, days[0].series_id))


def version_of(series: Series) -> int:
    """A series is another one when any part of its chain is, or one of their visits."""
    parts = Series.objects.filter(chain=series.chain).aggregate(sum=Sum("version"))["sum"]
    visits = Appointment.objects.filter(occurrence__series__chain=series.chain).aggregate(sum=Sum("version"))["sum"]
    return int(parts + (visits or 0))


def is_to_come(found: Appointment, now: datetime) -> bool:
    """Whether it can still be changed with the others: nobody has come, and it hasn't begun."""
    return found.status in TO_COME and found.start > minute(now)


def to_come(occurrence: Occurrence, *, now: datetime) -> list[Appointment]:
    """This one and those after it, as far as they can still be called off."""
    chain = _chain(occurrence)
    found = [one.appointment for one in chain.every[chain.number - 1 :] if one.appointment is not None]
    return [one for one in found if is_to_come(one, now)]
