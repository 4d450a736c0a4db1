"""How an appointment, its visit and its payment are shown."""

from collections.abc import Iterable
from typing import TypeAlias
from uuid import UUID

from pydantic import Field

from orderly.api.schemas import Money, Out
from orderly.api.types import moment
from orderly.appointments.choices import Status
from orderly.appointments.models import Appointment, Visit
from orderly.billing.models import Payment
from orderly.engine.walltime import rfc3339
from orderly.packages.queries import Place, places
from orderly.resources.models import Resource

Names: TypeAlias = dict[int, UUID]
"""Ids by which resources are known outside."""


class Cancellation(Out):
    """Why it was called off, and what that costs; of a visit missed without a word, only the fee."""

    reason: str | None
    note: str
    fee: Money | None
    refund: Money | None


class Drawn(Out):
    """Which session of which purchase it draws on, or drew on before it was called off."""

    purchase: UUID
    session_number: int


class AppointmentOut(Out):
    id: UUID
    number: str
    clinic: UUID
    patient: UUID
    provider: UUID | None
    proposed_provider: UUID | None
    service: UUID
    resources: list[UUID]
    team: list[UUID] = Field(description="the other providers who take part")
    session: UUID | None = Field(description="the group's session that it is in")
    start: str
    end: str
    duration_minutes: int
    status: str
    source: str
    referral: str
    notes: str
    package: Drawn | None
    cancellation: Cancellation | None
    overbook_reason: str
    afterwards_reason: str
    created_by: UUID | None
    created_at: str
    version: int


class VisitOut(Out):
    id: UUID
    type: str
    status: str
    queue_number: int | None
    planned_at: str
    arrived_at: str | None
    called_at: str | None
    done_at: str | None


class PaymentOut(Out):
    id: UUID
    status: str
    method: str
    total: Money
    paid: Money
    provider_share: Money | None
    clinic_share: Money | None


class Whole(Out):
    """An appointment with its visit and its payment."""

    appointment: AppointmentOut
    visit: VisitOut
    payment: PaymentOut

    @property
    def version(self) -> int:
        return self.appointment.version


def whole(appointment: Appointment) -> Whole:
    """From an appointment read with `whole()`, in one more query."""
    [shown] = listed([appointment])
    zone = appointment.clinic.timezone
    return Whole(appointment=shown, visit=visit_out(appointment.visit, zone), payment=_payment(appointment.payment))


def listed(appointments: Iterable[Appointment]) -> list[AppointmentOut]:
    """However many they are, their chairs, rooms and teams are looked up in one query, and their packages in one."""
    rows = list(appointments)
    used = {resource for row in rows for resource, _, _ in row.uses}
    named = Resource.objects.filter(pk__in=used).values_list("pk", "asset", "provider")
    assets: Names = {}
    providers: Names = {}
    for resource, asset, provider in named:
        if asset is not None:
            assets[resource] = asset
        elif provider is not None:
            providers[resource] = provider
    prepaid = places([row.payment for row in rows])
    return [_appointment(row, assets, providers, prepaid.get(row.payment_id)) for row in rows]


def _appointment(row: Appointment, assets: Names, providers: Names, drawn: Place | None) -> AppointmentOut:
    zone = row.clinic.timezone
    used = list(dict.fromkeys(resource for resource, _, _ in row.uses))
    return AppointmentOut(
        id=row.pk,
        number=row.number,
        clinic=row.clinic_id,
        patient=row.patient_id,
        provider=row.provider_id,
        proposed_provider=row.proposed_provider_id,
        service=row.service_id,
        resources=[assets[one] for one in used if one in assets],
        team=[providers[one] for one in used if one in providers and providers[one] != row.provider_id],
        session=row.session_id,
        start=rfc3339(zone, row.start),
        end=rfc3339(zone, row.end),
        duration_minutes=row.end - row.start,
        status=row.status,
        source=row.source,
        referral=row.referral,
        notes=row.notes,
        package=None if drawn is None else Drawn(purchase=drawn.purchase, session_number=drawn.number),
        cancellation=_cancellation(row),
        overbook_reason=row.overbook_reason,
        afterwards_reason=row.afterwards_reason,
        created_by=row.created_by_id,
        created_at=str(moment(zone, row.created_at)),
        version=row.version,
    )


def _cancellation(row: Appointment) -> Cancellation | None:
    if row.status not in (Status.CANCELLED, Status.NO_SHOW):
        return None
    currency = row.payment.currency
    return Cancellation(
        reason=row.cancel_reason.code if row.cancel_reason else None,
        note=row.cancel_note,
        fee=None if row.fee is None else Money.of(row.fee, currency),
        refund=None if row.refund is None else Money.of(row.refund, currency),
    )


def visit_out(visit: Visit, zone: str) -> VisitOut:
    return VisitOut(
        id=visit.pk,
        type=visit.type,
        status=visit.status,
        queue_number=visit.queue_number,
        planned_at=rfc3339(zone, visit.planned),
        arrived_at=moment(zone, visit.arrived_at),
        called_at=moment(zone, visit.called_at),
        done_at=moment(zone, visit.done_at),
    )


def _payment(payment: Payment) -> PaymentOut:
    def money(minor: int) -> Money:
        return Money.of(minor, payment.currency)

    return PaymentOut(
        id=payment.pk,
        status=payment.status,
        method=payment.method,
        total=money(payment.total),
        paid=money(payment.paid),
        provider_share=None if payment.provider_share is None else money(payment.provider_share),
        clinic_share=None if payment.clinic_share is None else money(payment.clinic_share),
    )
