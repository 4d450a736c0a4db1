"""What is left open while an appointment is only requested, and filled in when it is confirmed."""

from orderly.appointments.actions.price import price_at
from orderly.appointments.actions.write import clinic_day, next_queue_number, save_visit
from orderly.appointments.models import Appointment
from orderly.appointments.queries.scene import Giver, scene
from orderly.billing.actions import reprice
from orderly.resources.models import Provider


def settle(found: Appointment) -> None:
    """Its price and shares by the provider who was chosen, and its number in the queue."""
    assert found.provider is not None  # whoever has none can't be confirmed
    stage = scene(found.service_id, found.clinic_id, provider=found.provider_id)
    giver = stage.givers.get(found.provider.pk) or _former(found.provider, stage.terms.price)
    total = price_at(found.patient_id, stage.terms, giver, found.start)
    reprice(found.payment, total, share_percent=giver.share_percent)
    if found.visit.queue_number is None:
        save_visit(found.visit, queue_number=next_queue_number(found.clinic_id, clinic_day(found, found.start)))


def _former(provider: Provider, price: int) -> Giver:
    """Somebody who doesn't give the service any more, but will this once."""
    return Giver(provider.pk, provider.resource_id, 0, price, provider.share_percent)
