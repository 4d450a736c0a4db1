"""Moving a party, and calling it off: all of it that still can be, or none."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.reschedule import MODIFY
from orderly.appointments.actions.together import Moving, cancel_all, move_all
from orderly.appointments.actions.write import bad_transition
from orderly.appointments.choices import MOVABLE, MOVES, Status
from orderly.appointments.inputs import Move
from orderly.appointments.models import Appointment
from orderly.core.database import writing
from orderly.core.errors import CannotBookAll, Conflict, NotFound, Stale
from orderly.engine.problems import Problem
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.facts import Fact
from orderly.parties.facts import PartyCancelled, PartyMoved
from orderly.parties.queries.members import of_party, party_of, seen, version_of

CANCEL = "booking:cancel_appointment"
CANCELLABLE = frozenset(status for status, to in MOVES.items() if Status.CANCELLED in to)


class CannotMoveParty(CannotBookAll):
    """Some of it can't go there. The edge looks for other times for all of the `moves`, after the roll-back."""

    def __init__(self, against: Mapping[int, tuple[Problem, ...]], moves: Sequence[Moving]) -> None:
        super().__init__(against)
        self.moves = moves


def move_party(
    party: UUID, start: int, *, actor: Actor, now: datetime, version: int | None = None, tell: bool | None = None
) -> None:
    """Move all that still can move by the same shift, so that the first of them begins at `start`.

    Errors: NotFound, Forbidden (`booking:modify_appointment`), Stale; Conflict where none can move any more;
    CannotMoveParty with the reasons against each, by its place in the party.
    """
    with writing():
        found = locked(party, MODIFY, actor, version)
        shift = start - min(one.start for one in _those(found, MOVABLE, "rescheduled"))
        _shift(party, found, shift, {}, tell, actor=actor, now=now)


def move_along(
    appointment: UUID, move: Move, *, actor: Actor, now: datetime, version: int | None = None
) -> Appointment:
    """Move an appointment, and the others of its party by as much. Errors: as for `move_party`."""
    with writing():
        party = _party_of(appointment)
        found = locked(party, MODIFY, actor, None)
        mine = _seen(found, appointment, version)
        _shift(party, found, move.start - mine.start, {appointment: move}, move.tell, actor=actor, now=now)
        return mine


def cancel_party(
    party: UUID,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    version: int | None = None,
    tell: bool | None = None,
) -> None:
    """Call off all that still can be, for one reason, each with what it costs.

    Errors: NotFound, Forbidden (`booking:cancel_appointment`), Stale; Invalid without a reason; Conflict where there is
    nothing left to call off.
    """
    with writing():
        found = locked(party, CANCEL, actor, version)
        off = _those(found, CANCELLABLE, Status.CANCELLED)
        cancel_all([one.pk for one in off], reason, actor=actor, now=now, note=note, tell=tell)
        _record(PartyCancelled, party, off, actor=actor, now=now)


def cancel_along(
    appointment: UUID,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    version: int | None = None,
    tell: bool | None = None,
) -> Appointment:
    """Call off an appointment, and the others of its party. Errors: as for `cancel_party`."""
    with writing():
        party = _party_of(appointment)
        _seen(locked(party, CANCEL, actor, None), appointment, version)
        cancel_party(party, reason, actor=actor, now=now, note=note, tell=tell)
        return next(one for one in of_party(party) if one.pk == appointment)


def _party_of(appointment: UUID) -> UUID:
    found = party_of(appointment)
    if found is None:
        raise NotFound
    return found


def locked(party: UUID, permission: str, actor: Actor, version: int | None) -> list[Appointment]:
    """Its appointments in their order, locked in the one that all verbs keep, before any resource."""
    actor.require(permission, seen(party, actor).clinic_id)
    rows = Appointment.objects.filter(member__party=party).order_by("pk")
    list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk"))
    found = of_party(party)
    if version is not None and version != version_of(found):
        raise Stale
    return found


def _seen(found: Sequence[Appointment], appointment: UUID, version: int | None) -> Appointment:
    """The one of them, in the version in which it was seen."""
    mine = next(one for one in found if one.pk == appointment)
    if version is not None and version != mine.version:
        raise Stale
    return mine


def _those(found: Sequence[Appointment], states: Collection[str], to: str) -> list[Appointment]:
    """Those in one of these states; refused where there are none."""
    some = [one for one in found if one.status in states]
    if not some:
        raise Conflict(bad_transition(found[0], to))
    return some


def _shift(
    party: UUID,
    found: Sequence[Appointment],
    by: int,
    otherwise: Mapping[UUID, Move],
    tell: bool | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Move those that can move, `otherwise` saying which go elsewhere than the others."""
    places = [place for place, one in enumerate(found) if one.status in MOVABLE or one.pk in otherwise]
    moves = []
    for place in places:
        one = found[place]
        move = otherwise.get(one.pk) or Move(start=one.start + by, tell=tell)
        moves.append(Moving(appointment=one.pk, move=move, version=one.version))
    try:
        moved = move_all(moves, actor=actor, now=now)
    except CannotBookAll as refused:
        against = {places[nth]: problems for nth, problems in refused.against.items()}
        raise CannotMoveParty(against, moves) from refused
    _record(PartyMoved, party, moved, actor=actor, now=now)


def _record(fact: type[Fact], party: UUID, changed: Sequence[Appointment], *, actor: Actor, now: datetime) -> None:
    ids = {"appointments": [str(one.pk) for one in changed]}
    record(fact(subject=party, clinic=changed[0].clinic_id, ids=ids), actor=actor, now=now)
