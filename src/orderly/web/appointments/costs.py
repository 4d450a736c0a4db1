"""What calling off and not coming cost, before it is done."""

from dataclasses import dataclass
from datetime import datetime

from orderly.appointments.actions.cancel import free_until, late_fee_of, late_uses_session
from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment
from orderly.clinics.models import FeeKind
from orderly.core.clock import minute_up


@dataclass(frozen=True, slots=True)
class Costs:
    """In minor units. `until`: calling off is free until then, or has been; None where it always is. `refund` is what
    would be given back of what was paid, `void` what would be owed no more. What is `prepaid` costs a session instead,
    if anything: `uses` it by calling off now, `no_show_uses` it.
    """

    prepaid: bool
    uses: bool
    no_show_uses: bool
    fee: int
    until: int | None
    late: bool
    refund: int
    void: int
    no_show: int


def costs(found: Appointment, *, now: datetime) -> Costs:
    clinic, payment = found.clinic, found.payment
    prepaid, fee = payment.credit_id is not None, late_fee_of(found, now=now)
    charged = clinic.late_fee_kind != FeeKind.NONE and clinic.late_fee > 0
    ruled = found.status != Status.REQUESTED and (clinic.late_cancel_uses_session if prepaid else charged)
    return Costs(
        prepaid=prepaid,
        uses=late_uses_session(found, now=now),
        no_show_uses=no_show_uses(found),
        fee=fee,
        until=free_until(found) if ruled else None,
        late=minute_up(now) > free_until(found),
        refund=0 if prepaid else max(0, payment.paid - fee),
        void=0 if prepaid or payment.paid else payment.total,
        no_show=no_show_fee(found),
    )


def no_show_uses(found: Appointment) -> bool:
    """Whether not coming uses its prepaid session, by the clinic's rule."""
    return found.payment.credit_id is not None and found.clinic.no_show_uses_session


def no_show_fee(found: Appointment) -> int:
    """Nothing of what is prepaid, which may be used instead."""
    return 0 if found.payment.credit_id else found.clinic.no_show_fee
