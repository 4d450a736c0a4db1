"""Everything the panel shows of one appointment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from orderly.appointments.models import Appointment, CancelReason
from orderly.core.errors import NotFound
from orderly.journal.actor import Actor
from orderly.resources.models import Asset
from orderly.web.appointments.steps import Offered, offered
from orderly.web.appointments.story import AUDIT, Line, story
from orderly.web.patients.cards import Card, cards
from orderly.web.words import CANCEL_REASONS, PAYMENT, SOURCE

VIEW = "booking:view_calendar"


@dataclass(frozen=True, slots=True)
class Details:
    appointment: Appointment
    patient: Card
    assets: list[str]
    offered: Offered
    reasons: list[tuple[str, Any]]
    history: list[Line]
    audits: bool

    @property
    def source(self) -> Any:
        return SOURCE[self.appointment.source]

    @property
    def payment(self) -> Any:
        return PAYMENT[self.appointment.payment.status]

    @property
    def cancel_reason(self) -> Any:
        listed = self.appointment.cancel_reason
        return named(listed) if listed else ""


def found_for(appointment: UUID, *, actor: Actor) -> Appointment:
    """The appointment if it is the actor's to see. Raises NotFound, Forbidden."""
    found = Appointment.objects.visible_to(actor).whole().select_related("cancel_reason").filter(pk=appointment).first()
    if found is None:
        raise NotFound
    actor.require(VIEW, found.clinic_id)
    return found


def details(found: Appointment, *, actor: Actor, now: datetime) -> Details:
    [patient] = cards([found.patient], found.clinic, now=now)
    used = {resource for resource, _, _ in found.uses}
    can = offered(found, actor)
    return Details(
        appointment=found,
        patient=patient,
        assets=list(Asset.objects.filter(resource__in=used).values_list("name", flat=True)),
        offered=can,
        reasons=_reasons(found) if can.cancel else [],
        history=story(found, actor),
        audits=actor.may(AUDIT, found.clinic_id),
    )


def _reasons(found: Appointment) -> list[tuple[str, Any]]:
    """The organisation's in their usual order, then the clinic's own, "other" last."""
    listed = CancelReason.objects.filter(Q(clinic=found.clinic_id) | Q(clinic__isnull=True), active=True)
    usual = list(CANCEL_REASONS)
    shown = sorted(listed, key=lambda one: (one.code == "other", one.clinic_id is not None, *_place(one, usual)))
    return [(reason.code, named(reason)) for reason in shown]


def _place(reason: CancelReason, usual: list[str]) -> tuple[int, str]:
    return usual.index(reason.code) if reason.code in usual else len(usual), reason.name


def named(reason: CancelReason) -> Any:
    return CANCEL_REASONS.get(reason.code, reason.name) if reason.clinic_id is None else reason.name
