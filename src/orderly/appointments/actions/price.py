"""What a visit costs."""

from uuid import UUID

from orderly.appointments.actions.place import Placed
from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment


def price(patient: UUID, placed: Placed) -> int:
    """The provider's price; the follow-up price if the same service was completed here within the days it allows."""
    terms = placed.scene.terms
    if terms.follow_up_price is None or not terms.follow_up_days:
        return placed.giver.price
    since = placed.start - terms.follow_up_days * 1440
    before = Appointment.objects.filter(
        patient=patient,
        clinic=terms.clinic,
        service=terms.service,
        status=Status.COMPLETED,
        start__gte=since,
        start__lt=placed.start,
    )
    return terms.follow_up_price if before.exists() else placed.giver.price
