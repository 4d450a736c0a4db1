"""Moving an appointment: another time, length, provider or chair, with the same identity."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from orderly.appointments.actions.place import Leave, Placed, place
from orderly.appointments.actions.price import price
from orderly.appointments.actions.seat import seat
from orderly.appointments.actions.sessions import leave
from orderly.appointments.actions.write import (
    bad_transition,
    before,
    check_words,
    clinic_day,
    ids_of,
    in_queue,
    locked,
    next_queue_number,
    save,
    save_visit,
    told,
)
from orderly.appointments.choices import EXTENDABLE, MOVABLE, Status
from orderly.appointments.facts import AppointmentRescheduled
from orderly.appointments.inputs import Move, Wish
from orderly.appointments.models import Appointment
from orderly.appointments.queries.scene import scene_of
from orderly.billing.actions import price_of, reprice, require_usable
from orderly.calendars.actions.claims import release
from orderly.calendars.models import ClaimKind
from orderly.core.database import writing
from orderly.core.errors import Conflict, Forbidden, missing
from orderly.journal.actions import record
from orderly.journal.actor import Actor
from orderly.journal.facts import Fact
from orderly.resources.models import Asset, Provider

WORDS = ("overbook_reason",)
MODIFY = "booking:modify_appointment"


def reschedule(
    appointment: UUID,
    move: Move,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    undoing: bool = False,
) -> Appointment:
    """Move or extend. Its own time never blocks it; its queue number stays within the day and is the next one on
    another. For who is `undoing` what they have just done neither the clock counts nor who is away: it stood there a
    moment ago.

    Errors: NotFound, Forbidden (`booking:modify_appointment`, and `booking:overbook` with a reason to overbook),
    Stale; Conflict for a state that can't move any more; CannotBook with every reason why the time can't be had.
    """
    with writing():
        found = movable(appointment, move, actor=actor, version=version)
        carry_out(found, move, AppointmentRescheduled, actor=actor, now=now, undoing=undoing)
        return found


def movable(appointment: UUID, move: Move, *, actor: Actor, version: int | None) -> Appointment:
    """The appointment, locked, if this actor may move it so; errors as for `reschedule`."""
    found = locked(appointment, MODIFY, actor=actor, version=version)
    if move.overbook_reason and not actor.may("booking:overbook", found.clinic_id):
        raise Forbidden("booking:overbook")
    _check(found, move)
    return found


def carry_out(
    found: Appointment, move: Move, fact: type[Fact], *, actor: Actor, now: datetime, undoing: bool = False
) -> None:
    """Move a locked appointment that may be moved. A request without a provider gets another proposal, and is
    somebody's once a provider is named; what it costs isn't settled before it is confirmed.
    """
    old, unsaid = picture(found), _unsaid(found)
    require_usable(found.payment, move.start)
    placed = _place(found, move, now, undoing=undoing)
    # the price follows the provider, as long as nothing is paid
    if placed.giver.id != found.provider_id and found.status != Status.REQUESTED:
        reprice(found.payment, price(found.patient_id, placed), share_percent=placed.giver.share_percent)
    _take(found, placed, move, actor=actor, now=now)
    lost = {name: value for name, value in unsaid.items() if value != _unsaid(found)[name]}
    record_move(found, old, actor=actor, now=now, kind=fact, more={**before(**lost), **told(move.tell)})
    requeue(found, clinic_day(found, found.start))


def _check(found: Appointment, move: Move) -> None:
    states = EXTENDABLE if move.start == found.start else MOVABLE
    if found.status not in states:
        raise Conflict(bad_transition(found, "rescheduled"))
    if move.anybody and found.status != Status.REQUESTED:
        raise Conflict(bad_transition(found, Status.REQUESTED))
    check_words(overbook_reason=move.overbook_reason)
    if move.overbook_reason and _provider(found, move) is None:
        raise missing("provider")


def _provider(found: Appointment, move: Move) -> UUID | None:
    return None if move.anybody else move.provider or found.provider_id


def _anew(found: Appointment, move: Move) -> bool:
    """Whether it goes by what was asked for, not by what it has: nobody was sure to serve it, or somebody else will."""
    changes = _provider(found, move) != found.provider_id
    return found.provider_id is None or (found.status == Status.REQUESTED and changes)


def wished(found: Appointment, move: Move) -> Wish:
    """What a move asks for; the appointment's own time isn't in its way."""
    provider = _provider(found, move)
    length = found.end - found.start if provider == found.provider_id and found.session is None else None
    if _anew(found, move):
        length = found.asked_minutes
    return Wish(
        clinic=found.clinic_id,
        service=found.service_id,
        start=move.start,
        provider=provider,
        patient=found.patient_id,
        resources=_wanted(found, move),
        minutes=length if move.minutes is None else move.minutes,
        ignoring=frozenset({found.claim_id} if found.claim_id else ()),
    )


def _place(found: Appointment, move: Move, now: datetime, *, undoing: bool) -> Placed:
    """Decide the new time with the old one out of the way. All locks come at once: the old resources' too."""
    wish = wished(found, move)
    same_provider, same_start = wish.provider == found.provider_id, move.start == found.start
    leave = Leave(
        overbook=bool(move.overbook_reason or (same_start and same_provider and found.overbook_reason)),
        any_time=same_start or undoing,
        any_hour=undoing,
        ignoring=wish.ignoring,
        session=found.session,
        prefer=found.proposed_provider_id or found.provider_id,
    )
    stage = scene_of(wish)
    return place(wish, stage, now=now, leave=leave, also_lock=resources_of(found))


def resources_of(found: Appointment) -> frozenset[int]:
    """Everything whose time the appointment holds."""
    return frozenset(resource for resource, _, _ in found.uses)


def _wanted(found: Appointment, move: Move) -> frozenset[UUID]:
    """Another chair only if asked for, or if the time changes and nobody insists: extending must not move people."""
    if move.resources is not None:
        return move.resources
    if _anew(found, move):
        return names_of(frozenset(found.asked_resources))
    if found.session_id or move.start != found.start or (move.provider and move.provider != found.provider_id):
        return names_of(frozenset(found.asked_resources)) if found.status == Status.REQUESTED else frozenset()
    return names_of(resources_of(found))


def names_of(resources: frozenset[int]) -> frozenset[UUID]:
    """The providers and assets among these resources."""
    providers = Provider.objects.filter(resource__in=resources).values_list("pk", flat=True)
    return frozenset((*providers, *Asset.objects.filter(resource__in=resources).values_list("pk", flat=True)))


def _take(found: Appointment, placed: Placed, move: Move, *, actor: Actor, now: datetime) -> None:
    reason = (move.overbook_reason or found.overbook_reason) if placed.overbooked else ""
    if found.claim_id is not None:  # the row still points at it until it is saved: foreign keys are checked at commit
        release([found.claim_id])
    if found.session is not None and found.session != placed.session:
        leave(found.session, now=now)
    taken = seat(placed, ClaimKind.APPOINTMENT, actor=actor, now=now)
    proposed = _provider(found, move) is None
    save(
        found,
        claim=taken.claim,
        session=taken.session,
        start=placed.start,
        end=placed.end,
        provider_id=None if proposed else placed.giver.id,
        proposed_provider_id=placed.giver.id if proposed else None,
        uses=taken.uses,
        asked_minutes=move.minutes or found.asked_minutes,
        asked_resources=_asked(found, placed, move),
        overbook_reason=reason,
    )


def _asked(found: Appointment, placed: Placed, move: Move) -> list[int]:
    if move.resources is None:
        return list(found.asked_resources)
    return sorted(placed.scene.resources_of(move.resources) or ())


def _unsaid(found: Appointment) -> dict[str, Any]:
    """What moving may change besides; the visit follows its appointment to another day."""
    day, number = in_queue(found.visit)
    same_day = day == clinic_day(found, found.start).isoformat()
    return {
        "asked_minutes": found.asked_minutes,
        "asked_resources": list(found.asked_resources),
        "price": price_of(found.payment),
        "queue": [day, number] if same_day else None,
    }


def picture(found: Appointment) -> dict[str, object]:
    """What moving may change, as the history shows it."""
    return {
        "start": found.start,
        "end": found.end,
        "provider": str(found.provider_id) if found.provider_id else None,
        "proposed_provider": str(found.proposed_provider_id) if found.proposed_provider_id else None,
        "resources": sorted(resources_of(found)),
        "overbook_reason": found.overbook_reason,
    }


def record_move(
    found: Appointment,
    old: dict[str, object],
    *,
    actor: Actor,
    now: datetime,
    kind: type[Fact] = AppointmentRescheduled,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Write the fact of a move away from `old`; `more` are other ids. Why it was overbooked is somebody's words."""
    new = picture(found)
    changed = {name: (old[name], new[name]) for name in new if old[name] != new[name]}
    fact = kind(
        subject=found.pk,
        clinic=found.clinic_id,
        ids={**ids_of(found), **(more or {})},
        changes={name: pair for name, pair in changed.items() if name not in WORDS},
        words={name: pair for name, pair in changed.items() if name in WORDS},
        note=found.overbook_reason,
    )
    record(fact, actor=actor, now=now)


def requeue(found: Appointment, day: date) -> None:
    """The visit follows: its queue number stays within the day, and is the next one on another."""
    visit = found.visit
    if visit.day == day:
        save_visit(visit, planned=found.start)
    elif found.status == Status.REQUESTED:  # its number is given when it is confirmed
        save_visit(visit, planned=found.start, day=day, queue_number=None)
    else:
        save_visit(visit, planned=found.start, day=day, queue_number=next_queue_number(found.clinic_id, day))
