"""What hangs on a record, told before it hangs on another."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q

from orderly.appointments.models import Appointment
from orderly.core.clock import minute
from orderly.journal.actor import Actor
from orderly.patients.models import Patient

BOOKINGS: Final = "booking:view_calendar"


@dataclass(frozen=True, slots=True)
class Belongings:
    """As far as the actor may see them; what other clinics have of the person moves too, untold."""

    ahead: int
    past: int
    family: int
    wards: int


def belongings(patient: Patient, *, actor: Actor, now: datetime) -> Belongings:
    rows = Appointment.objects.visible_to(actor.within(BOOKINGS)).filter(patient=patient).order_by()
    coming = Q(end__gt=minute(now))
    visits = rows.aggregate(ahead=Count("pk", filter=coming), past=Count("pk", filter=~coming))
    mine = Patient.objects.viewable_by(actor)
    return Belongings(**visits, family=mine.filter(family=patient).count(), wards=mine.filter(guardian=patient).count())


def still_of(patient: Patient, appointments: Collection[UUID], *, actor: Actor) -> int:
    """How many of these appointments are the patient's, as far as the actor may see them."""
    rows = Appointment.objects.visible_to(actor.within(BOOKINGS))
    return rows.filter(patient=patient, pk__in=appointments).count()
