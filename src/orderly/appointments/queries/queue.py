"""Who waits in a clinic, how long, and whose turn it is."""

from collections import Counter
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from orderly.appointments.choices import Status, VisitStatus, VisitType
from orderly.appointments.models import Visit
from orderly.clinics.models import Clinic
from orderly.core.clock import MINUTE, minute
from orderly.engine.walltime import local

STAGES = (VisitStatus.CALLED, VisitStatus.IN_PROGRESS, VisitStatus.DONE)


class Turn(NamedTuple):
    """Before all others emergencies, as they came. Then everybody at the later of the time they were promised and the
    minute they came: who is early waits for their time, who is late takes their place from when they came.
    """

    usual: bool
    since: int
    number: int


def turn(visit: Visit) -> Turn:
    """The place of somebody who has arrived."""
    assert visit.arrived_at is not None
    came, number = minute(visit.arrived_at), visit.queue_number or 0
    if visit.type == VisitType.EMERGENCY:
        return Turn(False, came, number)
    return Turn(True, max(visit.planned, came), number)


def today(clinic: UUID, *, now: datetime) -> date:
    """The clinic's local day."""
    return local(Clinic.objects.values_list("timezone", flat=True).get(pk=clinic), minute(now))[0]


def in_turn(clinic: UUID, *, now: datetime, provider: UUID | None = None) -> list[UUID]:
    """The appointments of those who have arrived and wait today, in the order in which they are called."""
    rows = Visit.objects.filter(
        clinic=clinic,
        day=today(clinic, now=now),
        status=VisitStatus.WAITING,
        arrived_at__isnull=False,
        appointment__status=Status.ARRIVED,
    )
    if provider is not None:
        rows = rows.filter(appointment__provider=provider)
    return [visit.appointment_id for visit in sorted(rows, key=turn)]


def queue(clinic: UUID, day: date) -> list[Visit]:
    """Everybody who has a number for that day, in one query: those who can be called, in turn; those still expected;
    who was called, who is treated, and who is gone, each by number.
    """
    rows = Visit.objects.filter(clinic=clinic, day=day, queue_number__isnull=False)
    rows = rows.exclude(appointment__status=Status.REQUESTED)
    return sorted(
        rows.select_related(
            "appointment__patient", "appointment__provider", "appointment__service", "appointment__payment"
        ),
        key=_place,
    )


def _place(visit: Visit) -> tuple[int, Turn]:
    number = visit.queue_number or 0
    if visit.status == VisitStatus.WAITING:
        return (0, turn(visit)) if visit.arrived_at else (1, Turn(True, visit.planned, number))
    stage = STAGES.index(VisitStatus(visit.status)) if visit.status in STAGES else len(STAGES)
    return 2 + stage, Turn(True, 0, number)


def counts(visits: list[Visit]) -> dict[str, int]:
    """How many there are in each state; `arrived` are all that came, whatever became of them."""
    found = Counter(visit.status for visit in visits)
    states = {str(status): found[status] for status in VisitStatus}
    return {**states, "arrived": sum(visit.arrived_at is not None for visit in visits)}


def waited(visit: Visit, *, now: datetime) -> int | None:
    """Whole minutes from the arrival until the call, the treatment or the leaving, or until now; None for who didn't
    come, or was cancelled.
    """
    if visit.arrived_at is None or visit.status in (VisitStatus.CANCELLED, VisitStatus.NO_SHOW):
        return None
    until = visit.called_at or visit.started_at or visit.done_at or now
    return max(0, (until - visit.arrived_at) // MINUTE)
