"""Who should come, and hasn't yet."""

from uuid import UUID

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment, AppointmentQuerySet


def expected(clinic: UUID, first: int, until: int) -> AppointmentQuerySet:
    """Confirmed for a time from `first` to `until` (minutes, both included); the earliest, and so the late, first."""
    rows = Appointment.objects.filter(clinic=clinic, status=Status.CONFIRMED, start__gte=first, start__lte=until)
    return rows.select_related("patient", "provider", "service", "visit", "payment").order_by("start", "id")
