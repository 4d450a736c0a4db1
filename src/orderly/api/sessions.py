"""Group sessions: who is in them, and moving one with all who are."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from orderly.api.holds import Resources
from orderly.api.operations import reads, writes
from orderly.api.paging import Paged, piece
from orderly.api.ranges import check_range
from orderly.api.schemas import In, Out, Page
from orderly.api.types import Day, Id, Time, minute_of
from orderly.appointments.actions.regroup import MODIFY, move_session
from orderly.appointments.inputs import Move
from orderly.appointments.models import Session
from orderly.appointments.queries.sessions import Attended, attended
from orderly.core.errors import NotFound, missing
from orderly.edge.actors import actor_of, now_of
from orderly.edge.readlog import looked
from orderly.edge.scope import clinic_for
from orderly.edge.versions import expected_version
from orderly.engine.walltime import day_start, rfc3339
from orderly.journal.actor import Actor

router = Router(tags=["sessions"])
ONE = "sessions/{uuid:session}"
VIEW = "booking:view_calendar"


class SessionsQuery(Paged):
    clinic: Id
    first: Day = Field(alias="from")
    last: Day = Field(alias="to", description="not included")
    service: Id | None = None
    provider: Id | None = None


class SessionOut(Out):
    """A group's meeting. Of the `taken` places those without an appointment are held by somebody who is booking."""

    id: UUID
    clinic: UUID
    service: UUID
    provider: UUID
    start: str
    end: str
    places: int
    taken: int
    appointments: list[UUID]
    version: int


class SessionMoveIn(In):
    start: Time | None = None
    provider: Id | None = None
    resources: Resources | None = None


@reads(router, "sessions", needs=VIEW, shows="appointments")
def list_sessions(request: HttpRequest, asked: Query[SessionsQuery]) -> Page[SessionOut]:
    """Group sessions of a clinic's days, by start."""
    check_range(asked.first, asked.last)
    clinic = clinic_for(actor_of(request), VIEW, asked.clinic, service=asked.service, provider=asked.provider)
    low, high = (day_start(clinic.timezone, day) for day in (asked.first, asked.last))
    rows = Session.objects.live(now_of(request)).filter(clinic=clinic, start__gte=low, start__lt=high)
    if asked.service:
        rows = rows.filter(service=asked.service)
    if asked.provider:
        rows = rows.filter(provider=asked.provider)
    found, rest = piece(rows.select_related("resource"), ("start", "id"), asked, name="sessions")
    shown = [_shown(one, clinic.timezone) for one in attended(found, now=now_of(request))]
    inside = [one for session in shown for one in session.appointments]
    looked(request, "sessions", among=inside, clinic=clinic.pk, first=asked.first, last=asked.last)
    return Page[SessionOut](items=shown, next=rest)


@reads(router, ONE, needs=VIEW, shows="appointments")
def get_session(request: HttpRequest, session: UUID) -> SessionOut:
    """One group session."""
    actor = actor_of(request)
    found = _seen(request, session, actor)
    actor.require(VIEW, found.clinic_id)
    shown = _whole(request, found)
    looked(request, "session", among=shown.appointments, clinic=found.clinic_id, session=session)
    return shown


@writes(router, "POST", f"{ONE}/move", needs=MODIFY, versioned=True)
def move_group_session(request: HttpRequest, session: UUID, body: SessionMoveIn) -> SessionOut:
    """Move a session with all who are in it: to another time, provider or room. All of them, or none."""
    actor = actor_of(request)
    found = _seen(request, session, actor)
    if body.start is None and body.provider is None and body.resources is None:
        raise missing("start")
    move = Move(
        start=found.start if body.start is None else minute_of(found.clinic.timezone, body.start),
        provider=body.provider,
        resources=None if body.resources is None else frozenset(body.resources),
    )
    moved = move_session(session, move, actor=actor, now=now_of(request), version=expected_version(request))
    return _whole(request, moved)


def _seen(request: HttpRequest, session: UUID, actor: Actor) -> Session:
    rows = Session.objects.visible_to(actor).live(now_of(request))
    found = rows.select_related("resource", "clinic").defer("clinic__logo").filter(pk=session).first()
    if found is None:
        raise NotFound
    return found


def _whole(request: HttpRequest, session: Session) -> SessionOut:
    [shown] = attended([session], now=now_of(request))
    return _shown(shown, session.clinic.timezone)


def _shown(one: Attended, zone: str) -> SessionOut:
    session = one.session
    return SessionOut(
        id=session.pk,
        clinic=session.clinic_id,
        service=session.service_id,
        provider=session.provider_id,
        start=rfc3339(zone, session.start),
        end=rfc3339(zone, session.end),
        places=session.resource.capacity,
        taken=one.taken,
        appointments=one.appointments,
        version=session.version,
    )
