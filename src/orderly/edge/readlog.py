"""Who was shown what about patients and appointments, written down before the answer leaves.

Whatever answers with a patient or an appointment says so where it is declared (`reads(…, shows=…)`,
`guard(…, shows=…)`) and calls `looked`; if it forgets, nothing is shown.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest

from orderly.appointments.models import Appointment
from orderly.core.edits import plain
from orderly.edge.actors import actor_of, now_of
from orderly.journal.actions import AT_ONCE, look
from orderly.journal.actor import Actor
from orderly.journal.models import Kind, Look
from orderly.patients.models import Registration

WATCHED_FOR: Final = timedelta(minutes=5)
MOST_WATCHED: Final = 10_000
LOGGED: Final = "_looked"

_watched: dict[str, datetime] = {}
_watching = Lock()


class Unlogged(RuntimeError):
    """A view shows patients or appointments and logged no look: a mistake in the program."""


def looked(
    request: HttpRequest,
    what: str,
    subject: UUID | None = None,
    *,
    among: Iterable[UUID] = (),
    clinic: UUID | None = None,
    kind: Kind = Kind.VIEW,
    **asked: Any,
) -> None:
    """Log that the actor is shown a thing (`subject`) or a list of things (`among`); call it before answering.

    `what` is what they are ("patient", "appointment_history"); `asked` are the filters, never words that somebody
    typed. It concerns `clinic`, or, if that isn't said, those of the actor's clinics whose things they are. Errors:
    Conflict `contended` where it can't be written.
    """
    things = list(among)
    row = _row(request, what, subject, clinic=clinic, kind=kind, asked=asked, count=len(things) + (subject is not None))
    shown = things if subject is None else [subject, *things]
    look(row, things, () if clinic else _concerned(actor_of(request), shown))
    setattr(request, LOGGED, True)


def _concerned(actor: Actor, things: Sequence[UUID]) -> set[UUID]:
    """The actor's clinics that these patients and appointments are of; all that were asked, where there are none."""
    if actor.clinics is not None and (len(actor.clinics) == 1 or not things):
        return set(actor.clinics)
    pieces = (things[first : first + AT_ONCE] for first in range(0, len(things), AT_ONCE))
    found = {clinic for some in pieces for clinic in _clinics_of(some)}
    return found if actor.clinics is None else found & actor.clinics


def _clinics_of(things: Sequence[UUID]) -> Iterable[UUID]:
    knowing = Registration.objects.filter(patient__in=things).order_by().values_list("clinic")
    having = Appointment.objects.filter(pk__in=things).order_by().values_list("clinic")
    return (clinic for (clinic,) in knowing.union(having))


def watched(request: HttpRequest, what: str, subject: UUID | None = None, *, clinic: UUID, **asked: Any) -> None:
    """Log that the actor has a calendar (or one thing, `subject`) before them, whose every change is fetched anew: once
    in five minutes for the same clinic, thing, days and filters.
    """
    row = _row(request, what, subject, clinic=clinic, kind=Kind.VIEW, asked=asked, count=int(subject is not None))
    key = json.dumps([row.what, str(subject), str(clinic), str(row.user), row.address, row.asked], sort_keys=True)
    with _watching:
        since = _watched.get(key)
    if since is None or not since <= row.at < since + WATCHED_FOR:
        look(row)
        _remember(key, row.at)
    setattr(request, LOGGED, True)


def require_look(request: HttpRequest, status: int) -> None:
    """Raises Unlogged where an answer that shows something was made and no look was logged."""
    if status < 300 and not hasattr(request, LOGGED):
        raise Unlogged(request.path)


def _row(request: HttpRequest, what: str, subject: UUID | None, *, asked: Mapping[str, Any], **more: Any) -> Look:
    actor = actor_of(request)
    given = {name: _plain(value) for name, value in asked.items() if value not in (None, "", [], ())}
    return Look(
        at=now_of(request),
        what=what,
        subject=subject,
        user=actor.user,
        address=actor.address,
        asked=given,
        **more,
    )


def _plain(value: Any) -> Any:
    return [plain(one) for one in value] if isinstance(value, list | tuple | frozenset | set) else plain(value)


def _remember(key: str, at: datetime) -> None:
    with _watching:
        if len(_watched) >= MOST_WATCHED:
            _watched.clear()  # a few looks are written once more; none is lost
        _watched[key] = at
