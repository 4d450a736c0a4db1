"""What else the patient has on the day that is chosen."""

from datetime import timedelta
from uuid import UUID

from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.clinics.models import Clinic
from orderly.engine.walltime import day_start, local
from orderly.journal.actor import Actor

VIEW = "booking:view_calendar"
MOST = 5
GONE = (Status.CANCELLED, Status.NO_SHOW)


def same_day(patient: UUID, start: int, clinic: Clinic, *, actor: Actor) -> list[Appointment]:
    """The patient's other visits of that day, in clinics whose calendar the actor may look at. One query."""
    day, _ = local(clinic.timezone, start)
    window = day_start(clinic.timezone, day), day_start(clinic.timezone, day + timedelta(days=1))
    seen = Appointment.objects.visible_to(actor.within(VIEW)).filter(patient=patient).exclude(status__in=GONE)
    that_day = seen.filter(start__gte=window[0], start__lt=window[1]).order_by("start", "id").defer("clinic__logo")
    beside = that_day.select_related("service", "provider", "proposed_provider", "clinic", "visit").defer(
        "clinic__logo"
    )
    return list(beside[:MOST])
