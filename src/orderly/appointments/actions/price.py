"""What a visit costs."""

from uuid import UUID

from orderly.appointments.actions.place import Placed
from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.appointments.queries.scene import Giver
from orderly.catalogue.queries import Terms


def price(patient: UUID, placed: Placed) -> int:
    """The provider's price; the follow-up price if the same service was completed here within the days it allows."""
    return price_at(patient, placed.scene.terms, placed.giver, placed.start)


def price_at(patient: UUID, terms: Terms, giver: Giver, start: int) -> int:
    """As `price`, where nothing has to be placed."""
    if terms.follow_up_price is None or not terms.follow_up_days:
        return giver.price
    since = start - terms.follow_up_days * 1440
    before = Appointment.objects.filter(
        patient=patient,
        clinic=terms.clinic,
        service=terms.service,
        status=Status.COMPLETED,
        start__gte=since,
        start__lt=start,
    )
    return terms.follow_up_price if before.exists() else giver.price
