"""Moving a whole group session: another time, provider or room for all who are in it, or for none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from orderly.appointments.actions.place import Leave, Placed, place
from orderly.appointments.actions.price import price
from orderly.appointments.actions.reschedule import names_of, picture, record_move, requeue
from orderly.appointments.actions.seat import SERVING
from orderly.appointments.actions.sessions import resources_of
from orderly.appointments.actions.shuffle import make_room
from orderly.appointments.actions.write import bad_transition, clinic_day, save
from orderly.appointments.choices import EXTENDABLE, MOVABLE
from orderly.appointments.inputs import Move, Wish
from orderly.appointments.models import Appointment, Session
from orderly.appointments.queries.scene import Scene, scene_of
from orderly.billing.actions import reprice, require_usable
from orderly.calendars.actions.claims import release
from orderly.calendars.models import Claim, ClaimKind
from orderly.calendars.queries import Part
from orderly.core.database import writing
from orderly.core.errors import Conflict, NotFound, Stale
from orderly.engine.plan import Role
from orderly.engine.problems import Code, Problem
from orderly.engine.slots import Use
from orderly.journal.actor import Actor
from orderly.resources.models import Kind, Resource

MODIFY = "booking:modify_appointment"


def move_session(session: UUID, move: Move, *, actor: Actor, now: datetime, version: int | None = None) -> Session:
    """Move everybody who is in it, with one who serves it; its own time never blocks it. Its length stays.

    Errors: NotFound, Forbidden (`booking:modify_appointment`), Stale; Conflict where somebody's visit has begun or is
    over, or somebody is booking into it just now; CannotBook with every reason why the new time can't be had.
    """
    with writing():
        found, attending = _locked(session, actor, version)
        _check(attending, same_start=move.start == found.start)
        placed = _place(found, attending, move, now)
        _check_alone(found, attending, now)
        _take(found, attending, placed, actor=actor, now=now)
        return found


def _locked(session: UUID, actor: Actor, version: int | None) -> tuple[Session, list[Appointment]]:
    """All appointments locked in one order, before any resource; then read."""
    there = Appointment.objects.filter(session=session).order_by("pk")
    list(there.select_for_update(no_key=True).values_list("pk"))
    found = (
        Session.objects.visible_to(actor).select_related("provider", "resource", "clinic").filter(pk=session).first()
    )
    if found is None:
        raise NotFound
    actor.require(MODIFY, found.clinic_id)
    if version is not None and version != found.version:
        raise Stale
    return found, list(there.whole())


def _check(attending: Sequence[Appointment], *, same_start: bool) -> None:
    """Raises Conflict with each whose state doesn't allow it."""
    states = EXTENDABLE if same_start else MOVABLE
    stuck = [bad_transition(one, "rescheduled") for one in attending if one.status not in states]
    if stuck:
        raise Conflict(*dict.fromkeys(stuck))


def _place(found: Session, attending: Sequence[Appointment], move: Move, now: datetime) -> Placed:
    """Decided as one visit of all of them."""
    wish = Wish(
        clinic=found.clinic_id,
        service=found.service_id,
        start=move.start,
        provider=move.provider or found.provider_id,
        resources=_wanted(found, move),
        minutes=found.end - found.start,
    )
    own = {found.claim_id, *(one.claim_id for one in attending if one.claim_id)}
    leave = Leave(any_time=move.start == found.start, ignoring=frozenset(own))
    return place(wish, _together(scene_of(wish), attending), now=now, leave=leave, also_lock=resources_of(found))


def _together(stage: Scene, attending: Sequence[Appointment]) -> Scene:
    company = tuple(sorted(one.patient.resource_id for one in attending))
    parts = {**stage.parts, **{one: Part(Role.PATIENT) for one in company}}
    return replace(stage, terms=replace(stage.terms, places=1), company=company, parts=parts)


def _wanted(found: Session, move: Move) -> frozenset[UUID]:
    """The same room, unless another is asked for or the time changes."""
    if move.resources is not None:
        return move.resources
    serving = resources_of(found) - {found.resource_id, found.provider.resource_id}
    return names_of(serving) if move.start == found.start else frozenset()


def _check_alone(found: Session, attending: Sequence[Appointment], now: datetime) -> None:
    """Raises Conflict if, now that all is locked, somebody else is in it: with a hold, or since we looked."""
    ours = [one.claim_id for one in attending]
    others = Claim.objects.filter(reservations__resource=found.resource_id).exclude(pk__in=ours)
    live = [one for one in others if one.expires_at is None or one.expires_at > now]
    if any(one.expires_at is None for one in live) or not attending:
        raise Conflict(Problem(Code.CONTENDED))
    if live:
        raise Conflict(Problem(Code.HELD, "start"))
    release(one.pk for one in others)


def _take(found: Session, attending: Sequence[Appointment], placed: Placed, *, actor: Actor, now: datetime) -> None:
    """New claims for all; and a new resource for the places, so that it comes after its provider in the order of
    locks.
    """
    release([found.claim_id, *(one.claim_id for one in attending if one.claim_id)])
    make_room(placed.moves, actor=actor, now=now)
    left, places = found.resource_id, found.resource.capacity
    serving = [use for use in placed.uses if use.role in SERVING]
    fields = {
        "claim": placed.take(serving, ClaimKind.SESSION),
        "resource": Resource.objects.create(kind=Kind.SESSION, capacity=places),
        "start": placed.start,
        "end": placed.end,
        "provider_id": placed.giver.id,
        "uses": placed.kept(serving),
        "version": found.version + 1,
    }
    for name, value in fields.items():
        setattr(found, name, value)
    found.save(update_fields=[*fields])
    Resource.objects.filter(pk=left)._raw_delete("default")
    room = Part(Role.PLACE, max(places, len(attending)))
    there = replace(placed, scene=replace(placed.scene, parts={**placed.scene.parts, found.resource_id: room}))
    for lane, one in enumerate(attending):
        _bring(one, found, there, lane, actor=actor, now=now)


def _bring(one: Appointment, session: Session, placed: Placed, lane: int, *, actor: Actor, now: datetime) -> None:
    """One of them, to the place in that lane."""
    require_usable(one.payment, placed.start)
    old, (start, end) = picture(one), (placed.start, placed.end)
    mine = [Use(one.patient.resource_id, start, end, Role.PATIENT), Use(session.resource_id, start, end, Role.PLACE)]
    before = [(session.resource_id, start, end, taken, None, 0) for taken in range(lane)]
    proposed = one.provider_id is None
    if placed.giver.id != one.provider_id and not proposed:
        reprice(one.payment, price(one.patient_id, placed), share_percent=placed.giver.share_percent)
    save(
        one,
        claim=replace(placed, taken=before).take(mine, ClaimKind.APPOINTMENT),
        start=start,
        end=end,
        provider_id=None if proposed else placed.giver.id,
        proposed_provider_id=placed.giver.id if proposed else None,
        uses=[*session.uses, *placed.kept(mine)],
    )
    record_move(one, old, actor=actor, now=now, more={"session": str(session.pk)})
    requeue(one, clinic_day(one, start))
