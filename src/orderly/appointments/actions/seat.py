"""Taking what was placed: a visit's time, or in a group its session and a place in it."""

from dataclasses import dataclass, replace
from datetime import datetime

from orderly.appointments.actions.place import Placed
from orderly.appointments.actions.sessions import keep_open
from orderly.appointments.actions.shuffle import make_room
from orderly.appointments.models import Session
from orderly.calendars.models import Claim, ClaimKind
from orderly.calendars.queries import Part
from orderly.engine.plan import Role
from orderly.engine.slots import Use
from orderly.journal.actor import Actor
from orderly.resources.models import Kind, Resource

SERVING = frozenset({Role.PROVIDER, Role.RESOURCE})


@dataclass(frozen=True, slots=True)
class Seat:
    """What a wish got: a claim of its own, the session it is in, and what to remember of the time of both."""

    claim: Claim
    session: Session | None
    uses: list[list[int]]


def seat(placed: Placed, kind: ClaimKind, *, actor: Actor, now: datetime, expires_at: datetime | None = None) -> Seat:
    """Take what was placed, in the transaction that placed it, after the proposals in its way have made room.

    Of a group service the first opens the session, which reserves those who serve it once for all; everybody's own
    claim is for the patient and a place. Errors: CannotBook `contended` where the database refuses.
    """
    make_room(placed.moves, actor=actor, now=now)
    if placed.scene.terms.places == 1:
        return Seat(placed.take(placed.uses, kind, expires_at=expires_at), None, placed.kept(placed.uses))
    session = placed.session
    if session is None:
        session, placed = _open(placed, expires_at)
    else:
        keep_open(session, expires_at)
    mine = [use for use in placed.uses if use.role not in SERVING]
    claim = placed.take(mine, kind, expires_at=expires_at)
    return Seat(claim, session, [*session.uses, *placed.kept(mine)])


def _open(placed: Placed, expires_at: datetime | None) -> tuple[Session, Placed]:
    """The session, and what was placed with a place in it."""
    terms = placed.scene.terms
    serving = [use for use in placed.uses if use.role in SERVING]
    kind = ClaimKind.SESSION if expires_at is None else ClaimKind.HOLD
    session = Session.objects.create(
        clinic_id=terms.clinic,
        service_id=terms.service,
        provider_id=placed.giver.id,
        claim=placed.take(serving, kind, expires_at=expires_at),
        resource=Resource.objects.create(kind=Kind.SESSION, capacity=terms.places),
        start=placed.start,
        end=placed.end,
        uses=placed.kept(serving),
    )
    place = session.resource_id
    scene = replace(placed.scene, parts={**placed.scene.parts, place: Part(Role.PLACE, terms.places)})
    uses = (*placed.uses, Use(place, placed.start, placed.end, Role.PLACE))
    return session, replace(placed, scene=scene, uses=uses)
