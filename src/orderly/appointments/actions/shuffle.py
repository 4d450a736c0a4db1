"""Moving proposals: a request keeps its time and gets another provider, chair or length. One fact for each."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from orderly.appointments.actions.decide import Move
from orderly.appointments.actions.write import ids_of, save
from orderly.appointments.facts import AppointmentProposalMoved
from orderly.appointments.models import Appointment
from orderly.calendars.actions.claims import Place, claim, release
from orderly.calendars.models import ClaimKind
from orderly.calendars.queries import Taken, reservations
from orderly.core.errors import Conflict
from orderly.engine.problems import Code, Problem
from orderly.engine.slots import Use
from orderly.journal.actions import record
from orderly.journal.actor import Actor


def make_room(moves: Sequence[Move], *, actor: Actor, now: datetime) -> None:
    """Move these proposals, in a transaction that holds the locks on all they have and get.

    The verbs of an appointment lock its row before any resource; here it is the other way round, so nobody is waited
    for. Errors: Conflict `contended` where somebody is at work on one of them.
    """
    if not moves:
        return
    rows = Appointment.objects.proposals().filter(pk__in=[move.request.id for move in moves])
    found = {row.pk: row for row in rows.select_for_update(no_key=True, skip_locked=True)}
    if any(_changed(move, found.get(move.request.id)) for move in moves):
        raise Conflict(Problem(Code.CONTENDED))
    release(move.request.claim for move in moves)
    for move in moves:
        _move(found[move.request.id], move, actor=actor, now=now)


def _changed(move: Move, row: Appointment | None) -> bool:
    return row is None or row.claim_id != move.request.claim


def _move(row: Appointment, move: Move, *, actor: Actor, now: datetime) -> None:
    stage, uses = move.request.scene, move.to.uses
    giver = next(one for one in stage.givers.values() if one.resource == move.to.provider)
    old = _picture(row)
    places = [Place(use.resource, use.start, use.end, stage.parts[use.resource].capacity) for use in uses]
    save(
        row,
        claim=claim(places, kind=ClaimKind.APPOINTMENT, taken=_beside(places)),
        proposed_provider_id=giver.id,
        end=row.start + move.to.plan.length,
        uses=kept(uses, row.start),
    )
    new = _picture(row)
    changes = {name: (old[name], new[name]) for name in new if old[name] != new[name]}
    fact = AppointmentProposalMoved(subject=row.pk, clinic=row.clinic_id, ids=ids_of(row), changes=changes)
    record(fact, actor=actor, now=now)


def kept(uses: Iterable[Use], start: int) -> list[list[int]]:
    """What an appointment remembers of them: [resource, from, to] in minutes from its start."""
    return [[use.resource, use.start - start, use.end - start] for use in uses]


def _beside(places: Iterable[Place]) -> Sequence[Taken]:
    """Who is in shared rooms by now; nobody else can be where one is alone."""
    shared = [place for place in places if place.lanes > 1]
    if not shared:
        return ()
    low, high = min(place.start for place in shared), max(place.end for place in shared)
    return reservations({place.resource for place in shared}, low, high)


def _picture(row: Appointment) -> dict[str, object]:
    return {
        "proposed_provider": str(row.proposed_provider_id),
        "end": row.end,
        "resources": sorted({resource for resource, _, _ in row.uses}),
    }
