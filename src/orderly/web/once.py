"""One form, one appointment: however often it is sent, from however many windows, whichever way it comes back."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from orderly.appointments.models import Appointment
from orderly.edge.idempotency import Answer, once
from orderly.journal.actor import Actor


def made_once(
    what: str, token: object, clinic: UUID, make: Callable[[], Appointment], *, actor: Actor, now: datetime
) -> Appointment:
    """What `make` made for this form the first time, whatever the form says by now.

    Errors as for making; Conflict `contended` while its twin is at work.
    """
    digest = hashlib.sha256(f"{what} {clinic}".encode()).hexdigest()
    key = f"{what} {token}" if token else None
    answer = once(key, digest, lambda: Answer(200, str(make().pk)), user=actor.person(), now=now)
    return Appointment.objects.get(pk=answer.body)
