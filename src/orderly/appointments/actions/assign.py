"""Choosing who is to serve a request."""

from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.progress import confirm
from orderly.appointments.actions.reschedule import carry_out
from orderly.appointments.actions.write import bad_transition, locked
from orderly.appointments.choices import Status
from orderly.appointments.facts import AppointmentAssigned
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.core.database import writing
from orderly.core.errors import Conflict
from orderly.journal.actor import Actor


def assign(
    appointment: UUID, provider: UUID, *, actor: Actor, now: datetime, version: int | None = None
) -> Appointment:
    """The request is this provider's, at the time it asks for: no longer a proposal that may move, not yet a promise.

    Other proposals make room where they can. It takes as long as it does with that provider, unless a length was asked
    for.
    Errors: NotFound, Forbidden (`booking:modify_appointment`), Stale; Conflict `bad_transition` for what isn't a
    request; CannotBook with every reason why the provider can't.
    """
    with writing():
        found = locked(appointment, "booking:modify_appointment", actor=actor, version=version)
        if found.status != Status.REQUESTED:
            raise Conflict(bad_transition(found, "assigned"))
        carry_out(found, Move(start=found.start, provider=provider), AppointmentAssigned, actor=actor, now=now)
        return found


def assign_and_confirm(
    appointment: UUID,
    provider: UUID,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    tell: bool | None = None,
) -> Appointment:
    """Both at once, or neither. `tell` is whether the patient is to be told. Errors as for both."""
    with writing():
        found = locked(appointment, "booking:modify_appointment", actor=actor, version=version)
        if found.provider_id != provider:
            assign(appointment, provider, actor=actor, now=now)
        return confirm(appointment, actor=actor, now=now, tell=tell)
