"""Keeping a time for some minutes while somebody fills in the form."""

from datetime import datetime, timedelta
from uuid import UUID

from orderly.appointments.actions.place import place, stage_for
from orderly.appointments.actions.seat import seat
from orderly.appointments.actions.sessions import end_expired, leave, resources_of, session_of
from orderly.appointments.inputs import Wish
from orderly.calendars.actions.claims import release
from orderly.calendars.models import ClaimKind, Hold, Reservation
from orderly.core.database import writing
from orderly.core.errors import Conflict, NotFound
from orderly.engine.problems import Code, Problem
from orderly.journal.actor import Actor
from orderly.people.models import User
from orderly.resources import locks

MOST_HOLDS = 20  # at once, for one user


def hold(wish: Wish, *, actor: Actor, now: datetime) -> Hold:
    """Hold the time for the clinic's `hold_minutes`. Nothing about the patient but their time is checked or kept.
    Without a provider somebody's time is held who could do it.

    Errors as for booking; Conflict `held` for a user who holds too many already.
    """
    if not actor.belongs_to(wish.clinic):
        raise NotFound("clinic")
    actor.require("booking:create_appointment", wish.clinic)
    with writing():
        _check_limit(actor.person(), now)
        placed = place(wish, stage_for(wish, actor=actor), now=now)
        expires_at = now + timedelta(minutes=placed.scene.terms.hold_minutes)
        return Hold.objects.create(
            claim=seat(placed, ClaimKind.HOLD, actor=actor, now=now, expires_at=expires_at).claim,
            clinic_id=wish.clinic,
            owner_id=actor.person(),
            service_id=wish.service,
            provider_id=placed.giver.id,
            patient_id=wish.patient,
            start=placed.start,
            end=placed.end,
        )


def _check_limit(owner: UUID, now: datetime) -> None:
    """Raises Conflict for one hold too many. The owner's row is locked, so that holds asked for at once are counted."""
    User.objects.select_for_update(no_key=True).get(pk=owner)
    if Hold.objects.filter(owner=owner, claim__expires_at__gt=now).count() >= MOST_HOLDS:
        raise Conflict(Problem(Code.HELD, "hold", params=(("limit", MOST_HOLDS),)))


def let_go(hold: UUID, *, actor: Actor, now: datetime) -> None:
    """Give a hold's time back before it expires. NotFound unless it is the actor's own."""
    with writing():
        found = Hold.objects.select_related("service").filter(pk=hold, owner=actor.person()).first()
        if found is None:
            raise NotFound
        session = session_of(found)
        if session is not None:
            locks.lock(resources_of(session))
        release([found.claim_id])
        if session is not None:
            leave(session, now=now)


def tidy_holds(*, now: datetime, most: int = 500) -> int:
    """Remove expired holds that nobody came across, under the same locks as everybody else. Returns how many claims
    went.
    """
    expired = Reservation.objects.filter(claim__expires_at__lte=now)
    if not expired.exists():
        return 0
    with writing():
        rows = list(expired.values_list("claim", "resource")[:most])
        locks.lock(resource for _, resource in rows)
        claims = {claim for claim, _ in rows}
        release(claims)
        end_expired(claims)
        return len(claims)
