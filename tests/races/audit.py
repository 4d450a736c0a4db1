"""What must be true of the tables after any storm, found past all of the program."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from orderly.appointments.models import Appointment
from orderly.calendars.models import Reservation
from orderly.core.database import fetch
from orderly.engine.walltime import local
from tests.appointments.audit import faults as usual
from tests.appointments.audit import visits_of

QUEUE_TWICE = (
    "SELECT clinic_id, day, queue_number FROM appointments_visit WHERE queue_number IS NOT NULL "
    "GROUP BY clinic_id, day, queue_number HAVING count(*) > 1"
)
FACTS = (
    "SELECT a.id, count(e.id) FROM appointments_appointment a LEFT JOIN journal_entry e ON e.subject = a.id "
    "AND e.fact = 'appointment_booked' GROUP BY a.id HAVING count(e.id) <> 1"
)


def faults(*, overbook: int = 0) -> dict[str, list[Any]]:
    """Everything that is wrong; empty if all is well. `overbook` more may have one provider, or be in one group."""
    found = {
        **usual(),
        "crowded": crowded(overbook),
        "queue numbers": fetch(QUEUE_TWICE, []),
        "booked facts": fetch(FACTS, []),
        "visits astray": [one.number for one in Appointment.objects.whole() if not _visit_follows(one)],
    }
    return {name: rows for name, rows in found.items() if rows}


def crowded(overbook: int = 0) -> list[int]:
    """Resources that more use at one moment than may, whatever the lane."""
    spans: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    rows = Reservation.objects.select_related("resource")
    for row in rows:
        extra = overbook if row.resource.kind in ("provider", "session") else 0
        spans[row.resource_id, row.resource.capacity + extra].append((row.start, row.end))
    return [resource for (resource, places), taken in spans.items() if depth(taken) > places]


def depth(spans: Iterable[tuple[int, int]]) -> int:
    """How many lie on each other where most do. Whoever ends makes room for whoever begins then."""
    deepest = now = 0
    for _, step in sorted((at, step) for start, end in spans for at, step in ((start, 1), (end, -1))):
        now += step
        deepest = max(deepest, now)
    return deepest


def _visit_follows(appointment: Appointment) -> bool:
    """The visit is on the appointment's own day, at its time, in the state that belongs to its state."""
    visit, day = appointment.visit, local(appointment.clinic.timezone, appointment.start)[0]
    stands = visit.status in visits_of(appointment.status)
    return stands and (visit.day, visit.planned) == (day, appointment.start)
