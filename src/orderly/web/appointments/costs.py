"""What calling off and not coming cost, before it is done."""

from dataclasses import dataclass
from datetime import datetime

from orderly.appointments.actions.cancel import free_until, late_fee_of
from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.clinics.models import FeeKind
from orderly.core.clock import minute_up


@dataclass(frozen=True, slots=True)
class Costs:
    """In minor units. `until`: calling off is free until then, or has been; None where it always is. `refund` is what
    would be given back of what was paid, `void` what would be owed no more.
    """

    fee: int
    until: int | None
    late: bool
    refund: int
    void: int
    no_show: int


def costs(found: Appointment, *, now: datetime) -> Costs:
    clinic, payment = found.clinic, found.payment
    fee = late_fee_of(found, now=now)
    ruled = clinic.late_fee_kind != FeeKind.NONE and clinic.late_fee > 0 and found.status != Status.REQUESTED
    return Costs(
        fee=fee,
        until=free_until(found) if ruled else None,
        late=minute_up(now) > free_until(found),
        refund=max(0, payment.paid - fee),
        void=0 if payment.paid else payment.total,
        no_show=clinic.no_show_fee,
    )
