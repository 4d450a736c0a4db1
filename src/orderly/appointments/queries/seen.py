"""When somebody was last seen."""

from datetime import date
from uuid import UUID

from django.db.models import Max

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment


def last_seen(patient: UUID, clinic: UUID) -> date | None:
    """The day of their last completed visit in a clinic; None where there is none."""
    done = Appointment.objects.filter(patient=patient, clinic=clinic, status=Status.COMPLETED)
    day: date | None = done.aggregate(day=Max("visit__day"))["day"]
    return day
