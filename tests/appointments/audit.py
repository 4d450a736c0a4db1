"""What the tables themselves say, past all of the program: SQL that must find nothing."""

from typing import Any

from orderly.appointments.choices import VISIT_OF, Status, VisitStatus
from orderly.appointments.models import Appointment, Session
from orderly.calendars.models import Reservation
from orderly.core.database import fetch
from orderly.engine.walltime import local

OVERLAPS = (
    "SELECT one.id, other.id FROM calendars_reservation one JOIN calendars_reservation other "
    "ON one.resource_id = other.resource_id AND one.lane = other.lane AND one.id < other.id "
    'AND one.start < other."end" AND other.start < one."end"'
)
# A patient is one, whatever the lane.
PATIENTS_TWICE = (
    "SELECT one.id, other.id FROM appointments_appointment one JOIN appointments_appointment other "
    "ON one.patient_id = other.patient_id AND one.id < other.id AND one.claim_id IS NOT NULL "
    'AND other.claim_id IS NOT NULL AND one.start < other."end" AND other.start < one."end"'
)
HALF_BOOKED = (
    "SELECT a.id FROM appointments_appointment a LEFT JOIN appointments_visit v ON v.appointment_id = a.id "
    "LEFT JOIN billing_payment p ON p.id = a.payment_id LEFT JOIN calendars_claim c ON c.id = a.claim_id "
    "LEFT JOIN journal_entry e ON e.subject = a.id AND e.fact = 'appointment_booked' "
    "WHERE v.id IS NULL OR p.id IS NULL OR e.id IS NULL "
    "OR (v.queue_number IS NULL AND 'requested' NOT IN (a.status, a.cancelled_from)) "
    "OR (c.id IS NULL AND a.status <> 'cancelled') "
    "OR (c.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM calendars_reservation r WHERE r.claim_id = c.id))"
)
LOST = {
    "payments": (
        "SELECT p.id FROM billing_payment p LEFT JOIN appointments_appointment a ON a.payment_id = p.id "
        "WHERE a.id IS NULL"
    ),
    "claims": (
        "SELECT c.id FROM calendars_claim c LEFT JOIN appointments_appointment a ON a.claim_id = c.id "
        "LEFT JOIN calendars_hold h ON h.claim_id = c.id LEFT JOIN appointments_session s ON s.claim_id = c.id "
        "WHERE a.id IS NULL AND h.id IS NULL AND s.id IS NULL"
    ),
    "sessions": (
        "SELECT s.id FROM appointments_session s "
        "WHERE NOT EXISTS (SELECT 1 FROM calendars_reservation r WHERE r.resource_id = s.resource_id)"
    ),
    "places": (
        "SELECT r.id FROM resources_resource r LEFT JOIN appointments_session s ON s.resource_id = r.id "
        "WHERE r.kind = 'session' AND s.id IS NULL"
    ),
    "facts": (
        "SELECT e.id FROM journal_entry e LEFT JOIN appointments_appointment a ON a.id = e.subject "
        "WHERE e.fact = 'appointment_booked' AND a.id IS NULL"
    ),
}


# The visit and the payment follow their appointment.
ASTRAY = {
    "planned times": (
        "SELECT a.id FROM appointments_appointment a JOIN appointments_visit v ON v.appointment_id = a.id "
        "WHERE v.planned <> a.start"
    ),
    "payments": (
        "SELECT a.id FROM appointments_appointment a JOIN billing_payment p ON p.id = a.payment_id "
        "WHERE p.paid = 0 AND (p.status = 'void') <> (a.status = 'cancelled')"
    ),
    "queue numbers": (
        "SELECT v.id FROM appointments_visit v LEFT JOIN appointments_queuecounter q "
        "ON q.clinic_id = v.clinic_id AND q.day = v.day WHERE v.queue_number > COALESCE(q.last, 0)"
    ),
}


def on_another_day() -> list[object]:
    """Visits that aren't on their appointment's day of the clinic."""
    rows = Appointment.objects.values_list("pk", "clinic__timezone", "start", "visit__day")
    return [pk for pk, zone, start, day in rows if local(zone, start)[0] != day]


def visits_of(status: str) -> set[str]:
    """Where a visit may stand whose appointment is in this state: the queue has moves of its own."""
    own = {Status.ARRIVED: VisitStatus.CALLED, Status.CANCELLED: VisitStatus.LEFT}
    return {VISIT_OF[Status(status)], own.get(Status(status), VISIT_OF[Status(status)])}


def out_of_step() -> list[object]:
    """Visits that aren't where their appointment is."""
    rows = Appointment.objects.values_list("pk", "status", "visit__status")
    return [pk for pk, status, visit in rows if visit not in visits_of(status)]


def misremembered() -> list[object]:
    """Appointments whose `uses` are not exactly what their claim and their session's hold."""
    held: dict[int | None, list[tuple[int, int, int]]] = {}
    for claim, *place in Reservation.objects.values_list("claim", "resource", "start", "end"):
        held.setdefault(claim, []).append(tuple(place))
    rows = Appointment.objects.filter(claim__isnull=False).values_list("pk", "claim", "session__claim", "start", "uses")
    return [
        pk
        for pk, claim, session, start, uses in rows
        if sorted(held.get(claim, []) + held.get(session, []))
        != sorted((one, start + low, start + high) for one, low, high in uses)
    ]


def unserved() -> list[object]:
    """Sessions whose claim doesn't hold exactly their `uses`: whoever serves them could be booked again."""
    found = []
    for one in Session.objects.all():
        held = Reservation.objects.filter(claim=one.claim_id).values_list("resource", "start", "end")
        if sorted(held) != sorted((who, one.start + low, one.start + high) for who, low, high in one.uses):
            found.append(one.pk)
    return found


def faults() -> dict[str, list[Any]]:
    """Everything that is wrong in the tables; empty if all is well."""
    found = {
        "overlaps": fetch(OVERLAPS, []),
        "patients twice": fetch(PATIENTS_TWICE, []),
        "half booked": fetch(HALF_BOOKED, []),
        **{f"lost {name}": fetch(sql, []) for name, sql in LOST.items()},
        **{f"{name} astray": fetch(sql, []) for name, sql in ASTRAY.items()},
        "on another day": on_another_day(),
        "out of step": out_of_step(),
        "misremembered": misremembered(),
        "unserved": unserved(),
    }
    return {name: rows for name, rows in found.items() if rows}
