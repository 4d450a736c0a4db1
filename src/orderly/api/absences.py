"""What can't take place as it is booked, because somebody is away or something is closed: a plan for all of it
together, and moving all of it together.
"""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field, StrictInt

from orderly.absences.actions import MODIFY, undo_rearrangement
from orderly.absences.actions import rearrange as move_together
from orderly.absences.inputs import DAYS, MOST, MOST_DAYS, Rearrangement, Replacement, Spot
from orderly.absences.queries.proposal import Proposal, Row, propose
from orderly.absences.queries.prospects import Offered
from orderly.absences.queries.undoable import undoable_of
from orderly.api.appointments import Tell
from orderly.api.holds import Resources
from orderly.api.operations import reads, writes
from orderly.api.refusals import together
from orderly.api.schemas import In, Out
from orderly.api.shown import AppointmentOut, listed
from orderly.api.types import Id, Time, minute_of
from orderly.core.errors import invalid, missing
from orderly.edge.actors import actor_of, now_of
from orderly.edge.limits import SEARCH
from orderly.edge.readlog import looked
from orderly.edge.scope import clinic_for
from orderly.engine.walltime import rfc3339

router = Router(tags=["absences"])

Version = Annotated[StrictInt, Field(ge=1, le=2**31 - 1)]
Ids = Annotated[list[Id], Field(max_length=MOST)]


class PinIn(In):
    """Where this one is to go; without start and provider it stays as it is."""

    appointment: Id
    start: Time | None = None
    provider: Id | None = None


class AbsencePlanIn(In):
    """These appointments; or all that time off, a closure or maintenance strands; or all that is stranded by now."""

    clinic: Id
    appointments: Ids | None = None
    time_off: Id | None = None
    days: Annotated[StrictInt, Field(ge=0, le=MOST_DAYS)] = Field(DAYS, description="how far off other times may lie")
    same_provider: Ids = Field([], description="those for whom the provider matters more than the time")
    pinned: list[PinIn] = Field([], max_length=MOST)


class OfferedOut(Out):
    """`resources` go with it, where they had to be chosen; null where that is left to the move."""

    start: str
    end: str
    provider: UUID
    resources: list[UUID] | None
    shift_minutes: int
    another_provider: bool
    known_provider: bool


class PlanRowOut(Out):
    """`lost`: it was pinned to something that can't be had."""

    appointment: UUID
    version: int
    start: str
    provider: UUID | None
    proposed: OfferedOut | None
    alternatives: list[OfferedOut]
    pinned: bool
    lost: bool


class AbsencePlanOut(Out):
    """`proven_best`: there is no better plan for all together. `left_off` are too many for one plan."""

    items: list[PlanRowOut]
    proven_best: bool
    left_off: int


class ReplacementIn(In):
    appointment: Id
    start: Time
    provider: Id
    resources: Resources | None = None
    version: Version | None = None


class ApplyIn(In):
    clinic: Id
    moves: list[ReplacementIn] = Field(max_length=MOST)
    tell: Tell = None


class AppliedOut(Out):
    """`deed` is what `absences/undo` takes back."""

    appointments: list[AppointmentOut]
    deed: int | None


class UndoIn(In):
    clinic: Id
    deed: Annotated[StrictInt, Field(ge=1, le=2**63 - 1)]


@reads(router, "absences/plan", method="POST", needs=MODIFY, shows="appointments", limit=SEARCH)
def plan_absence(request: HttpRequest, body: AbsencePlanIn) -> AbsencePlanOut:
    """What would be best for all that is affected, together: as few as possible left behind, the same provider where
    that was asked, as few other times as possible, as little later or earlier as possible, somebody they know. Nothing
    is changed.
    """
    actor = actor_of(request)
    clinic = clinic_for(actor, MODIFY, body.clinic)
    asked = Rearrangement(
        clinic=body.clinic,
        appointments=None if body.appointments is None else frozenset(body.appointments),
        rule=body.time_off,
        days=body.days,
        keep=frozenset(body.same_provider),
        pinned={one.appointment: _spot(one, clinic.timezone) for one in body.pinned},
    )
    found = propose(asked, actor=actor, now=now_of(request))
    there = {row.appointment.pk for row in found.rows}
    for name, named in (("same_provider", asked.keep), ("pinned", asked.pinned)):
        if not there.issuperset(named):
            raise invalid(name, "unknown")
    looked(request, "absence_plan", among=[row.appointment.pk for row in found.rows], clinic=clinic.pk)
    return _plan(found, clinic.timezone)


@writes(router, "POST", "absences/apply", needs=MODIFY, dated=True)
def apply_plan(request: HttpRequest, body: ApplyIn) -> AppliedOut:
    """Move all of these, or none of them: then each reason names the move it is about. 412 where one was changed since
    the version it is given with: plan again.
    """
    actor = actor_of(request)
    zone = clinic_for(actor, MODIFY, body.clinic).timezone
    moves = [
        Replacement(
            appointment=one.appointment,
            start=minute_of(zone, one.start),
            provider=one.provider,
            resources=None if one.resources is None else frozenset(one.resources),
            version=one.version,
        )
        for one in body.moves
    ]
    with together("moves", zone):
        moved = move_together(body.clinic, moves, actor=actor, now=now_of(request), tell=body.tell)
    done = undoable_of(body.clinic, actor.user, now_of(request))
    return AppliedOut(appointments=listed(moved), deed=done.pk if done else None)


@writes(router, "POST", "absences/undo", needs=MODIFY, status=204)
def undo_apply(request: HttpRequest, body: UndoIn) -> None:
    """Take back that one has applied a plan, within three minutes: all of it, or none. Each is where it was, though it
    can't take place there. Refused with `not_undoable` where that isn't possible any more.
    """
    actor = actor_of(request)
    zone = clinic_for(actor, MODIFY, body.clinic).timezone
    with together("appointments", zone):
        undo_rearrangement(body.clinic, body.deed, actor=actor, now=now_of(request))


def _spot(pin: PinIn, zone: str) -> Spot | None:
    if pin.start is None and pin.provider is None:
        return None
    if pin.start is None or pin.provider is None:
        raise missing("pinned.start" if pin.start is None else "pinned.provider")
    return Spot(provider=pin.provider, start=minute_of(zone, pin.start))


def _plan(found: Proposal, zone: str) -> AbsencePlanOut:
    return AbsencePlanOut(
        items=[_row(row, zone) for row in found.rows], proven_best=found.proven, left_off=found.left_off
    )


def _row(row: Row, zone: str) -> PlanRowOut:
    one = row.appointment
    return PlanRowOut(
        appointment=one.pk,
        version=one.version,
        start=rfc3339(zone, one.start),
        provider=one.provider_id,
        proposed=None if row.offered is None else _offered(row.offered, zone),
        alternatives=[_offered(other, zone) for other in row.alternatives],
        pinned=row.pinned,
        lost=row.lost,
    )


def _offered(one: Offered, zone: str) -> OfferedOut:
    return OfferedOut(
        start=rfc3339(zone, one.start),
        end=rfc3339(zone, one.end),
        provider=one.provider,
        resources=None if one.resources is None else sorted(one.resources),
        shift_minutes=one.shift,
        another_provider=one.another,
        known_provider=one.known,
    )
