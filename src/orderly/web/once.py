"""One form, one thing made: however often it is sent, from however many windows, whichever way it comes back."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from orderly.appointments.models import Appointment
from orderly.core.errors import Conflict
from orderly.edge.idempotency import HEADER, Answer, once
from orderly.journal.actor import Actor
from orderly.patients.models import Patient


def made_once(
    what: str, token: object, clinic: UUID, make: Callable[[], Appointment], *, actor: Actor, now: datetime
) -> Appointment:
    """What `make` made for this form the first time, whatever the form says by now.

    Errors as for making; Conflict `contended` while its twin is at work.
    """
    return Appointment.objects.get(pk=kept_once(what, token, clinic, lambda: make().pk, actor=actor, now=now))


def registered_once(
    token: object, clinic: UUID, make: Callable[[], Patient], *, actor: Actor, now: datetime
) -> Patient:
    """The record that `make` made for this form the first time. Errors: as for `made_once`."""
    return Patient.objects.get(pk=kept_once("registration", token, clinic, lambda: make().pk, actor=actor, now=now))


def kept_once(what: str, token: object, clinic: UUID, make: Callable[[], UUID], *, actor: Actor, now: datetime) -> UUID:
    """The id of what `make` made for this form the first time. Errors: as for `made_once`."""
    digest = hashlib.sha256(f"{what} {clinic}".encode()).hexdigest()
    key = f"{what} {token}" if token else None
    try:
        answer = once(key, digest, lambda: Answer(200, str(make())), user=actor.person(), now=now)
    except Conflict as refused:
        if all(problem.field != HEADER for problem in refused.problems):
            raise
        raise Conflict(*(replace(one, field="") for one in refused.problems)) from refused  # a form has no such field
    return UUID(answer.body)
