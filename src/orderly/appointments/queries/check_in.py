"""Who may say "I'm here" without a desk, and when."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from orderly.appointments.choices import Status, VisitStatus
from orderly.appointments.models import CheckInLink, Visit
from orderly.appointments.queries.queue import in_turn
from orderly.clinics.models import Clinic
from orderly.core.clock import minute
from orderly.engine.walltime import local
from orderly.people.queries import digest

AHEAD: Final = 120  # minutes before the planned time
FEWEST_DIGITS: Final = 4  # of a mobile number
NOT_DIGITS: Final = re.compile(r"\D")


class Standing(StrEnum):
    """How a visit stands with somebody who wants to check in."""

    EARLY = "early"
    EXPECTED = "expected"
    HERE = "here"
    OVER = "over"


def linked(secret: str) -> Visit | None:
    """The visit that a link is for."""
    found = CheckInLink.objects.filter(digest=digest(secret)).select_related(
        "visit__appointment__patient", "visit__appointment__provider", "visit__clinic"
    )
    link = found.defer("visit__clinic__logo").first()
    return link.visit if link else None


def standing(visit: Visit, zone: str, *, now: datetime) -> Standing:
    """Open on the clinic's day of the visit, from two hours before its time. Who is here stays so until they go."""
    status, at = Status(visit.appointment.status), minute(now)
    today = local(zone, at)[0] == visit.day
    if status in (Status.ARRIVED, Status.IN_PROGRESS) and today:
        return Standing.HERE
    if status is not Status.CONFIRMED or local(zone, at)[0] > visit.day:
        return Standing.OVER
    return Standing.EXPECTED if today and at >= visit.planned - AHEAD else Standing.EARLY


def ahead_of(visit: Visit, *, now: datetime) -> int | None:
    """How many are called before them, as things stand; None for who doesn't wait."""
    if visit.status != VisitStatus.WAITING:
        return None
    order = in_turn(visit.clinic_id, now=now)
    return order.index(visit.appointment_id) if visit.appointment_id in order else None


def at_kiosk(clinic: Clinic, birth_date: date, proof: str, *, now: datetime) -> UUID | None:
    """The appointment of the one person who is expected or here, was born that day and knows this number; the first
    that is open. Nobody where two persons fit.
    """
    today = local(clinic.timezone, minute(now))[0]
    rows = Visit.objects.filter(
        clinic=clinic,
        day=today,
        appointment__status__in=(Status.CONFIRMED, Status.ARRIVED),
        appointment__patient__birth_date=birth_date,
    )
    fitting = [visit for visit in rows.select_related("appointment__patient") if _knows(visit, proof)]
    if len({visit.appointment.patient_id for visit in fitting}) != 1:
        return None
    standings = [(standing(visit, clinic.timezone, now=now), visit.planned, visit) for visit in fitting]
    for wanted in (Standing.EXPECTED, Standing.HERE):
        there = [visit for stands, _, visit in standings if stands is wanted]
        if there:
            return min(there, key=lambda visit: visit.planned).appointment_id
    return None


def _knows(visit: Visit, proof: str) -> bool:
    said = "".join(proof.upper().split())
    number = visit.appointment.number
    if said in (number, number.rpartition("-")[2]):
        return True
    digits = NOT_DIGITS.sub("", said).lstrip("0" if len(said) > FEWEST_DIGITS else "")
    return len(digits) >= FEWEST_DIGITS and visit.appointment.patient.mobile.endswith(digits)
