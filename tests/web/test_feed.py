"""What the calendar is told: wall times of the clinic, whatever clocks do, and who is booking what."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from orderly.appointments.actions.book import book
from orderly.appointments.actions.hold import hold
from orderly.appointments.inputs import Wish
from orderly.clinics.models import Clinic
from orderly.engine.walltime import rfc3339
from orderly.people.queries import actor_for
from orderly.resources.models import Provider
from tests.factories import (
    MONDAY,
    NOW,
    TUESDAY,
    at,
    booking,
    make_actor,
    make_clinic,
    make_patient,
    make_provider,
    make_service,
    make_user,
    minute_of,
)
from tests.web.desk import Desk

pytestmark = pytest.mark.django_db

EVERY_DAY = 0b1111111
COLOUR = "#4263eb"
HOURS = (9 * 60, 17 * 60)


def feed(desk: Desk, first: date, days: int = 1) -> dict[str, Any]:
    query = {"from": str(first), "to": str(first + timedelta(days=days))}
    return desk.get("calendar-feed", desk.clinic.pk, **query).json()


def practice(desk: Desk, hours: tuple[int, int] | None = HOURS, **clinic: object) -> Desk:
    """The desk in another place, whose provider works every day."""
    desk.clinic = make_clinic(**clinic)
    desk.service = make_service(desk.clinic, 30, name="Consultation")
    desk.provider = make_provider(
        desk.clinic, service=desk.service, name="Karim", weekdays=EVERY_DAY, hours=hours, active_hours=None
    )
    return desk


def box(made: Any, start: str, end: str, patient: str = "Ann Lee", column: int = 0) -> list[object]:
    return [str(made.pk), column, start, end, "confirmed", 1, patient, "Consultation", COLOUR, ""]
